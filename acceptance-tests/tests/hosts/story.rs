//! What happens on them.

use acceptance_tests::Fleet;
use libtest_mimic::Trial;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use hosts::blueprint::{Blueprint, File};
use hosts::converge::{self, Event as Told};
use hosts::secrets::Secret;
use hosts::ssh::{Agent, Client, Contact, Credentials, Host, each};
use hosts::way::{Cause, Event, Sudo, Task};

/// The tests.
pub fn trials(root: &Path) -> Vec<Trial> {
    let trial = |name: &str, test: fn(&Fleet)| {
        let root: PathBuf = root.to_owned();
        Trial::test(name, move || {
            let folder = tempfile::tempdir().expect("a folder can be made");
            test(&Fleet::up(4, &root, folder.path()));
            Ok(())
        })
    };
    vec![
        trial("the real sudo asks, believes and refuses", sudo),
        trial("all at once, then nothing to do, and one that is full says so", converging),
    ]
}

fn client(fleet: &Fleet) -> Client {
    let credentials =
        Credentials { private_key_file: Some(fleet.key()), agent: Agent::No, ..Credentials::default() };
    Client { credentials, config: Vec::new(), ..Client::default() }
}

fn host(fleet: &Fleet, number: usize, user: &str) -> Host {
    Host {
        name: format!("h{}", number + 1),
        address: fleet.address(number).to_owned(),
        user: Some(user.into()),
        ..Host::default()
    }
}

fn block_on<T>(work: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    runtime.expect("a runtime can be made").block_on(work)
}

/// A user who has a password and may use sudo with it, one who may use it without, and one who may not.
const PEOPLE: &str = r#"set -e
for user in asked free stranger; do
  useradd --create-home --shell /bin/bash "$user"
  echo "$user:hunter2" | chpasswd
  mkdir -p "/home/$user/.ssh" && cp /root/.ssh/authorized_keys "/home/$user/.ssh/" && chown -R "$user" "/home/$user/.ssh"
done
echo 'asked ALL=(ALL) ALL' >/etc/sudoers.d/people
echo 'free ALL=(ALL) NOPASSWD:ALL' >>/etc/sudoers.d/people
chmod 440 /etc/sudoers.d/people
"#;

fn sudo(fleet: &Fleet) {
    block_on(async {
        let client = client(fleet);
        let made = client.run(&host(fleet, 0, "root"), &Task::new(PEOPLE), &|_| ()).await;
        assert!(made.result.is_ok(), "{:?}", made.result);
        let task = Task::new("id -u; printf '%s\\n' \"${LOSTOPS_PEER%% *}\"");
        for (user, password, expected) in [
            ("asked", Some("hunter2"), None),
            ("free", Some("hunter2"), None),
            ("free", None, None),
            ("root", Some("hunter2"), None),
            ("asked", Some("hunter3"), Some(Cause::WrongSudoPassword)),
            ("asked", None, Some(Cause::SudoPassword)),
            ("stranger", Some("hunter2"), Some(Cause::SudoForbidden)),
        ] {
            let sudo = Sudo::Yes { password: password.map(Secret::new) };
            let contact = client.run(&Host { sudo, ..host(fleet, 0, user) }, &task, &|_| ()).await;
            match (contact.result, expected) {
                (Ok(answer), None) => assert_eq!(answer.said, ["0", "10.99.0.1"], "{user}"),
                (Err(fault), Some(cause)) => {
                    assert_eq!(*fault.cause(), cause, "{user}: {fault}");
                    assert!(!fault.to_string().contains("hunter"), "{fault}");
                }
                (result, expected) => unreachable!("{user}: {result:?} is not {expected:?}"),
            }
        }
    });
}

fn converging(fleet: &Fleet) {
    block_on(async {
        let client = client(fleet);
        for changes in [Some(2), Some(0)] {
            for (contact, told) in everywhere(fleet, &client, 1024).await {
                assert!(contact.result.is_ok(), "{:?}", contact.result);
                assert_eq!(told, changes);
            }
        }
        let (root, layers) = (fleet.root(2).display().to_string(), "size=64k");
        fill(&client, fleet, layers).await;
        let results = everywhere(fleet, &client, 300 * 1024).await;
        for (number, (contact, told)) in results.into_iter().enumerate() {
            if number == 2 {
                let fault = hosts::Fault::from(contact.result.expect_err("nothing fits there"));
                assert!(fault.to_string().starts_with("h3: The host's disk is full"), "{root}: {fault}");
            } else {
                assert_eq!(told, Some(1), "{:?}", contact.result);
            }
        }
    });
}

/// Mounts something small where the file goes.
async fn fill(client: &Client, fleet: &Fleet, size: &str) {
    let task = Task::new(format!("mkdir -p /etc/shop && mount -t tmpfs -o {size} tmpfs /etc/shop"));
    let contact = client.run(&host(fleet, 2, "root"), &task, &|_| ()).await;
    assert!(contact.result.is_ok(), "{:?}", contact.result);
}

async fn everywhere(fleet: &Fleet, client: &Client, size: usize) -> Vec<(Contact, Option<u32>)> {
    each(fleet.len(), 0..fleet.len(), async |number| {
        let file = File {
            path: "/etc/shop/large".into(),
            content: Secret::new("x".repeat(size)),
            mode: 0o644,
            owner: None,
            secret: false,
            once: false,
        };
        let dir = hosts::blueprint::Dir { path: "/etc/shop".into(), mode: 0o755, owner: None };
        let host = host(fleet, number, "root");
        let blueprint =
            Blueprint { host: host.name.clone(), dirs: vec![dir], files: vec![file], ..Blueprint::default() };
        let script = converge::script(&blueprint).expect("the blueprint is sound");
        let done = Mutex::new(None);
        let listener = |event| {
            if let Event::Said(line) = event
                && let Some(Told::Done { changes, .. }) = Told::parse(&line)
            {
                *done.lock().expect("nobody panicked") = Some(changes);
            }
        };
        let contact = client.run(&host, &Task::converge(&script, None), &listener).await;
        (contact, done.into_inner().expect("nobody panicked"))
    })
    .await
}
