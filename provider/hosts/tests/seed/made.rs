//! Seeds to look at.

use std::collections::BTreeMap;

use hosts::seed::{Ethernet, Match, Nameservers, Network, Route, Seed, SshKeys, User};
use hosts::way::Task;

/// A seed with everything in it.
pub fn whole() -> Seed {
    let mut task = Task::new("echo \"$1\" >/var/lib/lostops/seeded");
    task.arguments = vec!["it's here: {}".into()];
    task.files.insert("files/a".into(), vec![0, 1, 2, 255]);
    let ethernet = Ethernet {
        matches: Some(Match { macaddress: "52:54:00:00:00:01".into() }),
        set_name: Some("eth0".into()),
        addresses: vec!["10.0.0.5/24".into()],
        routes: vec![Route { to: "0.0.0.0/0".into(), via: "10.0.0.1".parse().unwrap(), on_link: None }],
        nameservers: Some(Nameservers {
            addresses: vec!["10.0.0.1".parse().unwrap()],
            search: vec!["example".into()],
        }),
        mtu: Some(1450),
        ..Ethernet::default()
    };
    let key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIB8Ht8Z3j6yDWPBHQtOp/R9rjWvfMYo3MSA/K6q8D86r ops";
    Seed {
        instance_id: "lostops-shop-web-1".into(),
        hostname: "web-1".into(),
        users: vec![User::operator("ops", vec![key.into()])],
        ssh_keys: Some(SshKeys {
            ed25519_private: "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n"
                .into(),
            ed25519_public: key.into(),
        }),
        network: Some(Network::new(BTreeMap::from([("eth0".to_owned(), ethernet)]))),
        task: Some(task),
    }
}

/// A seed that only lets somebody in.
pub fn small() -> Seed {
    Seed { ssh_keys: None, network: None, task: None, ..whole() }
}
