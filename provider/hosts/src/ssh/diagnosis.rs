//! From what `ssh`, sudo and the script's surroundings said to what went wrong.
//!
//! Must never be asked about a script's own words: those are its caller's.

use crate::way::{Cause, Ending, Transcript};

/// What went wrong, if anything did.
pub(super) fn cause(transcript: &Transcript) -> Option<Cause> {
    let noise = &transcript.noise;
    match &transcript.ending {
        Ending::Code(0) => None,
        Ending::NoPassword => Some(Cause::SudoPassword),
        Ending::WrongPassword => Some(Cause::WrongSudoPassword),
        Ending::Unreadable(why) => Some(Cause::BlobUnreadable(why.clone())),
        Ending::Code(code) => Some(surroundings(*code, noise)),
        Ending::Cut(_) if transcript.ready => Some(Cause::Lost),
        Ending::Cut(code) => Some(before(*code, noise)),
    }
}

/// The script or its surroundings ended with this code.
fn surroundings(code: i32, noise: &[String]) -> Cause {
    let said = |text: &str| noise.iter().any(|line| line.contains(text));
    let room = || {
        let full = said("No space left on device") || said("Disk quota exceeded");
        let fixed = said("Read-only file system");
        full.then_some(Cause::DiskFull).or(fixed.then_some(Cause::ReadOnly))
    };
    match code {
        93 => Cause::Busy,
        65 if said("checksum mismatch: what arrived") => Cause::Damaged,
        91 | 92 | 94 => room().or_else(|| missing(noise)).unwrap_or(Cause::Script(code)),
        _ => room().unwrap_or(Cause::Script(code)),
    }
}

fn missing(noise: &[String]) -> Option<Cause> {
    let tool = |line: &String| {
        let name = line.strip_suffix(": not found").or_else(|| line.strip_suffix(": command not found"))?;
        name.rsplit([' ', ':']).next().map(|name| Cause::ToolMissing(name.to_owned()))
    };
    noise.iter().find_map(tool)
}

/// Nobody came as far as the script's surroundings.
fn before(code: Option<i32>, noise: &[String]) -> Cause {
    if code == Some(255) || code.is_none() { connection(noise) } else { login(code.unwrap_or(1), noise) }
}

/// What login and sudo say, in the order of what explains most.
fn login(code: i32, noise: &[String]) -> Cause {
    let said = |text: &str| noise.iter().any(|line| line.contains(text));
    let table: [(&[&str], Cause); 7] = [
        (&["must have a tty", "a terminal is required"], Cause::SudoTerminal),
        (&["sudo: a password is required"], Cause::SudoPassword),
        (&["is not in the sudoers file", "is not allowed to ", "may not run sudo"], Cause::SudoForbidden),
        (&["No space left on device", "Disk quota exceeded"], Cause::DiskFull),
        (&["Read-only file system"], Cause::ReadOnly),
        (
            &["account is currently not available", "password change", "Password change", "has expired"],
            Cause::Account,
        ),
        (
            &[
                "sudo: not found",
                "sudo: command not found",
                "sudo’: No such file",
                "sudo': No such file",
                "sudo: No such file",
                "Unknown command: sudo",
            ],
            Cause::SudoMissing,
        ),
    ];
    let found = table.into_iter().find(|(texts, _)| texts.iter().any(|text| said(text)));
    found.map(|(_, cause)| cause).or_else(|| missing(noise)).unwrap_or(Cause::Script(code))
}

/// What the SSH client says when it cannot connect or log in.
fn connection(noise: &[String]) -> Cause {
    let said = |text: &str| noise.iter().any(|line| line.contains(text));
    if said("stdio forwarding failed") || said("open failed: connect failed") {
        return Cause::Bastion(Box::new(unreachable(noise).unwrap_or(Cause::NoAnswer)));
    }
    let through = |cause| if said("UNKNOWN port 65535") { Cause::Bastion(Box::new(cause)) } else { cause };
    let table: [(&[&str], Cause); 5] = [
        (&["REMOTE HOST IDENTIFICATION HAS CHANGED"], Cause::HostKeyChanged(offered(noise))),
        (&["Host key verification failed", "host key is known for"], Cause::HostKeyUnknown),
        (&["no matching", "no mutual signature"], Cause::NoCommonAlgorithm),
        (&["incorrect passphrase supplied"], Cause::KeyLocked),
        (&["error in libcrypto", "invalid format", "UNPROTECTED PRIVATE KEY FILE"], Cause::KeyUnreadable),
    ];
    let found = table.into_iter().find(|(texts, _)| texts.iter().any(|text| said(text)));
    if let Some((_, cause)) = found {
        return through(cause);
    }
    if said("Permission denied (") || said("Too many authentication failures") {
        return through(Cause::WrongKey);
    }
    through(unreachable(noise).unwrap_or(Cause::ClosedEarly))
}

fn unreachable(noise: &[String]) -> Option<Cause> {
    let said = |text: &str| noise.iter().any(|line| line.contains(text));
    let table: [(&[&str], Cause); 4] = [
        (
            &["Could not resolve", "Name or service not known", "Temporary failure in name resolution"],
            Cause::NoSuchName,
        ),
        (&["Connection refused"], Cause::Refused),
        (&["timed out", "Operation timed out"], Cause::NoAnswer),
        (&["No route to host", "Network is unreachable", "Host is down"], Cause::NoRoute),
    ];
    table.into_iter().find(|(texts, _)| texts.iter().any(|text| said(text))).map(|(_, cause)| cause)
}

/// The fingerprint of the key that the host has now.
fn offered(noise: &[String]) -> Option<String> {
    let word =
        |line: &String| line.split_whitespace().find(|word| word.starts_with("SHA256:")).map(str::to_owned);
    noise.iter().find_map(word).map(|print| print.trim_end_matches('.').to_owned())
}
