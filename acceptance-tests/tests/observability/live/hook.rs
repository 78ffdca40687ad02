//! A webhook: keeps what is posted to it.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// What was posted: the path, and the body.
pub type Posted = Arc<Mutex<Vec<(String, String)>>>;

/// Listens at an address.
pub fn listen(address: &str) -> Posted {
    let posted = Posted::default();
    let listener = TcpListener::bind(address).expect("the port is free");
    let shared = Arc::clone(&posted);
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let shared = Arc::clone(&shared);
            thread::spawn(move || {
                if let Some(post) = take(stream) {
                    shared.lock().expect("nobody panicked").push(post);
                }
            });
        }
    });
    posted
}

fn take(mut stream: TcpStream) -> Option<(String, String)> {
    stream.set_read_timeout(Some(Duration::from_secs(5))).ok()?;
    let mut text = String::new();
    let mut bytes = [0; 4096];
    loop {
        let read = stream.read(&mut bytes).ok()?;
        text.push_str(&String::from_utf8_lossy(bytes.get(..read)?));
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head
                .lines()
                .find_map(|line| line.to_lowercase().strip_prefix("content-length: ").map(str::to_owned));
            if body.len() >= length.and_then(|length| length.parse().ok()).unwrap_or(0) {
                let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
                stream
                    .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                    .ok()?;
                return Some((path, body.to_owned()));
            }
        }
        if read == 0 {
            return None;
        }
    }
}
