//! Large files, broken connections, and being told to stop.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use hosts::way::{Blob, Cause, Event, Task};

use crate::sshd::{Sshd, run, said};

fn blob(sshd: &Sshd, bytes: usize) -> Arc<Blob> {
    let content: Vec<u8> = (0..bytes).map(|n| u8::try_from((n * 7 + n / 251) % 251).unwrap()).collect();
    fs::write(sshd.path("large"), content).unwrap();
    Arc::new(Blob::of(sshd.path("large")).unwrap())
}

fn fetch(sshd: &Sshd, blob: &Arc<Blob>) -> Task {
    let mut task = Task::new("set -e; [ -e \"$2\" ] || sh \"$LOSTOPS_BLOB\" \"$1\" \"$2\"; echo fetched");
    task.arguments = vec![blob.sha256().into(), sshd.path("arrived").display().to_string()];
    task.blobs = vec![Arc::clone(blob)];
    task
}

fn sent(events: &[Event]) -> Vec<u64> {
    let from = |event: &Event| if let Event::Sending { from, .. } = event { Some(*from) } else { None };
    events.iter().filter_map(from).collect()
}

#[tokio::test]
async fn a_large_file_is_sent_only_if_it_is_asked_for() {
    let Some(sshd) = Sshd::start() else { return };
    let blob = blob(&sshd, 5_000_001);
    let task = fetch(&sshd, &blob);
    let (contact, events) = run(&sshd.client(), &sshd.host(), &task).await;
    assert_eq!(said(contact), ["fetched"]);
    assert_eq!(sent(&events), [0]);
    assert!(fs::read(sshd.path("arrived")).unwrap() == fs::read(sshd.path("large")).unwrap());
    let (contact, events) = run(&sshd.client(), &sshd.host(), &task).await;
    assert_eq!(said(contact), ["fetched"]);
    assert!(sent(&events).is_empty());
}

#[tokio::test]
async fn what_has_arrived_is_not_sent_again_unless_it_is_damaged() {
    let Some(sshd) = Sshd::start() else { return };
    let blob = blob(&sshd, 1_000_000);
    let task = fetch(&sshd, &blob);
    let part = sshd.path(&format!("arrived.{}.part", blob.sha256()));
    let whole = fs::read(sshd.path("large")).unwrap();
    fs::write(&part, &whole[..700_000]).unwrap();
    let (contact, events) = run(&sshd.client(), &sshd.host(), &task).await;
    said(contact);
    assert_eq!(sent(&events), [700_000]);
    assert!(fs::read(sshd.path("arrived")).unwrap() == whole && !part.exists());

    fs::remove_file(sshd.path("arrived")).unwrap();
    fs::write(&part, vec![0; 10]).unwrap();
    let (contact, _) = run(&sshd.client(), &sshd.host(), &task).await;
    assert_eq!(*contact.result.unwrap_err().cause(), Cause::Damaged);
    assert!(!part.exists() && !sshd.path("arrived").exists(), "what is damaged is not kept");
    said(run(&sshd.client(), &sshd.host(), &task).await.0);
}

#[tokio::test]
async fn what_nobody_offers_or_what_has_changed_is_not_sent() {
    let Some(sshd) = Sshd::start() else { return };
    let blob = blob(&sshd, 1000);
    let mut task = fetch(&sshd, &blob);
    task.arguments[0] = "0".repeat(64);
    let (contact, _) = run(&sshd.client(), &sshd.host(), &task).await;
    let fault = contact.result.unwrap_err();
    assert!(fault.to_string().contains("is offered"), "{fault}");
    fs::write(sshd.path("large"), "shorter").unwrap();
    let (contact, _) = run(&sshd.client(), &sshd.host(), &fetch(&sshd, &blob)).await;
    let fault = contact.result.unwrap_err();
    assert!(matches!(fault.cause(), Cause::BlobUnreadable(_)), "{fault}");
}

/// Ends the server's process that this connection is served by, once.
const CUT: &str = r#"[ -e "$LAB/cut" ] || { : >"$LAB/cut"; kill -9 "$(awk '{print $4}' /proc/$PPID/stat)"; sleep 5; }
"#;

#[tokio::test]
async fn a_connection_that_breaks_is_made_again() {
    let Some(sshd) = Sshd::start() else { return };
    if !Path::new("/proc/self/stat").exists() {
        return;
    }
    let task = Task::new(format!("{CUT}echo done"));
    let (contact, events) = run(&sshd.client(), &sshd.host(), &task).await;
    assert_eq!(said(contact), ["done"]);
    assert!(events.contains(&Event::Again("the connection was lost".into())), "{events:?}");

    let always = Task::new(CUT.replace("[ -e \"$LAB/cut\" ] ||", ""));
    let (contact, _) = run(&sshd.client(), &sshd.host(), &always).await;
    assert_eq!(*contact.result.unwrap_err().cause(), Cause::Lost);
}

#[tokio::test]
async fn stopping_ends_every_child() {
    let Some(sshd) = Sshd::start() else { return };
    let mut client = sshd.client();
    let script = format!("#!/bin/sh\necho $$ >{}\nexec ssh \"$@\"\n", sshd.path("pid").display());
    client.program = sshd.install("witness", &script);
    let task = Task::new("while sleep 0.2; do echo . >>\"$LAB/beats\"; echo alive; done");
    let host = sshd.host();
    let (begun, mut beginning) = tokio::sync::mpsc::unbounded_channel();
    let listener = |event| {
        if matches!(event, Event::Said(_)) {
            let _ = begun.send(());
        }
    };
    tokio::select! {
        contact = client.run(&host, &task, &listener) => panic!("{contact:?}"),
        _ = beginning.recv() => {}
    }
    let pid = sshd.read("pid").trim().to_owned();
    let gone = |what: &dyn Fn() -> bool| {
        let deadline = Instant::now() + Duration::from_secs(10);
        while !what() && Instant::now() < deadline {
            std::thread::sleep(Duration::from_millis(20));
        }
        what()
    };
    assert!(gone(&|| !is_running(&pid)), "ssh is still there");
    assert_eq!(fs::read_dir(sshd.path("scratch")).unwrap().count(), 0, "and so is its folder");
    let quiet = || {
        let before = sshd.read("beats");
        std::thread::sleep(Duration::from_millis(600));
        before == sshd.read("beats")
    };
    assert!(gone(&quiet), "the script there goes on");
}

/// A zombie is not running: whoever started it only has not looked yet.
fn is_running(pid: &str) -> bool {
    let status = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    !status.is_empty() && !status.contains(") Z ")
}
