//! A stand-in for QEMU's programs, by the name that it is started under: it makes empty disks, detaches, and answers at its
//! socket by its machine's name. Nothing boots.
#![cfg(unix)]
#![expect(clippy::expect_used, reason = "a stand-in that fails fails its test")]

use std::env;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

fn main() {
    let words: Vec<String> = env::args().collect();
    if let (Some(socket), Some(name)) = (env::var_os("FAKE_QEMU_SOCKET"), env::var("FAKE_QEMU_NAME").ok()) {
        return answer(&PathBuf::from(socket), &name);
    }
    if words[0].ends_with("qemu-img") {
        make(&words);
    } else {
        detach(&words);
    }
}

/// A disk is how one begins, which says how large it is.
fn make(words: &[String]) {
    let disk = words.iter().find(|word| word.contains("/disk.") || word.contains("/volume-"));
    let size = words.iter().filter_map(|word| word.strip_suffix('G')?.parse::<u64>().ok()).next_back();
    let mut head = [0; 32];
    head[..8].copy_from_slice(b"QFI\xfb\0\0\0\x03");
    head[24..].copy_from_slice(&(size.expect("a disk has a size") << 30).to_be_bytes());
    fs::write(disk.expect("a disk is named"), head).expect("a disk can be written");
}

/// Goes on as a process of its own, and leaves its number.
#[expect(clippy::zombie_processes, reason = "it goes on when this one has ended")]
fn detach(words: &[String]) {
    let after = |option: &str| {
        let at = words.iter().position(|word| word == option).expect("the option is there");
        words[at + 1].as_str()
    };
    let socket = after("-chardev").split("path=").nth(1).and_then(|rest| rest.split(",server").next());
    let socket = PathBuf::from(socket.expect("the socket has a path").replace(",,", ","));
    let mut command = Command::new(env::current_exe().expect("it knows itself"));
    command.args(words).env("FAKE_QEMU_SOCKET", &socket).env("FAKE_QEMU_NAME", after("-name"));
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).process_group(0);
    let child = command.spawn().expect("it can start itself");
    while !socket.exists() {
        thread::sleep(Duration::from_millis(5));
    }
    fs::write(after("-pidfile"), child.id().to_string()).expect("the number can be written");
}

fn answer(socket: &Path, name: &str) {
    let listener = UnixListener::bind(socket).expect("the socket can be made");
    for stream in listener.incoming().flatten() {
        // Who goes away is not waited for.
        let _ = talk(stream, name);
    }
}

fn talk(mut stream: UnixStream, name: &str) -> std::io::Result<()> {
    stream.write_all(b"{\"QMP\": {}}\n")?;
    for line in BufReader::new(stream.try_clone()?).lines() {
        let asked: serde_json::Value = serde_json::from_str(&line?)?;
        let answer = if asked["execute"] == "query-name" {
            format!("{{\"return\": {{\"name\": {name:?}}}}}\n")
        } else {
            "{\"return\": {}}\n".to_owned()
        };
        stream.write_all(answer.as_bytes())?;
        if asked["execute"] == "quit" || asked["execute"] == "system_powerdown" {
            std::process::exit(0);
        }
    }
    Ok(())
}
