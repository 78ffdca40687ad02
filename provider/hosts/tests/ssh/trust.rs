//! Keys of both sides: who is believed, what is kept, what nobody may see.

use std::fs;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use hosts::fleet::{OverSsh, Reach};
use hosts::secrets::Secret;
use hosts::ssh::{Agent, Bastion, Credentials, Host};
use hosts::way::{Cause, Task};

use crate::sshd::{Sshd, keygen, run, said};

#[tokio::test]
async fn a_host_is_pinned_at_first_contact_and_held_to_it() {
    let Some(sshd) = Sshd::start() else { return };
    let (client, mut host) = (sshd.client(), sshd.host());
    let (contact, _) = run(&client, &host, &Task::new("true")).await;
    let public = sshd.read("host.pub");
    assert_eq!(
        contact.keys.iter().map(ToString::to_string).collect::<Vec<_>>(),
        [public.rsplit_once(" a").unwrap().0]
    );
    host.keys.clone_from(&contact.keys);
    said(run(&client, &host, &Task::new("true")).await.0);

    keygen(&sshd.path("impostor"), "");
    host.keys = vec![sshd.read("impostor.pub").parse().unwrap()];
    let (other, _) = run(&client, &host, &Task::new("true")).await;
    let fault = other.result.unwrap_err();
    assert_eq!(*fault.cause(), Cause::HostKeyChanged(Some(contact.keys[0].fingerprint())));
    assert!(fault.to_string().starts_with("web-1: the host key has changed: it is now SHA256:"), "{fault}");
    assert_eq!(other.keys, host.keys, "what was pinned stays pinned");
}

#[tokio::test]
async fn keys_are_kept_although_the_task_fails() {
    let Some(sshd) = Sshd::start() else { return };
    let (contact, _) = run(&sshd.client(), &sshd.host(), &Task::new("exit 1")).await;
    assert!(contact.result.is_err());
    assert_eq!(contact.keys.len(), 1);
}

#[tokio::test]
async fn first_contact_can_be_refused() {
    let Some(sshd) = Sshd::start() else { return };
    let mut client = sshd.client();
    client.believe_at_first_contact = false;
    let (contact, _) = run(&client, &sshd.host(), &Task::new("true")).await;
    assert_eq!(*contact.result.unwrap_err().cause(), Cause::HostKeyUnknown);
}

#[tokio::test]
async fn keys_that_do_not_fit_are_told_apart() {
    let Some(sshd) = Sshd::start() else { return };
    let mut client = sshd.client();
    for (key, expected) in [
        (sshd.read("other"), Cause::WrongKey),
        (sshd.read("locked"), Cause::KeyLocked),
        (
            "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----".into(),
            Cause::WrongKey,
        ),
    ] {
        client.credentials.private_key = Some(Secret::new(key));
        let (contact, _) = run(&client, &sshd.host(), &Task::new("true")).await;
        let cause = contact.result.unwrap_err().cause().clone();
        assert!(cause == expected || cause == Cause::KeyUnreadable, "{cause:?} is not {expected:?}");
    }
    client.credentials.private_key = Some(Secret::new("hunter2"));
    let (contact, _) = run(&client, &sshd.host(), &Task::new("true")).await;
    let fault = contact.result.unwrap_err();
    assert!(matches!(fault.cause(), Cause::Unusable(_)) && !fault.to_string().contains("hunter2"), "{fault}");
}

#[tokio::test]
async fn keys_come_from_a_file_or_an_agent_too() {
    let Some(sshd) = Sshd::start() else { return };
    let mut client = sshd.client();
    client.credentials =
        Credentials { private_key_file: Some(sshd.path("user")), agent: Agent::No, ..Credentials::default() };
    said(run(&client, &sshd.host(), &Task::new("true")).await.0);

    let socket = sshd.path("agent");
    let agent = SshAgent::start(&socket);
    client.credentials = Credentials { agent: Agent::At(socket.clone()), ..Credentials::default() };
    let (without, _) = run(&client, &sshd.host(), &Task::new("true")).await;
    assert_eq!(*without.result.unwrap_err().cause(), Cause::WrongKey);
    let added =
        Command::new("ssh-add").arg("-q").arg(sshd.path("user")).env("SSH_AUTH_SOCK", &socket).status();
    assert!(added.unwrap().success());
    said(run(&client, &sshd.host(), &Task::new("true")).await.0);
    drop(agent);
}

