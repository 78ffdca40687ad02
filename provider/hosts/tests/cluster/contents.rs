//! What is on a host: as snapshots, and as rules that hold for all hosts.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use hosts::blueprint::{Blueprint, Proof};
use hosts::cluster::{self, access, blueprints};
use hosts::converge::script;
use hosts::spec::{ClusterSpec, Discovery, Login, Security, Version};

use crate::sample::{alone, content, host, official, root, spec};

/// A blueprint for people: everything but what is in files that must not be seen or that differ from run to run.
fn outline(print: &Blueprint) -> String {
    let mut text = format!("host {}\npackages {}\n", print.host, print.packages.join(" "));
    for user in &print.users {
        let _ = writeln!(
            text,
            "user {} home {}{}",
            user.name,
            user.home,
            if user.system { " system" } else { "" }
        );
    }
    for disk in &print.disks {
        let _ =
            writeln!(text, "disk {} {} {} at {}", disk.device, disk.filesystem.name(), disk.label, disk.path);
    }
    for dir in &print.dirs {
        let _ = writeln!(text, "folder {:04o} {} {}", dir.mode, dir.owner.as_deref().unwrap(), dir.path);
    }
    for file in &print.files {
        let hidden = if file.secret { " secret" } else { "" };
        let _ =
            writeln!(text, "file {:04o} {} {}{hidden}", file.mode, file.owner.as_deref().unwrap(), file.path);
    }
    for binary in &print.binaries {
        let _ = writeln!(text, "program {} {} {}", binary.name, binary.version, binary.path);
    }
    let _ = writeln!(text, "modules {:?}\nsysctl {:?}", print.modules, print.sysctl);
    for unit in &print.units {
        let _ = writeln!(
            text,
            "unit {}\n  restart on {:?}\n  reload on {:?}",
            unit.name, unit.restart_on, unit.reload_on
        );
    }
    text
}

#[test]
fn a_server() {
    let print = host(&spec(), "server-1");
    insta::assert_snapshot!(outline(&print));
    for path in [
        "/etc/nomad.d/nomad.json",
        "/etc/nomad.d/join.json",
        "/etc/consul.d/consul.json",
        "/etc/consul.d/join.json",
    ] {
        insta::assert_snapshot!(format!("server{}", path.replace(['/', '.'], "-")), content(&print, path));
    }
}

#[test]
fn a_client() {
    let print = host(&spec(), "data-1");
    insta::assert_snapshot!(outline(&print));
    for path in [
        "/etc/nomad.d/nomad.json",
        "/etc/nomad.d/join.json",
        "/etc/consul.d/consul.json",
        "/etc/docker/daemon.json",
    ] {
        insta::assert_snapshot!(format!("client{}", path.replace(['/', '.'], "-")), content(&print, path));
    }
    for path in ["/etc/systemd/system/nomad.service", "/etc/systemd/system/consul.service"] {
        insta::assert_snapshot!(format!("client{}", path.replace(['/', '.'], "-")), content(&print, path));
    }
}

#[test]
fn a_host_that_is_everything() {
    let print = host(&alone(), "solo");
    insta::assert_snapshot!(outline(&print));
    insta::assert_snapshot!(
        "solo-nomad",
        content(&print, "/etc/nomad.d/nomad.json") + &content(&print, "/etc/nomad.d/join.json")
    );
}

#[test]
fn a_cluster_is_kept_with_the_ports_and_users_of_its_hosts_and_as_before_without_any() {
    let kept = |spec: &ClusterSpec| content(&host(spec, "server-1"), cluster::SPEC);
    let mut wanted = spec();
    let text = kept(&wanted);
    assert!(!text.contains("\"port\"") && !text.contains("\"user\""), "{text}");
    assert_eq!(cluster::kept(&text).unwrap(), wanted);
    let before = script(&host(&wanted, "server-1")).unwrap().hash;

    let web = &mut wanted.pools.get_mut("web").unwrap().hosts[0];
    (web.port, web.user) = (Some(2222), Some("admin".into()));
    assert_eq!(cluster::kept(&kept(&wanted)).unwrap(), wanted);
    assert_ne!(script(&host(&wanted, "server-1")).unwrap().hash, before);
    let wall = |name: &str| content(&host(&wanted, name), "/etc/lostops/wall.nft");
    let open = |name: &str, port: u16| {
        wall(name).contains(&format!("tcp dport {{ {port} }} accept comment \"SSH\""))
    };
    assert!(open("web-1", 2222) && !open("web-1", 22) && open("web-2", 22) && !open("web-2", 2222));
}

