//! Advice: what Nomad takes and what is most likely not meant. Always warnings.

use crate::source::Diagnostics;

use super::super::cursor::Cursor;
use super::network::port_labels;
use super::scene::{Group, Job, Layers, Task};

const JOB: &[fn(&Job<'_>, &mut Diagnostics)] = &[promote_all];

const GROUP: &[fn(&Job<'_>, &Group<'_>, &mut Diagnostics)] =
    &[main_task, parallel, disk_migrate, service_delay];

const TASK: &[fn(&Task<'_, '_>, &mut Diagnostics)] =
    &[signals, image_tag, driver_ports, raw_exec_mounts, identity_audience, identity_lifetime, identity_env];

pub(super) fn check(job: &Job<'_>, out: &mut Diagnostics) {
    for rule in JOB {
        rule(job, out);
    }
    for group in &job.groups {
        for rule in GROUP {
            rule(job, group, out);
        }
    }
    for task in job.tasks() {
        for rule in TASK {
            rule(&task, out);
        }
    }
}

/// A deployment is promoted as a whole.
fn promote_all(job: &Job<'_>, out: &mut Diagnostics) {
    let updates: Vec<Layers<'_>> = job.groups.iter().map(|group| group.layers(job, "update")).collect();
    let promotes = |update: &Layers<'_>| update.bool("auto_promote", false) == Some(true);
    let waits =
        |update: &&Layers<'_>| update.int("canary", 0).is_some_and(|count| count > 0) && !promotes(update);
    if updates.iter().any(promotes)
        && let Some(at) = updates.iter().find(waits).and_then(|update| update.any())
    {
        out.push(
            at.warning("promote-all", "nothing is promoted by itself unless all groups have `auto_promote`"),
        );
    }
}

fn main_task(_: &Job<'_>, group: &Group<'_>, out: &mut Diagnostics) {
    let Some(at) = group.at.filter(|_| !group.tasks.is_empty()) else { return };
    let helper =
        |task: &Cursor<'_>| task.block_of("lifecycle").is_some_and(|lifecycle| lifecycle.has_text("hook"));
    let brings_task = group.blocks_of("service").any(|service| service.has("connect"));
    if group.tasks.iter().all(helper) && !brings_task {
        out.push(
            at.warning("group-main-task", "all tasks of the group have a `lifecycle`: none is its main task"),
        );
    }
}

fn parallel(job: &Job<'_>, group: &Group<'_>, out: &mut Diagnostics) {
    let update = group.layers(job, "update");
    let (Some(at), Some(count)) = (update.holder("max_parallel"), group.count()) else { return };
    if count > 1 && at.int("max_parallel").is().is_some_and(|parallel| parallel > count) {
        let message = "`max_parallel` is more than the group's `count`: all instances are replaced at once";
        out.push(at.warning_at("max_parallel", "update-parallel", message));
    }
}

fn disk_migrate(_: &Job<'_>, group: &Group<'_>, out: &mut Diagnostics) {
    for at in group.blocks_of("ephemeral_disk") {
        if at.is_true("migrate") && at.bool("sticky").or(false) == Some(false) {
            out.push(at.warning_at(
                "migrate",
                "disk-migrate",
                "`migrate` does nothing without `sticky = true`",
            ));
        }
    }
}

/// Without a pause, requests still arrive while the task is stopping.
fn service_delay(_: &Job<'_>, group: &Group<'_>, out: &mut Diagnostics) {
    let delayed = |at: Cursor<'_>| at.nanos("shutdown_delay").or(0).is_none_or(|delay| delay > 0);
    if group.at.is_some_and(delayed) || group.tasks.iter().any(|task| delayed(*task)) {
        return;
    }
    let services =
        group.blocks_of("service").chain(group.tasks.iter().flat_map(|task| task.blocks_of("service")));
    if let Some(at) = services.into_iter().next() {
        let finding = at.warning("service-delay", "requests still reach the service while it stops");
        out.push(finding.help("set `shutdown_delay` in the group or the task, for example \"5s\""));
    }
}

const SIGNALS: [&str; 31] = [
    "SIGHUP",
    "SIGINT",
    "SIGQUIT",
    "SIGILL",
    "SIGTRAP",
    "SIGABRT",
    "SIGBUS",
    "SIGFPE",
    "SIGKILL",
    "SIGUSR1",
    "SIGSEGV",
    "SIGUSR2",
    "SIGPIPE",
    "SIGALRM",
    "SIGTERM",
    "SIGCHLD",
    "SIGCONT",
    "SIGSTOP",
    "SIGTSTP",
    "SIGTTIN",
    "SIGTTOU",
    "SIGURG",
    "SIGXCPU",
    "SIGXFSZ",
    "SIGVTALRM",
    "SIGPROF",
    "SIGWINCH",
    "SIGIO",
    "SIGPWR",
    "SIGSYS",
    "SIGNULL",
];

fn signals(task: &Task<'_, '_>, out: &mut Diagnostics) {
    let blocks = ["template", "vault", "identity"].into_iter().flat_map(|ty| task.at.blocks_of(ty));
    let places = std::iter::once((task.at, "kill_signal")).chain(blocks.map(|at| (at, "change_signal")));
    for (at, name) in places {
        let Some(signal) = at.text(name).is().filter(|signal| !signal.is_empty() && !signal.contains("${"))
        else {
            continue;
        };
        let upper = signal.to_uppercase();
        if !SIGNALS.contains(&upper.as_str()) && !SIGNALS.contains(&format!("SIG{upper}").as_str()) {
            let help = super::super::validate::did_you_mean(&upper, SIGNALS);
            out.push(
                at.warning_at(name, "signal", format!("{:?} is no signal", signal.as_str())).maybe_help(help),
            );
        }
    }
}

/// The value of a setting of the task's driver.
fn config<'t>(task: &Task<'_, 't>, name: &str) -> Option<(Cursor<'t>, crate::tree::Attr)> {
    let at = task.at.block_of("config")?;
    let attr = at.block.free_form().into_iter().find(|attr| &*attr.name.value == name)?;
    Some((at, attr))
}

fn has_driver(task: &Task<'_, '_>, drivers: &[&str]) -> bool {
    task.at.text("driver").is().is_some_and(|driver| drivers.contains(&driver.as_str()))
}

/// What runs would depend on when it was pulled.
fn image_tag(task: &Task<'_, '_>, out: &mut Diagnostics) {
    let Some((at, attr)) = config(task, "image").filter(|_| has_driver(task, &["docker", "podman"])) else {
        return;
    };
    let Some(image) = attr.value.as_str().filter(|image| !image.contains("${") && !image.contains('@'))
    else {
        return;
    };
    let last = image.rsplit('/').next().unwrap_or(image);
    let problem = match last.split_once(':') {
        None => "has no tag",
        Some((_, "latest")) => "has the tag `latest`",
        Some(_) => return,
    };
    let message = format!("the image {image:?} {problem}: what runs depends on when it is pulled");
    let finding = crate::source::Diagnostic::warning("image-tag", message, attr.expr);
    out.push(at.place_at(&attr, finding).help("name a version"));
}

fn driver_ports(task: &Task<'_, '_>, out: &mut Diagnostics) {
    let Some((at, attr)) = config(task, "ports").filter(|_| has_driver(task, &["docker", "podman"])) else {
        return;
    };
    let known = port_labels(task.group);
    for port in attr.value.items().unwrap_or_default().iter().filter_map(crate::hcl::Value::as_str) {
        if !known.contains(&port) && !port.contains("${") {
            let message = format!("no network of the group has a port {port:?}");
            let finding = crate::source::Diagnostic::warning("driver-port", message, attr.expr);
            let help = super::super::validate::did_you_mean(port, known.iter().copied());
            out.push(at.place_at(&attr, finding).maybe_help(help));
        }
    }
}

fn raw_exec_mounts(task: &Task<'_, '_>, out: &mut Diagnostics) {
    if let Some(mount) = task.at.block_of("volume_mount").filter(|_| has_driver(task, &["raw_exec"])) {
        out.push(mount.warning("raw-exec-mount", "the raw_exec driver mounts no volumes"));
    }
}

fn named(at: Cursor<'_>) -> bool {
    at.text("name").is().is_some_and(|name| !matches!(name.as_str(), "" | "default"))
}

fn identity_audience(task: &Task<'_, '_>, out: &mut Diagnostics) {
    for at in task.at.blocks_of("identity").filter(|at| named(*at)) {
        match at.texts("aud").len() {
            0 if at.attr("aud").is_none() => {
                out.push(at.warning("identity-open", "a token without `aud` is good for whoever holds it"));
            }
            2.. => out.push(at.warning_at(
                "aud",
                "identity-open",
                "a token for several audiences can be passed on among them",
            )),
            _ => {}
        }
    }
}

fn identity_lifetime(task: &Task<'_, '_>, out: &mut Diagnostics) {
    for at in task.at.blocks_of("identity").filter(|at| named(*at) && at.nanos("ttl").or(0) == Some(0)) {
        out.push(at.warning("identity-lasting", "a token without `ttl` never expires"));
    }
}

fn identity_env(task: &Task<'_, '_>, out: &mut Diagnostics) {
    for at in task.at.blocks_of("identity").filter(|at| named(*at) && at.is_true("env")) {
        if at.text_or_empty("change_mode").is_some_and(|mode| mode.as_str() != "restart") {
            let message = "a renewed token reaches the environment only by a restart";
            out.push(at.warning_at("env", "identity-env", message).help("set `change_mode = \"restart\"`"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{group, job, service, task, tells};

    #[test]
    fn promotion_is_all_or_nothing() {
        let two = |other: &str| {
            let other = format!(
                "group \"h\" {{\nupdate {{\ncanary = 1\n{other}\n}}\ntask \"t\" {{\ndriver = \"raw_exec\"\n}}\n}}"
            );
            format!(
                "job \"j\" {{\n{other}\n{}",
                group("update {\ncanary = 1\nauto_promote = true\n}").replacen("job \"j\" {\n", "", 1)
            )
        };
        tells("promote-all", &two(""), &two("auto_promote = true"));
    }

    #[test]
    fn groups_that_do_not_do_what_they_say() {
        let lifecycle = "lifecycle {\nhook = \"prestart\"\n}";
        tells("group-main-task", &task(lifecycle), &task(""));
        tells(
            "update-parallel",
            &group("count = 2\nupdate {\nmax_parallel = 3\n}"),
            &group("count = 3\nupdate {\nmax_parallel = 3\n}"),
        );
        tells(
            "disk-migrate",
            &group("ephemeral_disk {\nmigrate = true\n}"),
            &group("ephemeral_disk {\nmigrate = true\nsticky = true\n}"),
        );
        tells("service-delay", &service("").replacen("shutdown_delay = \"1s\"\n", "", 1), &service(""));
    }

    #[test]
    fn signals_exist() {
        tells("signal", &task("kill_signal = \"SIGTREM\""), &task("kill_signal = \"SIGTERM\""));
    }

    #[test]
    fn images_name_a_version() {
        let image = |image: &str| {
            job(&format!("task \"a\" {{\ndriver = \"docker\"\nconfig {{\nimage = \"{image}\"\n}}\n}}"))
        };
        tells("image-tag", &image("nginx"), &image("nginx:1.27"));
        tells("image-tag", &image("host:5000/nginx:latest"), &image("host:5000/nginx@sha256:00"));
        let ports = |port: &str| {
            group(&format!(
                "network {{\nport \"http\" {{}}\n}}\ntask \"a\" {{\ndriver = \"docker\"\nconfig {{\nimage = \"a:1\"\nports = [\"{port}\"]\n}}\n}}"
            ))
        };
        tells("driver-port", &ports("htpp"), &ports("http"));
        let mount = "volume_mount {\nvolume = \"data\"\ndestination = \"/d\"\n}";
        tells("raw-exec-mount", &task(mount), &task(mount).replace("raw_exec", "exec"));
    }

    #[test]
    fn tokens_are_kept_close() {
        let identity = |text: &str| task(&format!("identity {{\nname = \"a\"\n{text}\n}}"));
        tells("identity-open", &identity(""), &identity("aud = [\"b\"]"));
        tells("identity-open", &identity("aud = [\"b\", \"c\"]"), &identity("aud = [\"b\"]"));
        tells("identity-lasting", &identity(""), &identity("ttl = \"1h\""));
        tells("identity-env", &identity("env = true"), &identity("env = true\nchange_mode = \"restart\""));
    }
}
