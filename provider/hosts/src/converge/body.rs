//! The part of a script that is this host's: calls of the library's functions, in the order in which things depend on each
//! other.
//!
//! Every value goes through [`quote`]; paths and names of units are held to a small alphabet before.

use std::fmt::Write as _;

use aws_lc_rs::digest;

use super::quote::quote;
use crate::blueprint::{Binary, Blueprint, Disk, Fetch, File, Packing, Proof, Unit};
use crate::fault::Fault;
use crate::secrets::Secret;
use crate::spec::Cidr;

/// The body, and the hash by which it is known.
pub(super) fn of(blueprint: &Blueprint) -> Result<(String, String), Fault> {
    check(blueprint)?;
    let text = format!("{}\n{}", wakes(blueprint), body(blueprint));
    let hash = sha256(format!("{}\n{}", wakes(blueprint), body(&lasting(blueprint))).as_bytes());
    let text = format!("BLUEPRINT={hash}\n\n{text}\nmain \"$@\" 3>&1 </dev/null\n");
    Ok((text, hash))
}

/// The blueprint without what is written once: that may differ from run to run without anything to be done.
fn lasting(blueprint: &Blueprint) -> Blueprint {
    let mut lasting = blueprint.clone();
    for file in lasting.files.iter_mut().filter(|file| file.once) {
        file.content = Secret::default();
    }
    lasting
}

/// The SHA-256 in lower-case hexadecimal.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    digest::digest(&digest::SHA256, bytes).as_ref().iter().fold(
        String::with_capacity(64),
        |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        },
    )
}

/// What the script's way of comparing paths and names relies on.
fn check(blueprint: &Blueprint) -> Result<(), Fault> {
    let wrong = |what: String, cause: &str| {
        Err(Fault::of_host(
            &blueprint.host,
            what,
            cause,
            "Choose a name of letters, digits and . _ / @ : + -",
        ))
    };
    let plain = |c: char| c.is_ascii_alphanumeric() || "._/@:+-".contains(c);
    let path_ok = |path: &str| path.starts_with('/') && !path.ends_with('/') && path.chars().all(plain);
    let paths = blueprint.files.iter().map(|file| &file.path);
    let paths = paths.chain(blueprint.dirs.iter().map(|dir| &dir.path));
    let paths = paths.chain(blueprint.binaries.iter().map(|binary| &binary.path));
    for path in paths.chain(blueprint.disks.iter().flat_map(|disk| [&disk.path, &disk.device])) {
        if !path_ok(path) || path.split('/').any(|part| part == "..") {
            return wrong(format!("the path `{path}`"), "it is not a plain absolute path");
        }
    }
    let names = blueprint.units.iter().map(|unit| &unit.name);
    for name in names.chain(&blueprint.packages).chain(blueprint.users.iter().map(|user| &user.name)) {
        if name.is_empty() || name.starts_with('-') || !name.chars().all(plain) {
            return wrong(format!("the name `{name}`"), "it has characters that a host cannot take there");
        }
    }
    match blueprint.files.iter().find(|file| file.content.expose().contains('\0')) {
        Some(file) => wrong(format!("the file `{}`", file.path), "it contains a NUL, so it is no text"),
        None => Ok(()),
    }
}

/// Which marks a path's change makes.
fn marks(blueprint: &Blueprint, path: &str) -> String {
    let named =
        |unit: &&Unit, paths: fn(&Unit) -> &Vec<String>| paths(unit).iter().any(|other| other == path);
    let mut marks = Vec::new();
    if path.starts_with("/etc/systemd/system/") {
        marks.push("daemon-reload".to_owned());
    }
    let restarts = blueprint.units.iter().filter(|unit| named(unit, |unit| &unit.restart_on));
    marks.extend(restarts.map(|unit| format!("restart.{}", unit.name)));
    let reloads = blueprint.units.iter().filter(|unit| named(unit, |unit| &unit.reload_on));
    marks.extend(reloads.map(|unit| format!("reload.{}", unit.name)));
    marks.join(" ")
}

/// The function that marks what a changed path is for.
fn wakes(blueprint: &Blueprint) -> String {
    let mut text = "wakes() {\n  case $1 in\n".to_owned();
    let paths = blueprint.files.iter().map(|file| &file.path);
    for path in paths.chain(blueprint.binaries.iter().map(|binary| &binary.path)) {
        let marks = marks(blueprint, path);
        if !marks.is_empty() {
            let _ = writeln!(text, "    {path}) mark {marks} ;;");
        }
    }
    text + "  esac\n}\n"
}

