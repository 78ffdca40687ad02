//! Rules for volumes and where they are mounted.

use crate::source::Diagnostics;

use super::super::cursor::{Cursor, Known};
use super::scene::{Group, Job, Kind};

type Rule = fn(&Job<'_>, &Group<'_>, &mut Diagnostics);

const RULES: &[Rule] =
    &[kind, source, per_alloc, host, csi, csi_access, mounts, destinations, ephemeral_disk];

pub(super) fn check(job: &Job<'_>, group: &Group<'_>, out: &mut Diagnostics) {
    for rule in RULES {
        rule(job, group, out);
    }
}

fn of_kind<'t>(group: &Group<'t>, kind: &'static str) -> impl Iterator<Item = Cursor<'t>> + use<'t> {
    known(group).filter(move |at| at.text("type").is().is_some_and(|text| text.as_str() == kind))
}

/// Volumes of a kind that Nomad knows; others it drops without a word.
fn known<'t>(group: &Group<'t>) -> impl Iterator<Item = Cursor<'t>> + use<'t> {
    group
        .blocks_of("volume")
        .filter(|at| at.text("type").or("".into()).is_none_or(|kind| matches!(kind.as_str(), "host" | "csi")))
}

fn kind(_: &Job<'_>, group: &Group<'_>, out: &mut Diagnostics) {
    for at in group.blocks_of("volume") {
        if at.text("type").or("".into()).is_some_and(|kind| !matches!(kind.as_str(), "host" | "csi")) {
            let finding =
                at.warning_at("type", "volume-type", "Nomad ignores volumes other than `host` and `csi`");
            out.push(finding.help("set `type`"));
        }
    }
}

fn source(_: &Job<'_>, group: &Group<'_>, out: &mut Diagnostics) {
    for at in known(group).filter(|at| at.text_or_empty("source").is_some_and(|source| source.is_empty())) {
        out.push(at.error_at("source", "volume-source", "the volume has no `source`"));
    }
}

fn per_alloc(job: &Job<'_>, group: &Group<'_>, out: &mut Diagnostics) {
    let canaries = group.layers(job, "update").int("canary", 0).is_some_and(|count| count > 0);
    for at in known(group).filter(|at| at.is_true("per_alloc")) {
        let mut say = |wrong: bool, message: &str| {
            if wrong {
                out.push(at.error_at("per_alloc", "volume-per-alloc", message));
            }
        };
        say(
            matches!(job.kind, Some(Kind::System | Kind::SysBatch)),
            "`per_alloc` is for jobs of type service or batch",
        );
        say(canaries, "`per_alloc` and canaries exclude each other");
        say(at.is_true("sticky"), "`per_alloc` and `sticky` exclude each other");
    }
}

fn host(_: &Job<'_>, group: &Group<'_>, out: &mut Diagnostics) {
    for at in of_kind(group, "host") {
        if let Some(options) = at.block_of("mount_options") {
            out.push(options.error("volume-options", "a host volume has no `mount_options`"));
        }
        let Some(mode) = at.text_or_empty("access_mode") else { continue };
        match mode.as_str() {
            "" | "single-node-writer" | "single-node-single-writer" | "single-node-multi-writer" => {}
            "single-node-reader-only" => read_only(at, out),
            other => out.push(at.error_at(
                "access_mode",
                "volume-access",
                format!("a host volume cannot have the access mode {other:?}"),
            )),
        }
    }
}

fn read_only(at: Cursor<'_>, out: &mut Diagnostics) {
    if at.bool("read_only").or(false) == Some(false) {
        let finding = at.error_at("access_mode", "volume-read-only", "this access mode is for reading only");
        out.push(finding.help("set `read_only = true`"));
    }
}

fn csi(_: &Job<'_>, group: &Group<'_>, out: &mut Diagnostics) {
    for at in of_kind(group, "csi") {
        match at.text_or_empty("attachment_mode").as_deref() {
            Some("") => out.push(at.error_at(
                "attachment_mode",
                "volume-attachment",
                "a CSI volume needs an `attachment_mode`",
            )),
            Some("block-device") => {
                if let Some(options) = at.block_of("mount_options") {
                    out.push(options.error("volume-options", "a block device has no `mount_options`"));
                }
            }
            _ => {}
        }
        if at.text_or_empty("access_mode").is_some_and(|mode| mode.is_empty()) {
            out.push(at.error_at("access_mode", "volume-access", "a CSI volume needs an `access_mode`"));
        }
    }
}

