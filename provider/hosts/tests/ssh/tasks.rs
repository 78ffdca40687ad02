//! What a task is given, and what it leaves behind.

use std::fs;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use hosts::way::{Cause, Event, Task};

use crate::sshd::{Sshd, run, said};

#[tokio::test]
async fn a_script_has_its_files_arguments_and_variables() {
    let Some(sshd) = Sshd::start() else { return };
    let mut task = Task::new(
        "printf '%s\\n' \"$1\" \"$2\" \"$TEXT\"; cat files/a; pwd; echo \"$LOSTOPS_WORK\"; echo \"$LOSTOPS_PEER\"",
    );
    task.arguments = vec!["it's".into(), "two words $HOME `x`".into()];
    task.environment.insert("TEXT".into(), "line 1\nline 2'".into());
    task.files.insert("files/a".into(), b"content\n".to_vec());
    let (contact, events) = run(&sshd.client(), &sshd.host(), &task).await;
    let said = said(contact);
    assert_eq!(said[..5], ["it's", "two words $HOME `x`", "line 1", "line 2'", "content"]);
    assert_eq!(said[5], said[6]);
    assert!(said[7].starts_with("127.0.0.1 "), "{}", said[7]);
    assert!(!fs::exists(&said[5]).unwrap(), "the folder is gone");
    assert_eq!(events[0], Event::Ready);
    assert_eq!(events[1], Event::Said("it's".into()), "told as it comes");
}

#[tokio::test]
async fn what_it_says_is_told_while_it_runs() {
    let Some(sshd) = Sshd::start() else { return };
    let task = Task::new("echo first; sleep 1; echo second");
    let times = Mutex::new(Vec::new());
    let listener = |event| {
        if matches!(event, Event::Said(_)) {
            times.lock().unwrap().push(Instant::now());
        }
    };
    said(sshd.client().run(&sshd.host(), &task, &listener).await);
    let times = times.into_inner().unwrap();
    assert!(times[1] - times[0] > Duration::from_millis(500), "{times:?}");
}

#[tokio::test]
async fn a_login_that_talks_disturbs_nothing() {
    let command = "ForceCommand printf 'hello\\nworld'; exec sh -c \"$SSH_ORIGINAL_COMMAND\"";
    let Some(sshd) = Sshd::with(command) else { return };
    let (contact, _) = run(&sshd.client(), &sshd.host(), &Task::new("echo fine")).await;
    assert_eq!(said(contact), ["fine"]);
}

#[tokio::test]
async fn every_login_shell_will_do() {
    for shell in ["dash", "bash", "busybox sh", "mksh", "zsh", "csh", "fish"] {
        let name = shell.split(' ').next().unwrap();
        if std::process::Command::new(name).arg("--help").output().is_err() {
            continue;
        }
        let Some(sshd) = Sshd::with(&format!("ForceCommand exec {shell} -c \"$SSH_ORIGINAL_COMMAND\""))
        else {
            return;
        };
        let (contact, _) = run(&sshd.client(), &sshd.host(), &Task::new("echo fine")).await;
        assert_eq!(said(contact), ["fine"], "{shell}");
    }
}

#[tokio::test]
async fn a_failing_script_says_why() {
    let Some(sshd) = Sshd::start() else { return };
    let task = Task::new("echo so far; echo 'it broke' >&2; exit 7");
    let (contact, _) = run(&sshd.client(), &sshd.host(), &task).await;
    let fault = contact.result.unwrap_err();
    assert_eq!(*fault.cause(), Cause::Script(7));
    insta::assert_snapshot!(fault, @r"
    web-1: the script failed with code 7; see what it said, mend that, and apply again
      | it broke
    ");
}

#[tokio::test]
async fn a_full_disk_is_called_so() {
    let Some(sshd) = Sshd::start() else { return };
    if !fs::exists("/dev/full").unwrap() {
        return;
    }
    let (contact, _) = run(&sshd.client(), &sshd.host(), &Task::new("set -e; cat script >/dev/full")).await;
    assert_eq!(*contact.result.unwrap_err().cause(), Cause::DiskFull);
}

#[tokio::test]
async fn one_at_a_time_holds_the_lock() {
    let Some(sshd) = Sshd::start() else { return };
    let (client, host) = (sshd.client(), sshd.host());
    let mut first =
        Task::new("echo in; until [ -e \"$LAB/go\" ]; do sleep 0.05; done; echo out >\"$LAB/diary\"");
    first.lock = Some(sshd.path("lock").display().to_string());
    let second = Task { script: "cat \"$LAB/diary\"".into(), ..first.clone() };
    let impatient = Task { patience: Duration::ZERO, ..second.clone() };
    let (inside, mut entered) = tokio::sync::mpsc::unbounded_channel();
    let holding = async {
        let listener = |event| {
            if matches!(event, Event::Said(_)) {
                inside.send(()).unwrap();
            }
        };
        client.run(&host, &first, &listener).await
    };
    let waiting = async {
        entered.recv().await.unwrap();
        let (contact, _) = run(&client, &host, &impatient).await;
        assert_eq!(*contact.result.unwrap_err().cause(), Cause::Busy);
        let listener = |event| {
            if event == Event::Waiting {
                fs::write(sshd.path("go"), "").unwrap();
            }
        };
        client.run(&host, &second, &listener).await
    };
    let (one, two) = tokio::join!(holding, waiting);
    assert_eq!((said(one), said(two)), (vec!["in".into()], vec!["out".into()]));
}

#[tokio::test]
async fn it_may_not_take_for_ever() {
    let Some(sshd) = Sshd::start() else { return };
    let mut task = Task::new("sleep 60");
    task.deadline = Duration::from_millis(1500);
    let (contact, _) = run(&sshd.client(), &sshd.host(), &task).await;
    assert_eq!(*contact.result.unwrap_err().cause(), Cause::TimedOut(task.deadline));
}

#[tokio::test]
async fn daemons_that_keep_the_pipe_open_do_not_keep_us() {
    let Some(sshd) = Sshd::start() else { return };
    let begun = Instant::now();
    let (contact, _) = run(&sshd.client(), &sshd.host(), &Task::new("sleep 60 & echo started $!")).await;
    let said = said(contact);
    assert!(begun.elapsed() < Duration::from_secs(50));
    let daemon = said[0].strip_prefix("started ").unwrap();
    assert!(std::process::Command::new("kill").arg(daemon).status().unwrap().success(), "it is there still");
}