fn body(blueprint: &Blueprint) -> String {
    let mut lines = vec![format!("event begin 1 {} \"$BLUEPRINT\"", quote(&blueprint.host))];
    let unpacked = |binary: &&Binary| matches!(binary.packing, Packing::TarGz);
    let binaries = blueprint.binaries.iter().filter(|binary| !unpacked(binary)).map(|binary| &binary.path);
    let paths: Vec<&str> =
        blueprint.files.iter().map(|file| &file.path).chain(binaries).map(String::as_str).collect();
    if !paths.is_empty() {
        lines.push(format!("vacant {}", paths.join(" \\\n")));
    }
    foundations(blueprint, &mut lines);
    contents(blueprint, &mut lines);
    running(blueprint, &mut lines);
    format!("body() {{\n{}\n}}\n", lines.join("\n"))
}

/// What has to be there before anything can be written.
fn foundations(blueprint: &Blueprint, lines: &mut Vec<String>) {
    if !blueprint.packages.is_empty() {
        lines.push("supported".into());
    }
    if let Some((from, until)) = blueprint.clock {
        lines.push(format!("clock {from} {until}"));
    }
    if let Some(wall) = &blueprint.wall
        && !wall.admitted.is_empty()
    {
        let (four, six): (Vec<Cidr>, Vec<Cidr>) =
            wall.admitted.iter().partition(|cidr| cidr.address().is_ipv4());
        lines.push(format!("guard {} {}", quote(&elements(&four)), quote(&elements(&six))));
    }
    if !blueprint.packages.is_empty() {
        lines.push(format!("event step packages\npackages {}", blueprint.packages.join(" ")));
    }
    if !blueprint.users.is_empty() {
        let names: Vec<&str> = blueprint.users.iter().map(|user| user.name.as_str()).collect();
        lines.push(format!("event step users\nPASSWD=$NL$(getent passwd {})$NL", names.join(" ")));
    }
    for user in &blueprint.users {
        let kind = if user.system { "system" } else { "login" };
        let groups = quote(&user.groups.join(","));
        lines.push(format!(
            "user {} {kind} {} {} {groups}",
            user.name,
            quote(&user.home),
            quote(&user.shell)
        ));
    }
    for disk in &blueprint.disks {
        let fs = disk.filesystem.name();
        lines.push(format!("disk {} {fs} {} {}", quote(&disk.device), quote(&disk.label), quote(&disk.path)));
    }
    // A host whose disk is gone still starts, but without what needs it.
    let mounts = blueprint.disks.iter().map(|disk| {
        let Disk { label, path, filesystem, .. } = disk;
        format!("LABEL={label} {path} {} defaults,noatime,nofail,x-lostops 0 2", filesystem.name())
    });
    lines.push(format!("mounts {}", quote(&mounts.collect::<Vec<_>>().join("\n"))));
}

