//! What a running script says, line by line, and what a person can do about what went wrong.
//!
//! Lines that are not the script's (a login banner, say) are nothing. What is read comes from a host and is only ever shown.

use crate::fault::Fault;

/// What a script's line says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// It has begun, for that host and that blueprint.
    Begin {
        /// The host whose blueprint it is.
        host: String,
        /// The blueprint's hash.
        hash: String,
    },
    /// What it turns to now.
    Step(String),
    /// Something was not as it should be, and is being changed.
    Changed {
        /// What kind of thing: `file`, `package`, `restarted`, …
        kind: String,
        /// Which.
        name: String,
    },
    /// Worth knowing, no more.
    Note(String),
    /// A program has to be put into the host's cache, `/var/lib/lostops/cache/<sha256>`, before the next run.
    Need {
        /// Its SHA-256.
        sha256: String,
        /// What it is called.
        name: String,
    },
    /// It could not go on.
    Fault {
        /// What went wrong, in one of the words that [`cure`] knows.
        code: String,
        /// With what.
        subject: String,
        /// What the host said.
        detail: String,
    },
    /// The host is what its blueprint says.
    Done {
        /// How much was changed; 0 where there was nothing to do.
        changes: u32,
        /// The blueprint's hash.
        hash: String,
    },
}

impl Event {
    /// What a line says, if it is a script's.
    pub fn parse(line: &str) -> Option<Self> {
        let line = line.strip_suffix('\n').unwrap_or(line);
        let line = line.strip_suffix('\r').unwrap_or(line);
        let mut fields = line.split('\t').map(shown);
        if fields.next()? != "@lostops" {
            return None;
        }
        let fields: Vec<String> = fields.collect();
        let fields: Vec<&str> = fields.iter().map(String::as_str).collect();
        Some(match fields.as_slice() {
            ["begin", "1", host, hash] => Self::Begin { host: (*host).into(), hash: (*hash).into() },
            ["step", what] => Self::Step((*what).into()),
            ["changed", kind, name] => Self::Changed { kind: (*kind).into(), name: (*name).into() },
            ["note", what] => Self::Note((*what).into()),
            ["need", sha256, name] => Self::Need { sha256: (*sha256).into(), name: (*name).into() },
            ["fault", code, subject, detail] => {
                Self::Fault { code: (*code).into(), subject: (*subject).into(), detail: (*detail).into() }
            }
            ["done", changes, hash] => Self::Done { changes: changes.parse().ok()?, hash: (*hash).into() },
            _ => return None,
        })
    }

    /// The fault that it tells of, with its cure.
    pub fn fault(&self, host: &str) -> Option<Fault> {
        let Self::Fault { code, subject, detail } = self else { return None };
        let (what, cure) = cure(code);
        let cause = if detail.trim().is_empty() { "the host gave no reason" } else { detail.trim() };
        Some(Fault::of_host(host, format!("{what} ({subject})"), cause, cure))
    }
}

/// A field without what could play with a terminal.
fn shown(field: &str) -> String {
    field.chars().filter(|c| !c.is_control()).collect()
}

/// What a fault's code means, and what to do about it.
pub fn cure(code: &str) -> (&'static str, &'static str) {
    FAULTS.iter().find(|(known, _, _)| *known == code).map_or(
        (
            "The host could not be made what it should be",
            "Look at the host's own words and at /var/lib/lostops/out there",
        ),
        |(_, what, cure)| (what, cure),
    )
}

