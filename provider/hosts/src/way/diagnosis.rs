//! From what login, sudo and the script's surroundings said to what went wrong.
//!
//! Must never be asked about a script's own words: those are its caller's.

use super::{Cause, Ending, Transcript};

/// What went wrong, if anything did. `connection` knows what the program on the way says if nobody came in.
pub(crate) fn cause(transcript: &Transcript, connection: impl Fn(&[String]) -> Cause) -> Option<Cause> {
    let noise = &transcript.noise;
    match &transcript.ending {
        Ending::Code(0) => None,
        Ending::NoPassword => Some(Cause::SudoPassword),
        Ending::WrongPassword => Some(Cause::WrongSudoPassword),
        Ending::Unreadable(why) => Some(Cause::BlobUnreadable(why.clone())),
        Ending::Code(code) => Some(surroundings(*code, noise)),
        Ending::Cut(_) if transcript.ready => Some(Cause::Lost),
        Ending::Cut(None | Some(255)) => Some(connection(noise)),
        Ending::Cut(Some(code)) => Some(login(*code, noise)),
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
