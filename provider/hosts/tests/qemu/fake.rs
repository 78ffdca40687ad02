//! A stand-in for QEMU: it writes down what it is told, detaches, and answers at its socket. The one that answers is this
//! test's own program, started anew.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::time::Duration;

use hosts::qemu::{Machine, Place, Qemu, Record, Shape, Status};

use crate::machine;

/// Not a test unless it was started as the stand-in.
#[test]
fn answering() {
    let Some(socket) = std::env::var_os("FAKE_QEMU_SOCKET") else { return };
    let listener = UnixListener::bind(PathBuf::from(socket)).unwrap();
    let name = std::env::var("FAKE_QEMU_NAME").unwrap();
    let heeds = std::env::var_os("FAKE_QEMU_HEEDS").is_some();
    for stream in listener.incoming() {
        let mut stream = stream.unwrap();
        stream.write_all(b"{\"QMP\": {}}\n").unwrap();
        for line in BufReader::new(stream.try_clone().unwrap()).lines() {
            let line = line.unwrap();
            let asked: serde_json::Value = serde_json::from_str(&line).unwrap();
            let answer = match asked["execute"].as_str().unwrap() {
                "query-name" => {
                    format!("{{\"event\": \"NEWS\"}}\n{{\"return\": {{\"name\": \"{name}\"}}}}\n")
                }
                _ => "{\"return\": {}}\n".to_owned(),
            };
            let _ = stream.write_all(answer.as_bytes());
            if line.contains("quit") || (heeds && line.contains("system_powerdown")) {
                std::process::exit(0);
            }
        }
    }
}

const SCRIPT: &str = r#"#!/bin/sh
printf '%s\n' "$@" >>ARGUMENTS
while [ $# -gt 0 ]; do
  case $1 in
    -name) FAKE_QEMU_NAME=$2;;
    -pidfile) pidfile=$2;;
    -chardev) case $2 in socket,*) FAKE_QEMU_SOCKET=$(printf %s "${2#*path=}" | sed 's/,server=on.*//; s/,,/,/g');; esac;;
  esac
  shift
done
export FAKE_QEMU_NAME FAKE_QEMU_SOCKET HEEDS
TEST --exact fake::answering --nocapture >/dev/null 2>&1 </dev/null &
echo $! >"$pidfile"
"#;

/// A disk is how it begins, which says how large it is: at most three GiB.
const IMAGE: &str = r#"#!/bin/sh
printf '%s\n' "$@" >>ARGUMENTS
for word; do
  case $word in
    */disk.new | */disk.qcow2 | */volume-*) disk=$word;;
    [1-3]G) size=${word%G};;
  esac
done
printf "QFI\\373\\0\\0\\0\\3\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\${size}00\\0\\0\\0" >"$disk"
"#;

fn qemu(folder: &Path, heeds: bool) -> Qemu {
    let install = |name: &str, script: &str| {
        let script = script
            .replace("ARGUMENTS", &folder.join("arguments").display().to_string())
            .replace("TEST", &std::env::current_exe().unwrap().display().to_string())
            .replace(" HEEDS", if heeds { " FAKE_QEMU_HEEDS=1" } else { "" });
        fs::write(folder.join(name), script).unwrap();
        fs::set_permissions(folder.join(name), fs::Permissions::from_mode(0o755)).unwrap();
        folder.join(name)
    };
    fs::write(folder.join("image.raw"), "an image").unwrap();
    Qemu { program: install("qemu", SCRIPT), image_program: install("qemu-img", IMAGE), hardware: true }
}

#[tokio::test]
async fn a_machine_is_made_once_found_again_and_gone_in_the_end() {
    for heeds in [true, false] {
        let folder = tempfile::tempdir().unwrap();
        let (qemu, machine) = (qemu(folder.path(), heeds), machine(folder.path()));
        assert_eq!(machine.place.status().await.unwrap(), Status::Absent);
        let pid = qemu.start(&machine).await.unwrap();
        assert_eq!(qemu.start(&machine).await.unwrap(), pid, "it runs already");
        assert_eq!(machine.place.status().await.unwrap(), Status::Running { pid });
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(
            (mode(&machine.place.folder), mode(&machine.place.folder.join("seed.iso"))),
            (0o700, 0o600)
        );

        fs::write(machine.place.folder.join("disk.qcow2"), "what it has written").unwrap();
        machine.place.stop(Duration::from_secs(u64::from(heeds) * 20)).await.unwrap();
        assert_eq!(machine.place.status().await.unwrap(), Status::Stopped);
        qemu.start(&machine).await.unwrap();
        assert_eq!(
            fs::read_to_string(machine.place.folder.join("disk.qcow2")).unwrap(),
            "what it has written"
        );
        machine.place.destroy(Duration::ZERO).await.unwrap();
        machine.place.destroy(Duration::ZERO).await.unwrap();
        assert!(!machine.place.folder.exists());
        assert_eq!(fs::read_to_string(&machine.image).unwrap(), "an image");
    }
}