#[test]
fn root_has_a_home_already_and_needs_no_sudo() {
    let mut wanted = spec();
    wanted.logins = vec![Login { name: "root".into(), keys: vec!["ssh-ed25519 AAAA".into()], sudo: false }];
    let print = host(&wanted, "server-1");
    assert_eq!(content(&print, "/root/.ssh/authorized_keys"), "ssh-ed25519 AAAA\n");
    assert!(!print.users.iter().any(|user| user.name == "root"));
    let paths = print.files.iter().map(|file| file.path.as_str());
    assert!(!paths.chain(print.dirs.iter().map(|dir| dir.path.as_str())).any(|path| path.contains("/home/")));
    assert!(!print.files.iter().any(|file| file.path.contains("sudoers")));
}

#[test]
fn what_consul_is_told_at_first() {
    let print = host(&spec(), "server-2");
    let steps = content(&print, "/etc/lostops/bootstrap/consul.steps");
    let ids = |text: &str| {
        let mut settings = insta::Settings::clone_current();
        settings.add_filter("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", "UUID");
        settings.add_filter("-----BEGIN CERTIFICATE-----[^\"]*", "CA");
        settings.bind(|| insta::assert_snapshot!("steps", text));
    };
    ids(&steps);
    assert!(steps.lines().all(|line| line.split('\t').count() == 3));
}

#[test]
fn the_same_secrets_give_the_same_hosts() {
    let hashes =
        |prints: Vec<Blueprint>| prints.iter().map(|print| script(print).unwrap().hash).collect::<Vec<_>>();
    let once = blueprints(&spec(), &root()).unwrap();
    let again =
        blueprints(&spec(), &hosts::secrets::RootSecrets::from_text(root().to_text().expose()).unwrap())
            .unwrap();
    assert_eq!(hashes(once.clone()), hashes(again));
    assert_eq!(hashes(once).iter().collect::<BTreeSet<_>>().len(), 6);
}

#[test]
fn tasks_listen_where_the_cluster_is() {
    let interface = |name: &str| {
        let config = content(&host(&spec(), name), "/etc/nomad.d/nomad.json");
        serde_json::from_str::<serde_json::Value>(&config).unwrap()["client"]["network_interface"].clone()
    };
    insta::assert_snapshot!(
        interface("web-1").as_str().unwrap(),
        @r#"{{ GetAllInterfaces | include "address" "^10[.]0[.]1[.]1(/|$)" | attr "name" }}"#
    );
    // With one address only there is nothing to choose.
    assert!(interface("web-2").is_null() && interface("data-1").is_null());
}

#[test]
fn servers_are_found_over_ipv6() {
    let mut six = spec();
    for (at, host) in six.pools.get_mut("servers").unwrap().hosts.iter_mut().enumerate() {
        host.private_address = Some(format!("fd00::{at}").parse().unwrap());
    }
    let join = |name: &str, path: &str| content(&host(&six, name), path);
    assert!(join("server-1", "/etc/nomad.d/join.json").contains("\"[fd00::1]:4648\""));
    assert!(join("web-1", "/etc/nomad.d/join.json").contains("\"[fd00::1]:4647\""));
    assert!(join("web-1", "/etc/consul.d/join.json").contains("\"[fd00::1]:8301\""));
}