fn elements(cidrs: &[Cidr]) -> String {
    cidrs.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

/// Folders, files and programs.
fn contents(blueprint: &Blueprint, lines: &mut Vec<String>) {
    let Blueprint { files, dirs, .. } = blueprint;
    lines.push("event step files".into());
    let compared = files.iter().filter(|file| !file.once);
    let sums: Vec<String> = compared
        .map(|file| format!("{}  .{}", sha256(file.content.expose().as_bytes()), file.path))
        .collect();
    if !sums.is_empty() {
        lines.push(format!(
            "SUMS=$NL$(cd \"$R/\" && sha256sum -c 2>/dev/null <<'END'\n{}\nEND\n)$NL",
            sums.join("\n")
        ));
    }
    let paths = dirs.iter().map(|dir| &dir.path).chain(files.iter().map(|file| &file.path));
    let paths: Vec<String> = paths.map(|path| format!(".{path}")).collect();
    if !paths.is_empty() {
        // Owners are given by name or by number.
        let format = "'%F %n %a %U:%G\n%F %n %a %u:%g'";
        lines.push(format!(
            "STATS=$NL$(cd \"$R/\" && stat -c {format} \\\n{} 2>/dev/null)$NL",
            paths.join(" \\\n")
        ));
    }
    for dir in dirs {
        lines.push(format!("dir {} {:o} {}", dir.path, dir.mode, quote(dir.owner.as_deref().unwrap_or("-"))));
    }
    let units = listed(blueprint.units.iter().map(|unit| unit.name.clone()));
    let made = files.iter().map(|file| format!("{} {}", file.path, marks(blueprint, &file.path)));
    let made = listed(made);
    lines.push(format!("UNITS={units}\nFILES={made}\nretired \"$NL$UNITS\"\nstale \"$NL$FILES\""));
    lines.extend(files.iter().map(file));
    if !blueprint.binaries.is_empty() {
        lines.push("MACHINE=$(uname -m)".into());
    }
    lines.extend(blueprint.binaries.iter().map(binary));
}

/// Lines that the next run compares with, as one quoted word.
fn listed(lines: impl Iterator<Item = String>) -> String {
    quote(&lines.fold(String::new(), |text, line| text + &line + "\n"))
}

fn file(file: &File) -> String {
    let File { path, mode, .. } = file;
    let owner = quote(file.owner.as_deref().unwrap_or("-"));
    let when = if file.once { "once" } else { "always" };
    format!("file {path} {mode:o} {owner} {when} {}", quote(file.content.expose()))
}

fn binary(binary: &Binary) -> String {
    let mut text = "case $MACHINE in\n".to_owned();
    for (arch, fetch) in &binary.fetches {
        let _ = writeln!(text, "{}) {} ;;", arch.machine(), fetched(binary, fetch));
    }
    let _ = write!(text, "*) fail architecture {} \"$MACHINE\" ;;\nesac", quote(&binary.name));
    text
}

fn fetched(binary: &Binary, Fetch { url, proof }: &Fetch) -> String {
    let (packing, member) = match &binary.packing {
        Packing::Plain => ("plain", ""),
        Packing::Zip { member } => ("zip", member.as_str()),
        Packing::TarGz => ("targz", ""),
    };
    let proof = match proof {
        Proof::Sha256(sum) => format!("sha256 {}", quote(sum)),
        Proof::Signed { sums, signature, key, fingerprint } => {
            format!("signed {} {} {} {}", quote(fingerprint), quote(sums), quote(signature), quote(key))
        }
    };
    let [name, version] = [&binary.name, &binary.version].map(|text| quote(text));
    format!("binary {name} {version} {} {packing} {} {} {proof}", binary.path, quote(member), quote(url))
}

/// The kernel, the firewall, what runs, and what is done at the end.
fn running(blueprint: &Blueprint, lines: &mut Vec<String>) {
    if !blueprint.modules.is_empty() {
        lines.push(format!(
            "modules {}",
            blueprint.modules.iter().map(|name| quote(name)).collect::<Vec<_>>().join(" ")
        ));
    }
    if !blueprint.sysctl.is_empty() {
        let settings = blueprint.sysctl.iter().map(|(key, value)| quote(&format!("{key}={value}")));
        lines.push(format!("settings {}", settings.collect::<Vec<_>>().join(" ")));
    }
    if !blueprint.units.is_empty() {
        lines.push("event step units\nreloaded".into());
    }
    if let Some(wall) = &blueprint.wall {
        lines.push(format!("wall {} {}", quote(&wall.table), wall.unit));
    }
    if !blueprint.units.is_empty() {
        let names: Vec<&str> = blueprint.units.iter().map(|unit| unit.name.as_str()).collect();
        lines.push(format!("look_at {}", names.join(" ")));
    }
    for unit in &blueprint.units {
        lines.push(format!("unit {} {}", unit.name, if unit.oneshot { "oneshot" } else { "service" }));
        if let Some(wall) = blueprint.wall.as_ref().filter(|wall| wall.unit == unit.name) {
            lines.push(format!("walled {}", quote(&wall.table)));
        }
    }
    for command in &blueprint.commands {
        lines.push(format!(
            "command_ {} {} {}",
            quote(&command.name),
            quote(&command.unless),
            quote(&command.run)
        ));
    }
    lines.push(
        "known && return 0\nremember files \"$FILES\"\n[ ! -s \"$S/ours\" ] || : >\"$S/ours\"\nremember units \"$UNITS\"\nremember applied \"$BLUEPRINT$NL\""
            .into(),
    );
}
