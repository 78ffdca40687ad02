//! The platform `qemu`, with a stand-in that boots nothing: machines are made, found again, seen stopped, started and
//! destroyed. What happens on one that boots is told by `make vm`.

mod refusals;

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use acceptance_tests::{Outcome, Running, Signal, Workspace, built, wait_until};
use serde_json::{Value, json};

use super::Named;

/// Each with its name.
pub const TESTS: &[Named] = &[
    ("machines_are_kept_seen_started_and_destroyed", life),
    ("a_machine_more_and_one_less_are_planned", scaling),
    ("a_machine_that_stays_becomes_larger", resized),
    ("what_cannot_become_of_a_machine_that_stays_is_said_in_the_plan", fixed),
    ("an_interrupted_create_keeps_its_machines", interrupted),
    ("machines_of_a_create_that_was_killed_are_taken_up", killed),
    ("a_machine_that_cannot_start_is_said_and_leaves_nothing", refusals::refused),
    ("what_is_wrong_with_machines_is_said_in_the_plan", refusals::wrong),
    ("machines_without_a_state_are_found_by_their_folder", found),
];

/// A folder with the stand-in under QEMU's names, a key and an image.
fn prepare(here: &Workspace) {
    let fake = built("fake-qemu").expect("it is built with the tests");
    fs::create_dir(here.path("bin")).expect("a folder can be made");
    for name in ["qemu-system-x86_64", "qemu-img"] {
        std::os::unix::fs::symlink(&fake, here.path("bin").join(name)).expect("a link can be made");
    }
    fs::write(here.path("objects/image"), "an image").expect("a file can be written");
    let key = here.path("objects/key");
    let made = Command::new("ssh-keygen").args(["-q", "-t", "ed25519", "-N", "", "-f"]).arg(key).status();
    assert!(made.is_ok_and(|status| status.success()), "a key can be made");
}

fn run(here: &Workspace, arguments: &[&str]) -> Outcome {
    start(here, arguments).finish()
}

fn start(here: &Workspace, arguments: &[&str]) -> Running {
    let mut command = here.command(arguments);
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::iter::once(here.path("bin")).chain(std::env::split_paths(&path));
    command.env("PATH", std::env::join_paths(folders).expect("paths can be joined"));
    Running::start(command.env("LOSTOPS_PROGRESS", here.path("progress")))
}

/// One host, and what else is said of it, of the platform and of the cluster.
fn config(here: &Workspace, host: &str, qemu: &str, more: &str) {
    let public = fs::read_to_string(here.path("objects/key.pub")).unwrap_or_default();
    let cluster =
        text("lab", host, qemu, &format!("ssh {{\n public_keys = [{:?}]\n }}\n {more}", public.trim()));
    here.config(&format!(
        "provider \"lostops\" {{\n ssh {{\n private_key_file = \"${{var.folder}}/key\"\n agent = \"none\"\n }}\n }}\n{cluster}"
    ));
}

fn text(name: &str, host: &str, qemu: &str, more: &str) -> String {
    // Nobody answers: it is waited for as long as the limit leaves.
    format!(
        "resource \"lostops_cluster\" {name:?} {{\n name = {name:?}\n discovery = \"nomad\"\n \
         pool \"all\" {{\n role = \"both\"\n host {{\n name = \"one\"\n {host}\n }}\n }}\n \
         qemu {{\n folder = \"machines\"\n image = \"${{var.folder}}/image\"\n {qemu}\n }}\n {more}\n \
         timeouts {{\n create = \"23s\"\n update = \"23s\"\n }}\n }}\n"
    )
}

fn machine(here: &Workspace) -> PathBuf {
    here.path("config/machines/one")
}

