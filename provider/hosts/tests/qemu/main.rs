//! Virtual machines here: against a stand-in that answers like QEMU, and against QEMU itself where it is found.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "what is not as expected fails the test")]

mod fake;
mod real;

use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;
use std::sync::atomic::{AtomicU16, Ordering};

use hosts::qemu::{Cable, Forward, Machine, Place};

/// A machine in this folder.
fn machine(folder: &Path) -> Machine {
    // Apart from what the kernel gives to outgoing connections: those come and go.
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let first = u16::try_from(std::process::id() % 8000).unwrap();
    let mut ports = std::iter::repeat_with(|| 21_000 + first + NEXT.fetch_add(1, Ordering::Relaxed));
    let port = ports.find(|port| TcpListener::bind((Ipv4Addr::LOCALHOST, *port)).is_ok()).unwrap();
    Machine {
        place: Place { name: "web-1".into(), folder: folder.join("web, 1") },
        image: folder.join("image.raw"),
        image_format: None,
        disk_gib: Some(1),
        volumes: vec![("data".into(), 1)],
        seed: Some(b"a seed".to_vec()),
        cpus: 1,
        memory_mib: 64,
        forwards: vec![Forward { address: Ipv4Addr::LOCALHOST, port, guest_port: 22 }],
        cable: Some(Cable { group: Ipv4Addr::new(239, 77, 1, 2), port: 27_123 }),
        kernel: None,
    }
}
