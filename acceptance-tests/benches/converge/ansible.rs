//! The same by Ansible: as it comes, and tuned as its users tune it.

use acceptance_tests::{Fleet, find};
use serde_json::{Value, json};
use std::fs;
use std::process::{Command, Stdio};

use super::work::{COMMANDS, DIRS, LARGE, Work};

const TUNED: &str = "[defaults]\nforks = 8\nstrategy = free\n[ssh_connection]\npipelining = True\n\
                     ssh_args = -o ControlMaster=auto -o ControlPersist=60s\n";

/// One run of the playbook.
pub fn run(fleet: &Fleet, work: &Work, _again: bool, tuned: bool) {
    let folder = work.folder().join(if tuned { "tuned" } else { "plain" });
    fs::create_dir_all(&folder).expect("a folder can be made");
    let write = |name: &str, text: &str| fs::write(folder.join(name), text).expect("a file can be written");
    let hosts = (0..fleet.len()).map(|number| format!("{} number={number}\n", fleet.address(number)));
    write("inventory", &hosts.collect::<Vec<_>>().concat());
    write("ansible.cfg", if tuned { TUNED } else { "[defaults]\n" });
    for (path, content) in Work::small(0) {
        // Ansible fills in what differs from host to host.
        let name = path.rsplit('/').next().unwrap_or_default();
        write(&format!("{name}.j2"), &content.replace("of host 0", "of host {{ number }}"));
    }
    write("playbook.yml", &json!([playbook(work)]).to_string());
    let output = Command::new(find("ansible-playbook").expect("it was found before"))
        .args(["-i", "inventory", "-u", "root", "playbook.yml", "--private-key"])
        .arg(fleet.key())
        .current_dir(&folder)
        .env("HOME", &folder)
        .env("ANSIBLE_CONFIG", folder.join("ansible.cfg"))
        .env("ANSIBLE_HOST_KEY_CHECKING", "False")
        .stdin(Stdio::null())
        .output()
        .expect("ansible-playbook can be started");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}

fn playbook(work: &Work) -> Value {
    let mut tasks =
        vec![json!({ "ansible.builtin.user": { "name": "shop", "system": true, "create_home": false } })];
    let folder = |path: &&str| json!({ "ansible.builtin.file": { "path": path, "state": "directory", "mode": "0755" } });
    tasks.extend(DIRS.iter().map(folder));
    tasks.extend(LARGE.iter().map(|(path, _)| {
        json!({ "ansible.builtin.copy": { "src": work.large(path), "dest": path, "mode": "0755" } })
    }));
    tasks.extend(Work::small(0).iter().map(|(path, _)| {
        let name = path.rsplit('/').next().unwrap_or_default();
        json!({ "ansible.builtin.template": { "src": format!("{name}.j2"), "dest": path, "mode": "0644" } })
    }));
    tasks.extend(COMMANDS.iter().map(|name| {
        let file = format!("/var/lib/shop/{name}");
        json!({ "ansible.builtin.shell": { "cmd": format!("echo done >{file}"), "creates": file } })
    }));
    json!({ "hosts": "all", "tasks": tasks })
}
