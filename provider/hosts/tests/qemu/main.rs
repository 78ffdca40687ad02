//! Virtual machines here: against a stand-in that answers like QEMU, and against QEMU itself where it is found.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "what is not as expected fails the test")]

mod fake;
mod real;

use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;

use hosts::qemu::{Forward, Machine};

/// A machine in this folder.
fn machine(folder: &Path) -> Machine {
    let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port();
    Machine {
        name: "web-1".into(),
        folder: folder.join("web, 1"),
        image: folder.join("image.raw"),
        image_format: "raw".into(),
        disk_gib: Some(1),
        volumes: vec![("data".into(), 1)],
        seed: b"a seed".to_vec(),
        cpus: 1,
        memory_mib: 64,
        forwards: vec![Forward { address: Ipv4Addr::LOCALHOST, port, guest_port: 22 }],
        kernel: None,
    }
}
