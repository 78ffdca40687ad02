//! Where a host fetches Nomad from: its archive, made of the program that is here, over HTTP on loopback.

use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::Command;
use std::thread;

/// A server that has one file; it goes on until the program ends.
pub struct Mirror {
    /// Where the file is, as a guest of QEMU's user network sees it.
    pub url: String,
    /// Its checksum.
    pub sha256: String,
}

impl Mirror {
    /// The archive of a program, made in that folder.
    pub fn of(program: &Path, folder: &Path) -> Self {
        let (archive, member) = (folder.join("nomad.zip"), folder.join("nomad"));
        fs::copy(program, &member).expect("the program can be copied");
        let mut packing = Command::new("python3");
        packing.args(["-m", "zipfile", "-c"]).arg(&archive).arg("nomad").current_dir(folder);
        assert!(packing.status().is_ok_and(|status| status.success()), "python3 can make an archive");
        let sum = Command::new("sha256sum").arg(&archive).output().expect("sha256sum can be started");
        let sha256 = String::from_utf8_lossy(&sum.stdout).split(' ').next().unwrap_or_default().to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let port = listener.local_addr().expect("it has an address").port();
        let content = fs::read(&archive).expect("the archive was made");
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                // A guest that went away will ask again.
                let _ = answer(stream, &content);
            }
        });
        Self { url: format!("http://10.0.2.2:{port}/nomad.zip"), sha256 }
    }
}

fn answer(mut stream: TcpStream, content: &[u8]) -> std::io::Result<()> {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte)? > 0 {
        head.extend(byte);
    }
    write!(stream, "HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", content.len())?;
    stream.write_all(content)
}
