//! Where hosts fetch programs from: archives that are made of what is here, over HTTP.

use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;

/// A server that has files; it goes on until the program ends.
#[derive(Debug)]
pub struct Mirror {
    port: u16,
    folder: PathBuf,
}

impl Mirror {
    /// The files of a folder, at a free port of this address.
    pub fn of(folder: &Path, address: &str) -> Self {
        let listener = TcpListener::bind((address, 0)).expect("a port is free");
        let port = listener.local_addr().expect("it has an address").port();
        let root = folder.to_owned();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let root = root.clone();
                // A guest that went away will ask again.
                thread::spawn(move || drop(answer(stream, &root)));
            }
        });
        Self { port, folder: folder.to_owned() }
    }

    /// An archive of Nomad or Consul made of the program that is here, as a block of `binaries` for hosts that see this
    /// machine at that address.
    pub fn agent(&self, product: &str, program: &Path, seen_at: &str) -> String {
        fs::copy(program, self.folder.join(product)).expect("the program can be copied");
        let archive = format!("{product}.zip");
        let mut packing = Command::new("python3");
        packing.args(["-m", "zipfile", "-c", &archive, product]).current_dir(&self.folder);
        assert!(packing.status().is_ok_and(|status| status.success()), "python3 can make an archive");
        self.block(product, &archive, seen_at)
    }

    /// An archive with what stands for the CNI plugins: programs that say nothing.
    pub fn cni(&self, seen_at: &str) -> String {
        let plugins = ["bridge", "firewall", "host-local", "loopback", "portmap"];
        for name in plugins {
            fs::write(self.folder.join(name), "#!/bin/sh\n").expect("a file can be written");
        }
        let mut packing = Command::new("tar");
        packing.args(["-czf", "cni.tgz"]).args(plugins).current_dir(&self.folder);
        assert!(packing.status().is_ok_and(|status| status.success()), "tar can make an archive");
        self.block("cni", "cni.tgz", seen_at)
    }

    fn block(&self, product: &str, file: &str, seen_at: &str) -> String {
        let sum =
            Command::new("sha256sum").arg(self.folder.join(file)).output().expect("sha256sum can be started");
        let sum = String::from_utf8_lossy(&sum.stdout).split(' ').next().unwrap_or_default().to_owned();
        let url = format!("http://{seen_at}:{}/{file}", self.port);
        format!("{product} \"amd64\" {{\n url = {url:?}\n sha256 = {sum:?}\n }}\n")
    }
}

fn answer(mut stream: TcpStream, folder: &Path) -> std::io::Result<()> {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte)? > 0 {
        head.extend(byte);
    }
    let head = String::from_utf8_lossy(&head);
    let name = head.split(' ').nth(1).unwrap_or_default().trim_start_matches('/');
    let Ok(mut file) = fs::File::open(folder.join(name)) else {
        return stream.write_all(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    };
    let length = file.metadata()?.len();
    write!(stream, "HTTP/1.1 200 OK\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n")?;
    std::io::copy(&mut file, &mut stream).map(drop)
}