struct SshAgent(Child);

impl SshAgent {
    fn start(socket: &PathBuf) -> Self {
        let agent =
            Command::new("ssh-agent").arg("-D").arg("-a").arg(socket).stdout(Stdio::null()).spawn().unwrap();
        for _ in 0..500 {
            if socket.exists() {
                break;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        Self(agent)
    }
}

impl Drop for SshAgent {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Stands between us and ssh: writes down what others could see, then becomes ssh.
const WITNESS: &str = r#"#!/bin/sh
{ for word; do printf '%s\n' "$word"; done
  d=$(dirname "$2"); stat -c '%a %n' "$d" "$d"/*; cat "$d"/config-*; } >>"$LAB/seen"
exec ssh "$@"
"#;

#[tokio::test]
async fn nobody_else_can_see_a_key_and_nothing_stays() {
    let Some(sshd) = Sshd::start() else { return };
    let mut client = sshd.client();
    let script = WITNESS.replace("$LAB", &sshd.path("").display().to_string());
    client.program = sshd.install("witness", &script);
    let mut task = Task::new("find \"$1\" -name key");
    task.arguments = vec![sshd.path("scratch").display().to_string()];
    task.environment.insert("TOKEN".into(), "hunter3".into());
    let (contact, _) = run(&client, &sshd.host(), &task).await;
    assert_eq!(said(contact), Vec::<String>::new(), "while the script runs, the key is gone");
    let seen = sshd.read("seen");
    let modes: Vec<_> =
        seen.lines().filter(|line| line.contains("/scratch/lostops-") && line[3..4] == *" ").collect();
    assert_eq!(modes.len(), 4, "{seen}");
    assert!(
        modes[0].starts_with("700 ") && modes[1..].iter().all(|line| line.starts_with("600 ")),
        "{modes:?}"
    );
    assert!(!seen.contains("hunter3") && !seen.contains("PRIVATE KEY"), "{seen}");
    assert_eq!(fs::read_dir(sshd.path("scratch")).unwrap().count(), 0);
}

#[tokio::test]
async fn the_users_own_configuration_counts() {
    let Some(sshd) = Sshd::start() else { return };
    let user = Command::new("id").arg("-un").output().unwrap();
    let config = format!(
        "Host web\n  HostName 127.0.0.1\n  Port {}\n  User {}\n  IdentityFile {}\n  StrictHostKeyChecking no\n  \
         LocalForward 127.0.0.1:1 127.0.0.1:1\n  RemoteCommand false\n  RequestTTY force\n",
        sshd.port,
        String::from_utf8(user.stdout).unwrap().trim(),
        sshd.path("user").display()
    );
    fs::write(sshd.path("my config"), config).unwrap();
    let mut client = sshd.client();
    client.config = vec![sshd.path("my config"), sshd.path("missing")];
    client.credentials = Credentials { agent: Agent::No, ..Credentials::default() };
    let host = Host { name: "web".into(), address: "web".into(), ..Host::default() };
    let (contact, _) = run(&client, &host, &Task::new("echo fine")).await;
    let keys = contact.keys.clone();
    assert_eq!(said(contact), ["fine"]);
    keygen(&sshd.path("impostor"), "");
    let host = Host { keys: vec![sshd.read("impostor.pub").parse().unwrap()], ..host };
    let (contact, _) = run(&client, &host, &Task::new("true")).await;
    let changed = Cause::HostKeyChanged(Some(keys[0].fingerprint()));
    assert_eq!(*contact.result.unwrap_err().cause(), changed, "no configuration softens a pin");
}

#[tokio::test]
async fn a_bastion_is_a_host_of_its_own() {
    let (Some(far), Some(near)) = (Sshd::start(), Sshd::start()) else { return };
    fs::write(near.path("authorized"), far.read("user.pub")).unwrap();
    let bastion = Bastion { address: "127.0.0.1".into(), port: Some(near.port), ..Bastion::default() };
    let mut host = Host { bastions: vec![bastion], ..far.host() };
    let (client, task) = (far.client(), Task::new("echo \"$SSH_CONNECTION\" fine"));
    let (contact, _) = run(&client, &host, &task).await;
    assert!(contact.result.is_ok(), "{:?}", contact.result);
    let far_key = far.read("host.pub").parse::<hosts::ssh::HostKey>().unwrap();
    let near_key = near.read("host.pub").parse::<hosts::ssh::HostKey>().unwrap();
    assert_eq!(
        (&contact.keys, &contact.bastion_keys),
        (&vec![far_key.clone()], &vec![vec![near_key.clone()]])
    );
    assert!(said(contact)[0].ends_with(" fine"));

    host.bastions[0].keys = vec![far_key];
    let (contact, _) = run(&client, &host, &task).await;
    let fault = contact.result.unwrap_err();
    let changed = Cause::HostKeyChanged(Some(near_key.fingerprint()));
    assert_eq!(*fault.cause(), Cause::Bastion(Box::new(changed)), "{fault}");

    host.bastions[0].keys = Vec::new();
    fs::write(near.path("authorized"), near.read("other.pub")).unwrap();
    let (contact, _) = run(&client, &host, &task).await;
    assert_eq!(*contact.result.unwrap_err().cause(), Cause::Bastion(Box::new(Cause::WrongKey)));

    fs::write(near.path("authorized"), far.read("user.pub")).unwrap();
    host.port = Some(1);
    let (contact, _) = run(&client, &host, &task).await;
    assert_eq!(*contact.result.unwrap_err().cause(), Cause::Bastion(Box::new(Cause::Refused)));
}

#[tokio::test]
async fn what_a_bastion_shows_first_holds_for_all_behind_it() {
    let (Some(far), Some(near)) = (Sshd::start(), Sshd::start()) else { return };
    fs::write(near.path("authorized"), far.read("user.pub")).unwrap();
    let key = |sshd: &Sshd| sshd.read("host.pub").parse::<hosts::ssh::HostKey>().unwrap();
    let through = |name: &str, keys: Vec<hosts::ssh::HostKey>| {
        let bastion =
            Bastion { address: "127.0.0.1".into(), port: Some(near.port), keys, ..Bastion::default() };
        Host { name: name.into(), bastions: vec![bastion], ..far.host() }
    };
    let way = OverSsh::new(far.client(), [through("one", vec![]), through("two", vec![])]);
    way.run("one", &Task::new("true"), &|_| ()).await.unwrap();
    let place = format!("127.0.0.1:{}", near.port);
    let kept = way.bastion_keys();
    assert_eq!(kept, [(place.clone(), vec![key(&near)])].into());
    way.run("two", &Task::new("true"), &|_| ()).await.unwrap();
    assert_eq!(way.bastion_keys(), kept);

    // Another machine answers in its place.
    let way = OverSsh::new(far.client(), [through("one", vec![key(&far)])]);
    let fault = way.run("one", &Task::new("true"), &|_| ()).await.unwrap_err().to_string();
    let start = "one: through the bastion: the host key has changed: it is now SHA256:";
    assert!(fault.starts_with(start) && fault.contains("write its new key in `bastion.host_key`"), "{fault}");
    assert_eq!(way.bastion_keys(), [(place, vec![key(&far)])].into(), "what was pinned stays pinned");
}
