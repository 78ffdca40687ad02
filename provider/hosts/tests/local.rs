//! This machine as a host.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "what is not as expected fails the test")]

use std::collections::BTreeMap;
use std::fs;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use hosts::blueprint::{Binary, Blueprint, Dir, Fetch, File, Packing, Proof};
use hosts::converge::{self, Event as Told};
use hosts::local::Local;
use hosts::secrets::Secret;
use hosts::spec::Arch;
use hosts::way::{Blob, Cause, Event, Task};

fn local() -> Local {
    Local { name: "here".into(), ..Local::default() }
}

#[tokio::test]
async fn a_task_has_what_it_has_on_any_way() {
    let folder = tempfile::tempdir().unwrap();
    let large = folder.path().join("large");
    fs::write(&large, vec![b'x'; 300_000]).unwrap();
    let blob = Arc::new(Blob::of(&large).unwrap());
    let mut task = Task::new("cat a; echo \"$1 [$LOSTOPS_PEER]\"; sh \"$LOSTOPS_BLOB\" \"$2\" \"$3\"");
    task.files.insert("a".into(), b"content\n".to_vec());
    let arrived = folder.path().join("arrived");
    task.arguments = vec!["one".into(), blob.sha256().into(), arrived.display().to_string()];
    task.blobs.push(blob);
    let events = Mutex::new(Vec::new());
    let answer = local().run(&task, &|event| events.lock().unwrap().push(event)).await.unwrap();
    assert_eq!(answer.said, ["content", "one []"]);
    assert_eq!(fs::read(arrived).unwrap().len(), 300_000);
    assert_eq!(events.lock().unwrap()[0], Event::Ready);
}

#[tokio::test]
async fn a_task_says_as_much_as_it_has_room_for() {
    let mut task = Task::new("yes 0123456789 | head -n 200000");
    let said = local().run(&task, &|_| ()).await.unwrap().said.len();
    assert!(said < 100_000, "{said}");
    task.room = 4 * 1024 * 1024;
    assert_eq!(local().run(&task, &|_| ()).await.unwrap().said.len(), 200_000);
}

#[tokio::test]
async fn what_fails_or_hangs_is_said() {
    let fault = local().run(&Task::new("echo no >&2; exit 3"), &|_| ()).await.unwrap_err();
    assert_eq!(
        (fault.host(), fault.cause(), fault.heard()),
        ("here", &Cause::Script(3), &["no".to_owned()][..])
    );
    let mut task = Task::new("sleep 60");
    task.deadline = Duration::from_millis(300);
    let fault = local().run(&task, &|_| ()).await.unwrap_err();
    assert_eq!(*fault.cause(), Cause::TimedOut(task.deadline));
}

fn blueprint(path: &str) -> Blueprint {
    let dir = Dir { path: "/etc/shop".into(), mode: 0o750, owner: None };
    let file = File {
        path: path.into(),
        content: Secret::new("hello\n"),
        mode: 0o640,
        owner: None,
        secret: false,
        once: false,
    };
    Blueprint { host: "here".into(), dirs: vec![dir], files: vec![file], ..Blueprint::default() }
}

async fn converge(blueprint: &Blueprint, root: &str) -> Result<Vec<Told>, hosts::Fault> {
    let script = converge::script(blueprint).unwrap();
    let answer = local().run(&Task::converge(&script, Some(root)), &|_| ()).await?;
    Ok(answer.said.iter().filter_map(|line| Told::parse(line)).collect())
}

#[tokio::test]
async fn a_users_own_folder_becomes_what_the_blueprint_says_and_then_there_is_nothing_to_do() {
    let root = tempfile::tempdir().unwrap();
    let place = root.path().display().to_string();
    let first = converge(&blueprint("/etc/shop/motd"), &place).await.unwrap();
    assert!(matches!(first.last(), Some(Told::Done { changes: 1.., .. })), "{first:?}");
    assert_eq!(fs::read_to_string(root.path().join("etc/shop/motd")).unwrap(), "hello\n");
    let again = converge(&blueprint("/etc/shop/motd"), &place).await.unwrap();
    assert!(matches!(again.last(), Some(Told::Done { changes: 0, .. })), "{again:?}");
}

#[tokio::test]
async fn a_program_without_an_address_is_sent_over_the_way_itself() {
    let (root, here) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    fs::write(here.path().join("tool"), "#!/bin/sh\necho tool\n").unwrap();
    let blob = Arc::new(Blob::of(here.path().join("tool")).unwrap());
    let fetch = Fetch { url: String::new(), proof: Proof::Sha256(blob.sha256().into()) };
    let binary = Binary {
        name: "tool".into(),
        version: "1.0.0".into(),
        packing: Packing::Plain,
        path: "/usr/local/bin/tool".into(),
        fetches: BTreeMap::from([(Arch::Amd64, fetch.clone()), (Arch::Arm64, fetch)]),
    };
    let blueprint = Blueprint { host: "here".into(), binaries: vec![binary], ..Blueprint::default() };
    let mut task = Task::converge(&converge::script(&blueprint).unwrap(), root.path().to_str());
    let needs =
        |said: &[String]| said.iter().any(|line| matches!(Told::parse(line), Some(Told::Need { .. })));
    let fault = local().run(&task, &|_| ()).await.unwrap_err();
    assert!(needs(fault.said()), "{fault}: without the file it is asked for");
    task.blobs.push(blob);
    for sent in [1, 0] {
        let events = Mutex::new(Vec::new());
        local().run(&task, &|event| events.lock().unwrap().push(event)).await.unwrap();
        let events = events.into_inner().unwrap();
        assert_eq!(events.iter().filter(|event| matches!(event, Event::Sending { .. })).count(), sent);
    }
    assert!(fs::read_to_string(root.path().join("usr/local/bin/tool")).unwrap().contains("echo tool"));
}

#[tokio::test]
async fn a_converge_script_says_itself_what_is_wrong() {
    let root = tempfile::tempdir().unwrap();
    fs::create_dir(root.path().join("etc")).unwrap();
    fs::write(root.path().join("etc/shop"), "a file where a folder has to be").unwrap();
    let fault = converge(&blueprint("/etc/shop/motd"), &root.path().display().to_string()).await.unwrap_err();
    assert_eq!(fault.host.as_deref(), Some("here"));
    assert!(fault.what.contains("/etc/shop"), "{fault}");
}