/// The process of the machine, if it runs.
fn process(here: &Workspace) -> Option<String> {
    let pid = fs::read_to_string(machine(here).join("pid")).ok()?;
    let command = fs::read_to_string(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    command.contains("lab-one").then_some(pid)
}

fn known(here: &Workspace) -> Value {
    let text = fs::read_to_string(machine(here).join("machine.json")).unwrap_or_default();
    serde_json::from_str(&text).unwrap_or_default()
}

fn attribute(here: &Workspace, name: &str) -> Value {
    here.state().attribute(&format!("lostops_cluster.lab.{name}")).clone()
}

/// Ends the machine as somebody would who has nothing but the process list.
fn stop(here: &Workspace) {
    let pid = process(here).expect("it runs");
    let killed = Command::new("kill").args(["-KILL", &pid]).status();
    assert!(
        killed.is_ok_and(|status| status.success())
            && wait_until(Duration::from_secs(5), || process(here).is_none())
    );
}

#[track_caller]
fn gone(here: &Workspace) {
    let pid = process(here);
    let outcome = run(here, &["destroy", "-auto-approve"]);
    assert_eq!(outcome.code, Some(0), "{outcome}");
    let ended = || pid.as_ref().is_none_or(|pid| !Path::new(&format!("/proc/{pid}")).exists());
    assert!(wait_until(Duration::from_secs(5), ended), "the machine is still there");
    assert!(!here.path("config/machines").exists() && here.state().is_empty());
    assert_eq!(here.object("image").as_deref(), Some("an image"));
}

fn life(here: &Workspace) {
    prepare(here);
    config(here, "", "", "");
    run(here, &["plan"]).ok().says("make the machine of one").says("set up server one: it is new");
    let outcome = run(here, &["apply", "-auto-approve"]);
    outcome.ok().says("Warning: one: its machine does not let us in");
    assert_eq!(attribute(here, "complete"), json!(false));
    assert_eq!(attribute(here, "hosts.one.ports"), known(here)["ports"]);
    assert_eq!(attribute(here, "hosts.one.host_key"), known(here)["host_key"]);
    let (before, pid) = (known(here), process(here));
    assert!(pid.is_some());

    stop(here);
    let plan = run(here, &["plan"]);
    plan.ok().says("one: machine running → stopped").says("start the machine of one: it is stopped");
    let port = u16::try_from(before["ports"]["ssh"].as_u64().unwrap_or_default()).expect("it is a port");
    let held = TcpListener::bind(("127.0.0.1", port)).expect("the port is free");
    let taken = format!("port {port} of 127.0.0.1, which leads to its port 22, is taken here");
    run(here, &["apply", "-auto-approve"]).exits(1).says(&taken);
    drop(held);
    run(here, &["apply", "-auto-approve"]).exits(1).says("one: its machine does not let us in");
    assert!(process(here).is_some_and(|again| Some(again) != pid));
    assert_eq!(known(here), before, "it is the same machine");

    stop(here);
    fs::remove_dir_all(machine(here)).expect("somebody removes it");
    let plan = run(here, &["plan"]);
    plan.ok().says("one: machine made → gone").says("make the machine of one again: its disk is gone");
    run(here, &["apply", "-auto-approve"]).exits(1);
    assert_eq!(known(here)["ports"], before["ports"], "who knows its ports still finds it");
    assert_ne!(known(here)["host_key"], before["host_key"]);

    config(here, "", "memory = 4096", "");
    run(here, &["plan"]).ok().says("restart the machine of one: 4096 MiB (2048)");
    config(here, "", "", "");
    gone(here);
}

fn scaling(here: &Workspace) {
    prepare(here);
    let web = "pool \"web\" {\n role = \"client\"\n ingress = true\n machine {\n cpus = 1\n }\n host {\n name = \"web\"\n \
               private_address = \"10.77.0.21\"\n }\n volume {\n name = \"data\"\n path = \"/srv/data\"\n size = 1\n }\n }";
    let address = "private_address = \"10.77.0.11\"";
    config(here, address, "", web);
    run(here, &["plan"]).ok().says("make the machine of one").says("make the machine of web");
    run(here, &["apply", "-auto-approve"]).ok().says("Warning: one: its machine does not let us in");
    let ports = attribute(here, "hosts.web.ports");
    let names: Vec<&String> = ports.as_object().map(|ports| ports.keys().collect()).unwrap_or_default();
    assert_eq!(names, ["http", "https", "ssh"]);
    assert!(here.path("config/machines/web/volume-data.qcow2").exists());

    config(here, address, "", "");
    run(here, &["plan"])
        .exits(1)
        .says("Data would be lost: web/data")
        .says("`delete_data = [\"web/data\"]`. Write it beside the change");
    config(here, address, "", "delete_data = [\"web/data\"]");
    run(here, &["plan"]).ok().says("destroy the machine of web, and with it its volumes data");
    run(here, &["destroy", "-auto-approve"]).exits(1).says("It is read from the state: write it and apply");
    config(here, address, "", &format!("datacenter = \"dc2\"\n{web}"));
    run(here, &["plan"]).exits(1).says("Data would be lost: web/data");
    config(here, address, "", &format!("{web}\n{}", web.replace("web", "more").replace(".21", ".22")));
    run(here, &["plan"]).ok().says("make the machine of more");
    config(here, address, "network = \"10.78.0.0/24\"", web);
    run(here, &["plan"]).exits(1).says("It is not one for a host of 10.78.0.0/24");
    // Who lost the state and does not name it has not lost what is on it.
    fs::remove_file(here.path("config/terraform.tfstate")).expect("there is a state");
    config(here, address, "", "");
    run(here, &["apply", "-auto-approve"]).ok();
    run(here, &["destroy", "-auto-approve"]).exits(1).says("web: Data would be lost: web/data");
    assert!(here.path("config/machines/web/volume-data.qcow2").exists());
    config(here, address, "", "delete_data = [\"web/data\"]");
    run(here, &["apply", "-auto-approve"]);
    gone(here);
}

/// Nobody is let in here: a machine that was never finished is started anew at once.
fn resized(here: &Workspace) {
    prepare(here);
    let volumes = |text: &str| format!("}}\n {text}\n machine {{");
    let data = |size: u32| format!("volume {{\n name = \"data\"\n path = \"/srv/data\"\n size = {size}\n }}");
    let erase = "delete_data = [\"one/data\", \"one/logs\"]";
    config(here, &volumes(&data(1)), "", erase);
    run(here, &["apply", "-auto-approve"]).ok().says("Warning: one: its machine does not let us in");
    let (before, pid) = (known(here), process(here));
    assert_eq!((disk(here, "disk"), disk(here, "volume-data")), (20, 1));

    let mut smaller = before.clone();
    smaller["shape"]["cpus"] = json!(1);
    fs::write(machine(here).join("machine.json"), smaller.to_string()).expect("it can be written");
    run(here, &["plan"])
        .ok()
        .says("one: machine with 2 processors (1) → not started so")
        .says("restart the machine of one: 2 processors (1)");
    fs::write(machine(here).join("machine.json"), before.to_string()).expect("it can be written");

    let logs = "volume {\n name = \"logs\"\n path = \"/srv/logs\"\n size = 1\n }\n ingress = true";
    let larger = volumes(&format!("{}\n {logs}", data(2)));
    config(here, &larger, "cpus = 4\n memory = 4096\n disk = 30", erase);
    run(here, &["plan"]).ok().says(
        "restart the machine of one: 4 processors (2), 4096 MiB (2048), a disk of 30 GiB (20), a volume data of 2 GiB (1), a new volume logs of 1 GiB, ports for http and https",
    );
    run(here, &["apply", "-auto-approve"]).exits(1).says("one: its machine does not let us in");
    let again = process(here).expect("it runs");
    assert_ne!(Some(&again), pid.as_ref());
    let told = fs::read_to_string(format!("/proc/{again}/cmdline")).unwrap_or_default().replace('\0', " ");
    let known_now = known(here);
    let port = format!("hostfwd=tcp:127.0.0.1:{}-:443", known_now["ports"]["https"]);
    for words in ["-smp 4 -m 4096", "volume-logs.qcow2", port.as_str()] {
        assert!(told.contains(words), "{words}: {told}");
    }
    assert_eq!(["disk", "volume-data", "volume-logs"].map(|name| disk(here, name)), [30, 2, 1]);
    assert_eq!(known_now["host_key"], before["host_key"], "it is the same machine");
    assert_eq!(attribute(here, "complete"), json!(false));

    // What runs is as it should be: the next apply leaves it alone.
    run(here, &["apply", "-auto-approve"]).exits(1);
    assert_eq!(process(here), Some(again));

    // What runs is what counts, and what was begun is finished.
    let mut older = known_now;
    older["shape"]["cpus"] = json!(2);
    fs::write(machine(here).join("machine.json"), older.to_string()).expect("it can be written");
    fs::remove_file(here.path("bin/qemu-system-x86_64")).expect("it is there");
    let mut command = here.command(&["apply", "-auto-approve"]);
    let outcome = Running::start(command.env("PATH", here.path("bin"))).finish();
    outcome.exits(1).says("one: there is no QEMU");
    assert_eq!(process(here), None);
    let fake = built("fake-qemu").expect("it is built with the tests");
    std::os::unix::fs::symlink(fake, here.path("bin/qemu-system-x86_64")).expect("a link can be made");
    run(here, &["plan"]).ok().says("start the machine of one: it is stopped");
    run(here, &["apply", "-auto-approve"]).exits(1).says("one: its machine does not let us in");
    assert_eq!(known(here)["shape"]["cpus"], json!(4));
    gone(here);
}

/// How large a disk is, in GiB.
fn disk(here: &Workspace, name: &str) -> u64 {
    let file = fs::read(machine(here).join(format!("{name}.qcow2"))).expect("there is a disk");
    let size = file[24..32].try_into().expect("it says how large it is");
    u64::from_be_bytes(size) >> 30
}

fn fixed(here: &Workspace) {
    prepare(here);
    let volumes = |text: &str| format!("}}\n {text}\n machine {{");
    let data = |more: &str| format!("volume {{\n name = \"data\"\n path = \"/srv/data\"\n {more}\n }}");
    let logs = "volume {\n name = \"logs\"\n path = \"/srv/logs\"\n }\n";
    let erase = "delete_data = [\"one/data\", \"one/logs\"]";
    let there = format!("{}\n {logs}", data("size = 2"));
    config(here, &volumes(&there), "", erase);
    run(here, &["apply", "-auto-approve"]).ok();
    let refused = |host: &str, qemu: &str, words: &str| {
        config(here, host, qemu, erase);
        run(here, &["plan"]).exits(1).says(words);
    };
    refused(&volumes(&there), "disk = 10", "The disk of the machine `one` cannot shrink");
    refused(&volumes(&data("size = 1")), "", "The volume `data` of the machine `one` cannot shrink");
    refused(&volumes(logs), "", "The machine `one` keeps its volume `data`");
    refused(&volumes(&data("")), "", "The machine `one` keeps its volume `data`");
    let hidden = there.replace("/srv/logs\"", "/srv/logs\"\n size = 1");
    refused(&volumes(&hidden), "", "The volume `logs` of the machine `one` is there already");
    let moved = format!("private_address = \"10.77.0.9\"\n {}", volumes(&there));
    refused(&moved, "", "The machine `one` keeps its `private_address`");
    config(here, &volumes(&there), "", erase);
    gone(here);
}

fn interrupted(here: &Workspace) {
    prepare(here);
    let address = "private_address = \"10.77.0.11\"";
    config(here, address, "", "");
    let apply = start(here, &["apply", "-auto-approve"]);
    waiting(here);
    apply.signal(Signal::INT);
    apply.finish();
    assert_eq!(attribute(here, "complete"), json!(false));
    assert!(process(here).is_some(), "the machine is not lost");

    let second = "pool \"web\" {\n role = \"client\"\n host {\n name = \"web\"\n private_address = \"10.77.0.21\"\n }\n }";
    config(here, address, "", second);
    fs::remove_file(here.path("progress")).expect("it was told");
    let apply = start(here, &["apply", "-auto-approve"]);
    waiting(here);
    apply.signal(Signal::INT);
    apply.finish();
    let plan = run(here, &["plan"]);
    assert!(!plan.ok().said("no longer wanted"), "{plan}");
    config(here, address, "", "");
    run(here, &["plan"]).ok().says("destroy the machine of web, which is no longer wanted");
    gone(here);
}

fn killed(here: &Workspace) {
    prepare(here);
    config(here, "", "", "");
    let apply = start(here, &["apply", "-auto-approve"]);
    waiting(here);
    apply.signal_group(Signal::KILL);
    apply.finish();
    assert!(wait_until(Duration::from_secs(10), || here.providers().is_empty()));
    // Who is killed tidies nothing up: what is ours is for the next, with a key in it if it was there at that moment.
    let left =
        || fs::read_dir(here.path("tmp")).expect("the folder is there").flatten().map(|entry| entry.path());
    let ours = |path: &PathBuf| {
        path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("lostops-ssh-"))
    };
    for path in left().filter(|path| !ours(path)) {
        let removed = if path.is_dir() { fs::remove_dir_all(&path) } else { fs::remove_file(&path) };
        removed.expect("it can be removed");
    }
    abandon(&here.path("tmp/lostops-ssh-killed"));
    let state = fs::read_to_string(here.path("config/terraform.tfstate")).unwrap_or_default();
    assert!(!state.contains("lostops_cluster"), "{state}");
    let (before, pid) = (known(here), process(here));
    assert!(pid.is_some(), "the machine outlives whoever made it");
    run(here, &["apply", "-auto-approve"]).ok();
    assert_eq!((known(here), process(here)), (before, pid));
    assert_eq!(left().find(ours), None);

    let public = fs::read_to_string(here.path("objects/key.pub")).expect("there is a key");
    let keys = format!("ssh {{\n public_keys = [{:?}]\n }}", public.trim());
    here.write("other.tf", &text("other", "", "", &keys));
    let outcome = run(here, &["apply", "-auto-approve", "-target=lostops_cluster.other"]);
    outcome.exits(1).says("The machines of cluster lab are in");
    fs::remove_file(here.path("config/other.tf")).expect("it can be removed");
    gone(here);
}