#[test]
fn how_the_cluster_is_reached_is_known_before() {
    let of = |spec: &ClusterSpec| access(spec, &root()).unwrap();
    let usual = of(&spec());
    let tokens = content(&host(&spec(), "server-1"), "/etc/lostops/bootstrap/nomad.token");
    assert_eq!(tokens, format!("X-Nomad-Token: {}\n", usual.nomad.token.clone().unwrap().expose()));
    let token = usual.consul.clone().unwrap().token.unwrap();
    assert!(content(&host(&spec(), "server-1"), "/etc/consul.d/tokens.json").contains(token.expose()));
    assert_eq!(usual.ca_pem.as_deref(), Some(root().ca_pem()));
    insta::assert_debug_snapshot!((usual.nomad, usual.consul, usual.client), @r#"
        (
            Api {
                addresses: [
                    "https://10.0.0.1:4646",
                    "https://10.0.0.2:4646",
                    "https://10.0.0.3:4646",
                ],
                token: Some(
                    (hidden),
                ),
                server_name: Some(
                    "server.global.nomad",
                ),
            },
            Some(
                Api {
                    addresses: [
                        "https://10.0.0.1:8501",
                        "https://10.0.0.2:8501",
                        "https://10.0.0.3:8501",
                    ],
                    token: Some(
                        (hidden),
                    ),
                    server_name: Some(
                        "server.dc1.consul",
                    ),
                },
            ),
            None,
        )
        "#);
    let mut outside = alone();
    outside.security = Security { tls: false, acl: false, ..outside.security };
    outside.pools.get_mut("all").unwrap().hosts[0].address = Some("2001:db8::5".into());
    insta::assert_debug_snapshot!(of(&outside), @r#"
        Access {
            nomad: Api {
                addresses: [
                    "http://[2001:db8::5]:4646",
                ],
                token: None,
                server_name: None,
            },
            consul: None,
            ca_pem: None,
            client: None,
        }
        "#);
    let strict = Security { https_client_certs: true, ..Security::default() };
    let client = of(&ClusterSpec { security: strict, ..alone() }).client.unwrap();
    assert!(client.cert.starts_with("-----BEGIN CERTIFICATE-----"));
}

#[test]
fn a_new_server_restarts_nobody() {
    let mut grown = spec();
    for (name, address) in [("server-4", "10.0.0.4"), ("server-5", "10.0.0.5")] {
        let mut new = grown.pools["servers"].hosts[0].clone();
        (new.name, new.private_address) = (name.into(), Some(address.parse().unwrap()));
        grown.pools.get_mut("servers").unwrap().hosts.push(new);
    }
    for name in ["server-1", "web-1", "data-1"] {
        let (before, after) = (host(&spec(), name), host(&grown, name));
        let changed: Vec<&str> = before
            .files
            .iter()
            .filter(|file| !after.files.contains(file))
            .map(|file| file.path.as_str())
            .collect();
        assert!(changed.contains(&"/etc/nomad.d/join.json"), "{changed:?}");
        for unit in after.units.iter().filter(|unit| !unit.oneshot) {
            assert!(
                !unit.restart_on.iter().any(|path| changed.contains(&path.as_str())),
                "{name}: {}, {changed:?}",
                unit.name
            );
        }
    }
}

#[test]
fn no_agent_is_sent_to_files_of_another() {
    for spec in [spec(), alone(), ClusterSpec { discovery: spec().discovery, ..alone() }] {
        for print in blueprints(&spec, &root()).unwrap() {
            for (of, other) in [("/etc/nomad.d/", "/consul."), ("/etc/consul.d/", "/nomad.")] {
                let files = print.files.iter().filter(|file| file.path.starts_with(of));
                for file in files.filter(|file| !file.path.contains("/tls/")) {
                    assert!(!file.content.expose().contains(&format!("/etc{other}d")), "{}", file.path);
                }
            }
        }
    }
}

#[test]
fn no_secret_is_in_a_file_that_others_read() {
    for spec in [spec(), alone()] {
        for print in blueprints(&spec, &root()).unwrap() {
            let shown = format!("{print:?}");
            for file in &print.files {
                let text = file.content.expose();
                let holds = [
                    "PRIVATE KEY",
                    "\"encrypt\"",
                    "\"token\"",
                    "\"agent\":",
                    "-Token: ",
                    "\"master\"",
                    "SecretID",
                    "BootstrapSecret",
                ];
                let holds = holds.iter().any(|word| text.contains(word));
                // Our own script names what it handles.
                assert!(file.secret == holds || file.path.ends_with("/run"), "{}", file.path);
                assert!(!file.secret || file.mode.trailing_zeros() >= 3, "{} {:o}", file.path, file.mode);
                assert!(!file.secret || !shown.contains(text), "{}", file.path);
            }
            let clients_have = print.files.iter().any(|file| file.path == hosts::cluster::ROOT_SECRETS);
            assert_eq!(clients_have, print.host.starts_with('s'), "{}", print.host);
        }
    }
}

#[test]
fn what_is_pinned_is_known_by_checksum_and_what_is_not_by_signature() {
    let print = host(&spec(), "server-1");
    assert!(print.binaries.iter().all(|binary| binary.fetches.len() == 2));
    let proofs = |print: &Blueprint| {
        print.binaries[1].fetches.values().map(|fetch| fetch.proof.clone()).collect::<Vec<_>>()
    };
    assert!(proofs(&print).iter().all(|proof| matches!(proof, Proof::Sha256(sum) if sum.len() == 64)));
    let later = ClusterSpec { nomad: official(Version::new(2, 0, 9)), ..spec() };
    let print = host(&later, "server-1");
    insta::assert_debug_snapshot!(print.binaries[1].fetches.values().next().unwrap());
}

#[test]
fn without_consul_nothing_of_it_is_left() {
    let print = host(&ClusterSpec { discovery: Discovery::Nomad, ..spec() }, "server-1");
    let words = outline(&print);
    assert!(!words.contains("consul"), "{words}");
    assert!(!content(&print, "/etc/lostops/wall.nft").contains("8301"));
}

#[test]
fn a_hundred_hosts_are_planned_at_once() {
    let mut many = spec();
    let web = many.pools.get_mut("web").unwrap();
    let first = web.hosts[0].clone();
    web.hosts = (1..=96)
        .map(|at| hosts::spec::Host {
            name: format!("web-{at}"),
            private_address: Some([10, 0, 1, at].into()),
            ..hosts::spec::Host::default()
        })
        .collect();
    assert_ne!(web.hosts[0], first);
    let prints = blueprints(&many, &root()).unwrap();
    assert_eq!(prints.len(), 100);
    assert_eq!(prints.iter().map(|print| script(print).unwrap().hash).collect::<BTreeSet<_>>().len(), 100);
}