#[tokio::test]
async fn disks_grow_while_it_is_off_and_never_shrink() {
    let folder = tempfile::tempdir().unwrap();
    let (qemu, machine) = (qemu(folder.path(), true), machine(folder.path()));
    let told = |size: u32, volumes: &[(&str, u32)]| {
        let _ = fs::remove_file(folder.path().join("arguments"));
        let volumes = volumes.iter().map(|(name, size)| ((*name).to_owned(), *size)).collect();
        let machine = Machine { disk_gib: Some(size), volumes, ..machine.clone() };
        let (qemu, file) = (&qemu, folder.path().join("arguments"));
        async move {
            qemu.start(&machine).await.unwrap();
            machine.place.stop(Duration::ZERO).await.unwrap();
            let told = fs::read_to_string(file).unwrap();
            let disk =
                |line: &&str| Path::new(line).extension().is_some_and(|extension| extension == "qcow2");
            let resized = told.lines().skip_while(|line| *line != "resize");
            let names = resized.filter(|line| line.ends_with('G') || disk(line));
            let names = names.map(|line| line.rsplit('/').next().unwrap());
            names.collect::<Vec<_>>().join(" ")
        }
    };
    assert_eq!(told(1, &[("data", 1)]).await, "");
    assert_eq!(told(1, &[("data", 2)]).await, "volume-data.qcow2 2G");
    assert_eq!(told(3, &[("data", 3), ("logs", 1)]).await, "volume-data.qcow2 3G 1G disk.qcow2 3G");
    assert_eq!(told(2, &[("data", 1), ("logs", 1)]).await, "");
    assert!(machine.place.folder.join("volume-logs.qcow2").exists());
    machine.place.destroy(Duration::ZERO).await.unwrap();
}

#[tokio::test]
async fn what_it_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let (qemu, machine) = (qemu(folder.path(), true), machine(folder.path()));
    qemu.start(&machine).await.unwrap();
    machine.place.destroy(Duration::ZERO).await.unwrap();
    let told = fs::read_to_string(folder.path().join("arguments")).unwrap();
    let told = told.replace(&folder.path().display().to_string(), "FOLDER");
    let told = told.replace(&machine.forwards[0].port.to_string(), "PORT");
    let told = told.replace("\nkvm\n", "\nACCEL\n").replace("\nhost\n", "\nCPU\n");
    let told = told.replace("\ntcg,thread=multi\n", "\nACCEL\n").replace("\nmax,cx16=off\n", "\nCPU\n");
    insta::assert_snapshot!(told);
}

#[tokio::test]
async fn hardware_that_refuses_is_done_without() {
    let folder = tempfile::tempdir().unwrap();
    let (good, machine) = (qemu(folder.path(), true), machine(folder.path()));
    let refusing = "case \" $* \" in *' kvm '*) echo 'failed to set MSR 0x10a' >&2; exit 1;; esac\n";
    let script = fs::read_to_string(&good.program).unwrap().replacen('\n', &format!("\n{refusing}"), 1);
    fs::write(&good.program, script).unwrap();
    good.start(&machine).await.unwrap();
    machine.place.destroy(Duration::ZERO).await.unwrap();
    let told = fs::read_to_string(folder.path().join("arguments")).unwrap();
    assert!(told.contains("tcg,thread=multi\n-cpu\nmax,cx16=off\n"), "{told}");
}

#[tokio::test]
async fn a_stranger_with_the_same_number_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let (qemu, machine) = (qemu(folder.path(), true), machine(folder.path()));
    let pid = qemu.start(&machine).await.unwrap();
    let mut other = machine.clone();
    other.place.name = "web-2".into();
    assert_eq!(other.place.status().await.unwrap(), Status::Stopped, "who answers has another name");
    machine.place.destroy(Duration::ZERO).await.unwrap();
    fs::create_dir(&machine.place.folder).unwrap();
    fs::write(machine.place.folder.join("disk.qcow2"), "").unwrap();
    fs::write(machine.place.folder.join("pid"), std::process::id().to_string()).unwrap();
    assert_eq!(machine.place.status().await.unwrap(), Status::Stopped);
    machine.place.destroy(Duration::ZERO).await.unwrap();
    assert_ne!(pid, std::process::id(), "and we are still here");
}

