//! Each rule with what breaks it and what does not.

use super::super::testing::{codes, service, task, tells};

fn check(text: &str) -> String {
    service(&format!("check {{\ninterval = \"10s\"\ntimeout = \"2s\"\n{text}\n}}"))
}

fn nomad(text: &str) -> String {
    service(&format!(
        "provider = \"nomad\"\ncheck {{\ntype = \"http\"\npath = \"/\"\ninterval = \"10s\"\ntimeout = \"2s\"\n{text}\n}}"
    ))
}

#[test]
fn kinds_of_checks() {
    tells("check-type", &check("type = \"ping\""), &check("type = \"tcp\""));
    assert!(!codes(&check("type = \"TCP\"")).contains(&"check-type"));
    tells(
        "check-type",
        &nomad("}\ncheck {\ntype = \"grpc\"\ninterval = \"10s\"\ntimeout = \"2s\""),
        &nomad(""),
    );
    tells("check-path", &check("type = \"http\""), &check("type = \"http\"\npath = \"/\""));
    tells(
        "check-path",
        &check("type = \"http\"\npath = \"http://a/\""),
        &check("type = \"http\"\npath = \"a?b=c:d\""),
    );
    tells(
        "check-command",
        &check("type = \"script\"\ntask = \"t\""),
        &check("type = \"script\"\ntask = \"t\"\ncommand = \"a\""),
    );
    tells(
        "check-task",
        &check("type = \"script\"\ncommand = \"a\""),
        &check("type = \"script\"\ntask = \"t\"\ncommand = \"a\""),
    );
    tells("check-task", &check("type = \"grpc\"\ntask = \"u\""), &check("type = \"grpc\"\ntask = \"t\""));
}

#[test]
fn times_of_checks() {
    let times = |interval: &str, timeout: &str| {
        service(&format!("check {{\ntype = \"tcp\"\n{interval}\n{timeout}\n}}"))
    };
    tells("check-times", &times("", "timeout = \"1s\""), &times("interval = \"1s\"", "timeout = \"1s\""));
    tells(
        "check-times",
        &times("interval = \"1s\"", "timeout = \"900ms\""),
        &times("interval = \"1s\"", "timeout = \"1s\""),
    );
}

#[test]
fn ports_of_checks() {
    let bare = |text: &str| check(&format!("type = \"tcp\"\n{text}")).replacen("port = \"http\"\n", "", 1);
    tells("check-port", &bare(""), &bare("port = \"db\""));
    tells(
        "check-port-unknown",
        &check("type = \"tcp\"\nport = \"dbx\""),
        &check("type = \"tcp\"\nport = \"db\""),
    );
    let own = |text: &str| {
        task(&format!(
            "service {{\nname = \"s\"\ncheck {{\ntype = \"tcp\"\ninterval = \"10s\"\ntimeout = \"2s\"\n{text}\n}}\n}}\nresources {{\nnetwork {{\nport \"http\" {{}}\n}}\n}}"
        ))
    };
    tells("check-port", &own("port = \"htpp\""), &own("port = \"http\""));
    tells("check-port", &own("port = \"80\""), &own("port = \"80\"\naddress_mode = \"driver\""));
    tells(
        "check-port",
        &own("port = \"0\"\naddress_mode = \"driver\""),
        &own("port = \"1\"\naddress_mode = \"driver\""),
    );
    tells(
        "check-address-mode",
        &own("port = \"http\"\naddress_mode = \"alloc\""),
        &own("port = \"http\"\naddress_mode = \"host\""),
    );
    tells(
        "check-address-mode",
        &check("type = \"tcp\"\ntask = \"t\"\naddress_mode = \"driver\""),
        &check("type = \"tcp\"\ntask = \"t\"\naddress_mode = \"alloc\""),
    );
    tells(
        "check-twice",
        &own("port = \"http\"\n}\ncheck {\ntype = \"tcp\"\nport = \"http\""),
        &own("port = \"http\"\n}\ncheck {\nname = \"b\"\ntype = \"tcp\"\nport = \"http\""),
    );
}

#[test]
fn restarts_by_checks() {
    let restart = |update: &str, text: &str| {
        check(&format!("type = \"tcp\"\non_update = \"{update}\"\ncheck_restart {{\n{text}\n}}"))
    };
    tells("check-restart", &restart("ignore", ""), &restart("require_healthy", ""));
    tells(
        "check-restart",
        &restart("ignore_warnings", ""),
        &restart("ignore_warnings", "ignore_warnings = true"),
    );
    tells(
        "negative-duration",
        &restart("require_healthy", "grace = \"-1s\""),
        &restart("require_healthy", "grace = \"1s\""),
    );
    tells("check-nomad", &nomad("check_restart {\nignore_warnings = true\n}"), &nomad("check_restart {}"));
}

#[test]
fn what_only_consul_has() {
    for text in [
        "success_before_passing = 2",
        "failures_before_critical = 2",
        "tls_server_name = \"a\"",
        "on_update = \"ignore_warnings\"",
        "address_mode = \"driver\"",
    ] {
        tells("check-nomad", &nomad(text), &nomad(""));
    }
    tells("check-method", &nomad("method = \"FETCH\""), &nomad("method = \"get\""));
    let script = |text: &str| check(&format!("type = \"script\"\ntask = \"t\"\ncommand = \"a\"\n{text}"));
    tells(
        "check-counts",
        &script("failures_before_warning = 1"),
        &check("type = \"tcp\"\nfailures_before_warning = 1"),
    );
    tells(
        "check-notes",
        &check(&format!("type = \"tcp\"\nnotes = \"{}\"", "x".repeat(256))),
        &check(&format!("type = \"tcp\"\nnotes = \"{}\"", "x".repeat(255))),
    );
}

#[test]
fn checks_behind_a_proxy() {
    let sidecar = |text: &str| check(&format!("{text}\n}}\nconnect {{\nsidecar_service {{}}"));
    let http = "type = \"http\"\npath = \"/\"";
    tells("check-sidecar", &sidecar("type = \"tcp\""), &sidecar(http));
    tells(
        "check-expose",
        &check(&format!("{http}\nexpose = true")),
        &sidecar(&format!("{http}\nexpose = true")),
    );
    tells(
        "check-expose",
        &sidecar("type = \"script\"\ntask = \"t\"\ncommand = \"a\"\nexpose = true"),
        &sidecar(&format!("{http}\nexpose = true")),
    );
}
