//! From what the SSH client said to what went wrong on the way to a host.

use crate::way::Cause;

/// What the SSH client says when it cannot connect or log in.
pub(super) fn connection(noise: &[String]) -> Cause {
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
