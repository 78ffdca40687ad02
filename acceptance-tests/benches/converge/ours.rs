//! The same by a blueprint, over our own way.

use acceptance_tests::Fleet;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use hosts::blueprint::{Binary, Blueprint, Command, Dir, Fetch, File, Packing, Proof, User};
use hosts::converge::{self, Event as Told};
use hosts::secrets::Secret;
use hosts::spec::Arch;
use hosts::ssh::{Agent, Client, Credentials, Host, each};
use hosts::way::{Blob, Event, Task};

use super::work::{COMMANDS, DIRS, LARGE, Work};

/// What the hosts were pinned with by the run before.
static PINS: Mutex<BTreeMap<String, Vec<hosts::ssh::HostKey>>> = Mutex::new(BTreeMap::new());

/// One connection for each host, all at once.
pub fn run(fleet: &Fleet, work: &Work, again: bool) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    runtime.expect("a runtime can be made").block_on(async {
        let blobs = LARGE.map(|(path, _)| Arc::new(Blob::of(work.large(path)).expect("a file can be read")));
        let client = client(fleet);
        let numbers = 0..fleet.len();
        each(fleet.len(), numbers, async |number| converge(fleet, &client, number, &blobs, again).await)
            .await;
    });
}

/// A client that knows this fleet's key and nothing of the machine's own configuration.
pub fn client(fleet: &Fleet) -> Client {
    let credentials =
        Credentials { private_key_file: Some(fleet.key()), agent: Agent::No, ..Credentials::default() };
    Client { credentials, config: Vec::new(), ..Client::default() }
}

/// A host of the fleet.
pub fn host(fleet: &Fleet, number: usize) -> Host {
    Host {
        name: format!("h{}", number + 1),
        address: fleet.address(number).to_owned(),
        user: Some("root".into()),
        ..Host::default()
    }
}

async fn converge(fleet: &Fleet, client: &Client, number: usize, blobs: &[Arc<Blob>], again: bool) {
    let script = converge::script(&blueprint(number, blobs)).expect("the blueprint is sound");
    let mut task = Task::converge(&script, None);
    task.blobs = blobs.to_vec();
    let mut host = host(fleet, number);
    if again {
        host.keys = PINS.lock().expect("nobody panicked").get(&host.name).cloned().unwrap_or_default();
    }
    let done = Mutex::new(None);
    let listener = |event| {
        if let Event::Said(line) = event
            && let Some(Told::Done { changes, .. }) = Told::parse(&line)
        {
            *done.lock().expect("nobody panicked") = Some(changes);
        }
    };
    let contact = client.run(&host, &task, &listener).await;
    assert!(contact.result.is_ok(), "{:?}", contact.result);
    let changes = done.into_inner().expect("nobody panicked").expect("it says that it is done");
    assert_eq!(changes == 0, again, "host {number} was changed {changes} times");
    PINS.lock().expect("nobody panicked").insert(host.name, contact.keys);
}

fn blueprint(number: usize, blobs: &[Arc<Blob>]) -> Blueprint {
    let user = User {
        name: "shop".into(),
        system: true,
        home: "/var/lib/shop".into(),
        shell: "/usr/sbin/nologin".into(),
        groups: Vec::new(),
    };
    let dir = |path: &str| Dir { path: path.into(), mode: 0o755, owner: Some("root:root".into()) };
    let file = |(path, content): (String, String)| File {
        path,
        content: Secret::new(content),
        mode: 0o644,
        owner: Some("root:root".into()),
        secret: false,
        once: false,
    };
    let binary = |(blob, (path, _)): (&Arc<Blob>, &(&str, u64))| {
        let fetch = Fetch { url: String::new(), proof: Proof::Sha256(blob.sha256().into()) };
        Binary {
            name: path.rsplit('/').next().unwrap_or(path).into(),
            version: "1.0.0".into(),
            packing: Packing::Plain,
            path: (*path).into(),
            fetches: BTreeMap::from([(Arch::Amd64, fetch.clone()), (Arch::Arm64, fetch)]),
        }
    };
    let command = |name: &&str| Command {
        name: (*name).into(),
        run: format!("echo done >/var/lib/shop/{name}"),
        unless: format!("[ -e /var/lib/shop/{name} ]"),
    };
    Blueprint {
        host: format!("h{}", number + 1),
        users: vec![user],
        dirs: DIRS.iter().map(|path| dir(path)).collect(),
        files: Work::small(number).into_iter().map(file).collect(),
        binaries: blobs.iter().zip(&LARGE).map(binary).collect(),
        commands: COMMANDS.iter().map(command).collect(),
        ..Blueprint::default()
    }
}