/// Code, what it means, what to do.
const FAULTS: &[(&str, &str, &str)] = &[
    (
        "architecture",
        "There is no such program for this processor",
        "Use a host of an architecture that the release is made for, or name a mirror that has it",
    ),
    (
        "busy",
        "Another run is at work on this host",
        "Wait for it to end and apply again; nothing was changed by this one",
    ),
    (
        "checksum",
        "A download is not what it should be",
        "Somebody on the way changed it, or the checksum in the configuration is of another release: check both",
    ),
    (
        "clock",
        "The host's clock is wrong",
        "Set the host's time (`timedatectl set-ntp true`) and apply again: certificates do not count at a wrong time",
    ),
    ("command", "A command failed", "See the host's own words; the next apply tries it again"),
    ("disk-broken", "A data disk cannot be used", "Check the disk and the host's kernel log (`dmesg`)"),
    ("disk-full", "The host's disk is full", "Free some space on the host and apply again"),
    ("disk-missing", "A data disk is not there", "Attach the disk, or correct the device's name"),
    (
        "disk-stays",
        "A data disk has become larger, and its file system has not",
        "See what its program said; grow it by hand if need be, then apply again",
    ),
    (
        "disk-used",
        "A data disk already holds something",
        "It is left as it is. If its data may go, wipe it (`wipefs -a DEVICE`); otherwise name another device",
    ),
    (
        "download",
        "A download failed",
        "Check that the address exists and that the host may reach it, or name a mirror",
    ),
    (
        "file",
        "A file or folder cannot be written",
        "See the host's own words: something else may be in its place",
    ),
    (
        "firewall",
        "The firewall's rules were not taken",
        "See what nft said; the rules from before are still in force",
    ),
    (
        "in-the-way",
        "A folder stands where a file belongs",
        "It is left as it is, and nothing was changed. Move it elsewhere, or remove it if nobody needs it, and apply again",
    ),
    (
        "lock-out",
        "The firewall would lock out whoever applies this",
        "Add the address you come from to `admin_cidrs`; nothing was changed",
    ),
    (
        "network",
        "The host does not reach the network",
        "Check the host's route, DNS and proxy, or name a mirror that it can reach; the next apply goes on from here",
    ),
    (
        "packages",
        "The distribution's packages cannot be installed",
        "See what apt said; run `apt-get -f install` on the host if its package system is broken",
    ),
    (
        "read-only",
        "The host's disk is read-only",
        "Its kernel may have found errors: check the disk (`dmesg`, `fsck`)",
    ),
    ("root", "The script does not run as root", "Log in as root, or as a user who may use sudo"),
    (
        "setting",
        "A kernel setting was refused",
        "The kernel has no such setting, or the host is a container that may not change it",
    ),
    (
        "signature",
        "A release's signature is not to be trusted",
        "Somebody on the way changed it, or the key has changed: name the release by checksum after checking it yourself",
    ),
    ("state", "The script cannot keep its notes", "See the host's own words about /var/lib/lostops"),
    (
        "unit",
        "A service does not run",
        "See the service's own words; `journalctl -u SERVICE` on the host has more",
    ),
    ("unpack", "A download cannot be unpacked", "Check that it is the archive it should be"),
    (
        "unsupported",
        "The host's distribution is not supported",
        "Use Debian 11 or later, or Ubuntu 22.04 or later",
    ),
    ("usage", "The script was called wrongly", "This is a fault of lostops: please report it"),
    (
        "user",
        "A user cannot be made",
        "See the host's own words: a group or user of that name may be in the way",
    ),
];

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn reads_what_scripts_say() {
        let line = "@lostops\tchanged\tfile\t/etc/nomad.d/nomad.json\r\n";
        let changed = Event::Changed { kind: "file".into(), name: "/etc/nomad.d/nomad.json".into() };
        assert_eq!(Event::parse(line), Some(changed));
        assert_eq!(
            Event::parse("@lostops\tdone\t3\tabc"),
            Some(Event::Done { changes: 3, hash: "abc".into() })
        );
        for other in [
            "",
            "Welcome to Debian",
            "@lostops",
            "@lostops\tdone\tx\ty",
            "@lostops\tbegin\t2\ta\tb",
            " @lostops\tnote\tx",
        ] {
            assert_eq!(Event::parse(other), None, "{other}");
        }
    }

    #[test]
    fn a_fault_has_host_cause_and_cure() {
        let event = Event::parse("@lostops\tfault\tdisk-used\t/dev/sdb\tTYPE=ext4 \u{1b}[31mred").unwrap();
        insta::assert_snapshot!(
            event.fault("web-1").unwrap(),
            @"web-1: A data disk already holds something (/dev/sdb): TYPE=ext4 [31mred. It is left as it is. If its data may go, wipe it (`wipefs -a DEVICE`); otherwise name another device"
        );
    }

    #[test]
    fn every_code_of_the_script_has_its_cure_and_none_is_left_over() {
        let library = crate::converge::LIBRARY;
        let mut used: Vec<&str> = library
            .split_whitespace()
            .zip(library.split_whitespace().skip(1))
            .filter(|(word, code)| matches!(*word, "fail" | "blame") && !code.contains('"'))
            .map(|(_, code)| code)
            .filter(|code| code.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-'))
            .chain(["architecture"])
            .collect();
        used.sort_unstable();
        used.dedup();
        let known: Vec<&str> = FAULTS.iter().map(|(code, _, _)| *code).collect();
        assert_eq!(used, known);
    }

    proptest! {
        #[test]
        fn no_line_is_too_strange(line in any::<String>(), tail in "\\PC*") {
            let _ = Event::parse(&line);
            if let Some(event) = Event::parse(&format!("@lostops\tfault\t{tail}\t{line}")) {
                let words = event.fault("h").map(|fault| fault.to_string()).unwrap_or_default();
                prop_assert!(!words.contains('\u{1b}'), "an escape");
            }
        }
    }
}