/// Nobody can be asked here what the cluster is: that it is taken over is told by `make vm`.
fn found(here: &Workspace) {
    prepare(here);
    config(here, "", "", "");
    let import = |id: &str, words: &str| {
        run(here, &["import", "lostops_cluster.lab", id]).exits(1).says(words);
    };
    import("qemu://machines", "There is no cluster to import");
    import("qemu://", "This is no cluster to import");
    run(here, &["apply", "-auto-approve"]).ok();
    let state = fs::read(here.path("config/terraform.tfstate")).expect("there is a state");
    run(here, &["state", "rm", "lostops_cluster.lab"]).ok();
    import("qemu://machines", "the connection is refused");
    stop(here);
    import("qemu://machines", "These do not run: one.");
    fs::write(here.path("config/terraform.tfstate"), state).expect("it can be put back");
    gone(here);
}

/// What a connection leaves that was killed before it was let in.
fn abandon(folder: &Path) {
    use std::os::unix::fs::DirBuilderExt;
    fs::DirBuilder::new().mode(0o700).create(folder).expect("a folder can be made");
    fs::write(folder.join("key"), "a key").expect("a file can be written");
}

#[track_caller]
fn waiting(here: &Workspace) {
    let told = || fs::read_to_string(here.path("progress")).unwrap_or_default();
    assert!(
        wait_until(Duration::from_secs(20), || told().contains("waiting until its machine is up")),
        "{}",
        told()
    );
}