#[tokio::test]
async fn what_goes_wrong_is_said_with_a_cure() {
    let folder = tempfile::tempdir().unwrap();
    let (good, machine) = (qemu(folder.path(), true), machine(folder.path()));
    let missing = Qemu { program: "/no/such/qemu".into(), ..good.clone() };
    let fault = missing.start(&machine).await.unwrap_err();
    assert!(fault.to_string().starts_with("web-1: there is no QEMU: /no/such/qemu"), "{fault}");
    let words = "qemu: -netdev user: Could not set up host forwarding rule 'tcp:127.0.0.1:22-:22'";
    fs::write(folder.path().join("qemu"), format!("#!/bin/sh\necho \"{words}\" >&2\nexit 1\n")).unwrap();
    let fault = good.start(&machine).await.unwrap_err();
    assert_eq!((fault.cause.as_str(), &fault.cure[..18]), (words, "one of its ports i"));
    fs::remove_dir_all(&machine.place.folder).unwrap();
    fs::remove_file(&machine.image).unwrap();
    let fault = good.start(&machine).await.unwrap_err();
    assert!(fault.what.contains("image") && fault.cause.contains("image.raw"), "{fault}");
    let at = |name: &str, folder| Place { name: name.into(), folder };
    let long = Machine { place: at("web-1", folder.path().join("x".repeat(120))), ..machine.clone() };
    assert!(good.start(&long).await.unwrap_err().cure.contains("shorter"));
    let named = Machine { place: at("a,b", machine.place.folder.clone()), ..machine.clone() };
    assert!(good.start(&named).await.is_err());
    let held = TcpListener::bind((machine.forwards[0].address, machine.forwards[0].port)).unwrap();
    let fault = good.start(&machine).await.unwrap_err();
    assert!(fault.cause.contains("is taken here") && fault.cure.contains("apply again"), "{fault}");
    drop(held);
    let mut qcow2 = [0; 32];
    qcow2[..4].copy_from_slice(b"QFI\xfb");
    qcow2[24..].copy_from_slice(&(3_u64 << 30).to_be_bytes());
    fs::write(&machine.image, qcow2).unwrap();
    let fault = good.start(&machine).await.unwrap_err();
    assert!(fault.cause.ends_with("is a disk of 3 GiB, and it would have 1"), "{fault}");
    for (image, said, is) in [(&qcow2[..], "raw", "qcow2"), (&b"boot"[..], "qcow2", "raw")] {
        fs::write(&machine.image, image).unwrap();
        let wrong = Machine { image_format: Some(said.into()), ..machine.clone() };
        let fault = good.start(&wrong).await.unwrap_err();
        assert!(fault.cause.ends_with(&format!("is not in format {said}: it looks like {is}")), "{fault}");
    }
}

#[tokio::test]
async fn what_is_known_of_a_machine_is_there_first_and_goes_last() {
    let folder = tempfile::tempdir().unwrap();
    let (qemu, machine) = (qemu(folder.path(), true), machine(folder.path()));
    assert_eq!(machine.place.record().unwrap(), None);
    let shape = Shape {
        cpus: 1,
        memory_mib: 64,
        disk_gib: 1,
        volumes: [("data".to_owned(), 1)].into(),
        doors: [("ssh".to_owned(), 22)].into(),
    };
    let ports = [("ssh".to_owned(), 2222)].into();
    let record = Record::new("i-1".into(), "ssh-ed25519 AAAA".into(), ports, shape.clone());
    machine.place.keep(&record).unwrap();
    assert_eq!(machine.place.status().await.unwrap(), Status::Absent);
    qemu.start(&machine).await.unwrap();
    assert_eq!(machine.place.record().unwrap(), Some(record));

    // It starts again from the seed that it was made with.
    machine.place.stop(Duration::ZERO).await.unwrap();
    qemu.start(&Machine { seed: None, ..machine.clone() }).await.unwrap();
    assert_eq!(fs::read(machine.place.folder.join("seed.iso")).unwrap(), b"a seed");
    fs::write(machine.place.folder.join("console.log"), "one\r\n\n two\n").unwrap();
    assert_eq!(machine.place.last_words(), "one\ntwo");
    machine.place.destroy(Duration::ZERO).await.unwrap();
    assert!(!machine.place.folder.exists());

    machine.place.keep(&Record::new("i".into(), "k".into(), [].into(), shape)).unwrap();
    let file = machine.place.folder.join("machine.json");
    fs::write(&file, r#"{"version": 1, "instance": "i", "host_key": "k", "ports": {}}"#).unwrap();
    assert_eq!(machine.place.record().unwrap().unwrap().shape, None, "one of before");
    fs::write(file, "{}").unwrap();
    assert!(machine.place.record().unwrap_err().cause.contains("machine.json"));
}