/// How many may use the volume at once.
fn csi_access(_: &Job<'_>, group: &Group<'_>, out: &mut Diagnostics) {
    let many = group.count().is_some_and(|count| count > 1);
    for at in of_kind(group, "csi") {
        let shared = many && at.bool("per_alloc").or(false) == Some(false);
        let Some(mode) = at.text_or_empty("access_mode") else { continue };
        if matches!(mode.as_str(), "single-node-reader-only" | "multi-node-reader-only") {
            read_only(at, out);
        }
        let writes = at.bool("read_only").or(false) == Some(false);
        let who = match mode.as_str() {
            "single-node-reader-only" if shared => "one reader",
            "single-node-writer" if shared => "one reader or writer",
            "multi-node-single-writer" if shared && writes => "one writer",
            _ => continue,
        };
        let finding = at.error_at(
            "access_mode",
            "volume-shared",
            format!("this access mode allows {who}, the group runs more"),
        );
        out.push(finding.help("set `per_alloc = true` or `count = 1`"));
    }
}

fn mounts(_: &Job<'_>, group: &Group<'_>, out: &mut Diagnostics) {
    let labels: Vec<&str> = known(group).map(Cursor::label).collect();
    let tasks = group.tasks.iter().copied().chain(group.proxies());
    for mount in tasks.flat_map(|task| task.blocks_of("volume_mount")) {
        let name = match mount.text("volume") {
            Known::Is(name) => name,
            Known::Later => continue,
            Known::Absent => {
                out.push(mount.warning("mount-volume", "Nomad ignores a `volume_mount` without `volume`"));
                continue;
            }
        };
        if name.is_empty() {
            out.push(mount.error_at("volume", "mount-volume", "`volume` is empty: which volume is mounted?"));
        } else if !labels.contains(&name.as_str()) {
            let message = format!("the group has no volume {:?}", name.as_str());
            let help = super::super::validate::did_you_mean(&name, labels.iter().copied());
            out.push(mount.error_at("volume", "mount-volume", message).maybe_help(help));
        }
    }
}

/// Nomad's server then breaks off without an answer.
fn destinations(_: &Job<'_>, group: &Group<'_>, out: &mut Diagnostics) {
    let tasks = group.tasks.iter().copied().chain(group.proxies());
    for mount in tasks.flat_map(|task| task.blocks_of("volume_mount")) {
        if mount.attr("volume").is_some() && mount.attr("destination").is_none() {
            let finding = mount
                .error("mount-destination", "`destination` is missing: where in the task is it mounted?");
            out.push(finding);
        }
    }
}

