//! QEMU itself, with an image that boots nothing: it starts, is found, answers, and goes.

use std::fs::File;
use std::time::Duration;

use hosts::qemu::{Place, Qemu, Status};

use crate::machine;

#[tokio::test]
async fn a_real_machine_comes_and_goes() {
    let qemu = Qemu::default();
    for (name, program) in [("qemu-system-x86_64", &qemu.program), ("qemu-img", &qemu.image_program)] {
        if std::process::Command::new(program).arg("--version").output().is_err() {
            let required = std::env::var("LOSTOPS_REQUIRE").unwrap_or_default();
            assert!(!required.split(',').any(|word| word.trim() == name), "{name} is required and not found");
            eprintln!("skipped: {name} not found");
            return;
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let machine = machine(folder.path());
    File::create(&machine.image).unwrap().set_len(16 * 1024 * 1024).unwrap();
    let pid = qemu.start(&machine).await.unwrap();
    assert_eq!(machine.place.status().await.unwrap(), Status::Running { pid });
    // The forwarded port is held here as long as it runs.
    assert!(std::net::TcpListener::bind((machine.forwards[0].address, machine.forwards[0].port)).is_err());
    let place = Place { folder: folder.path().join("twin"), name: "twin".into() };
    let twin = hosts::qemu::Machine { place, ..machine.clone() };
    let fault = qemu.start(&twin).await.unwrap_err();
    assert!(fault.cause.contains(&format!("port {} ", machine.forwards[0].port)), "{fault}");
    machine.place.stop(Duration::ZERO).await.unwrap();
    assert_eq!(machine.place.status().await.unwrap(), Status::Stopped);
    qemu.start(&machine).await.unwrap();
    machine.place.destroy(Duration::ZERO).await.unwrap();
    twin.place.destroy(Duration::ZERO).await.unwrap();
    assert_eq!(machine.place.status().await.unwrap(), Status::Absent);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "the image alone");
}