/// Logs are kept on the group's disk.
fn ephemeral_disk(_: &Job<'_>, group: &Group<'_>, out: &mut Diagnostics) {
    let disk = group.blocks_of("ephemeral_disk").next().map_or(Some(300), |at| at.int("size").or(300));
    let Some(disk) = disk else { return };
    let tasks = group.tasks.iter().map(|task| (*task, 10)).chain(group.proxies().map(|proxy| (proxy, 2)));
    for (task, usual) in tasks {
        let logs = task.block_of("logs");
        // Of a proxy Nomad takes over what is more than zero.
        let read = |name| match logs.map_or(Some(10), |logs| logs.int(name).or(10)) {
            Some(count) if usual == 2 && (count <= 0 || logs.is_none()) => Some(usual),
            count => count,
        };
        let (Some(files), Some(size)) = (read("max_files"), read("max_file_size")) else { continue };
        let used = files.saturating_mul(size);
        if disk <= used {
            let message = format!("the logs need {used} MB, the group's disk has {disk} MB");
            let finding = logs.unwrap_or(task).error("logs-disk", message);
            out.push(finding.help("make `ephemeral_disk { size = … }` larger, or `logs` smaller"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{group, kind, task, tells};

    fn volume(text: &str) -> String {
        group(&format!("volume \"v\" {{\nsource = \"s\"\n{text}\n}}"))
    }

    #[test]
    fn volumes_have_a_kind_and_a_source() {
        tells("volume-type", &volume("type = \"nfs\""), &volume("type = \"host\""));
        tells("volume-source", &group("volume \"v\" {\ntype = \"host\"\n}"), &volume("type = \"host\""));
    }

    #[test]
    fn volumes_of_each_allocation() {
        let each = "volume \"v\" {\ntype = \"host\"\nsource = \"s\"\nper_alloc = true\n}";
        tells("volume-per-alloc", &kind("system", each), &kind("service", each));
        tells("volume-per-alloc", &group(&format!("{each}\nupdate {{\ncanary = 1\n}}")), &group(each));
        tells(
            "volume-per-alloc",
            &volume("type = \"host\"\nper_alloc = true\nsticky = true"),
            &volume("type = \"host\"\nsticky = true"),
        );
    }

    #[test]
    fn access_modes_of_host_volumes() {
        let host = |text: &str| volume(&format!("type = \"host\"\n{text}"));
        tells(
            "volume-access",
            &host("access_mode = \"multi-node-multi-writer\""),
            &host("access_mode = \"single-node-writer\""),
        );
        tells(
            "volume-read-only",
            &host("access_mode = \"single-node-reader-only\""),
            &host("access_mode = \"single-node-reader-only\"\nread_only = true"),
        );
        tells("volume-options", &host("mount_options {}"), &host(""));
    }

    #[test]
    fn csi_volumes_say_how_they_are_used() {
        let csi = |text: &str| {
            group(&format!("count = 2\nvolume \"v\" {{\ntype = \"csi\"\nsource = \"s\"\n{text}\n}}"))
        };
        let right = "attachment_mode = \"file-system\"\naccess_mode = \"multi-node-multi-writer\"";
        tells("volume-attachment", &csi("access_mode = \"multi-node-multi-writer\""), &csi(right));
        tells("volume-access", &csi("attachment_mode = \"file-system\""), &csi(right));
        let block = |more: &str| {
            csi(&format!(
                "attachment_mode = \"block-device\"\naccess_mode = \"multi-node-multi-writer\"\n{more}"
            ))
        };
        tells("volume-options", &block("mount_options {}"), &block(""));
        let one = |more: &str| {
            csi(&format!("attachment_mode = \"file-system\"\naccess_mode = \"single-node-writer\"\n{more}"))
        };
        tells("volume-shared", &one(""), &one("per_alloc = true"));
        let reader = |more: &str| {
            csi(&format!(
                "attachment_mode = \"file-system\"\naccess_mode = \"multi-node-reader-only\"\n{more}"
            ))
        };
        tells("volume-read-only", &reader(""), &reader("read_only = true"));
        let writer = |more: &str| {
            csi(&format!(
                "attachment_mode = \"file-system\"\naccess_mode = \"multi-node-single-writer\"\n{more}"
            ))
        };
        tells("volume-shared", &writer(""), &writer("read_only = true"));
    }

    #[test]
    fn mounts_name_a_volume_of_the_group() {
        let mount =
            |volume: &str| task(&format!("volume_mount {{\nvolume = \"{volume}\"\ndestination = \"/d\"\n}}"));
        tells("mount-volume", &mount("dato"), &mount("data"));
        tells("mount-volume", &task("volume_mount {}"), &mount("data"));
        tells("mount-volume", &mount(""), &mount("data"));
        tells("mount-destination", &task("volume_mount {\nvolume = \"data\"\n}"), &mount("data"));
    }

    #[test]
    fn logs_fit_onto_the_disk() {
        tells("logs-disk", &task("logs {\nmax_files = 30\n}"), &task("logs {\nmax_files = 29\n}"));
        tells(
            "logs-disk",
            &group("ephemeral_disk {\nsize = 100\n}"),
            &group("ephemeral_disk {\nsize = 101\n}"),
        );
    }
}
