//! The ways in: past a bastion that is held to its key, on a host's own port, after notes were lost and a state, and with
//! keys that let nobody else in.

use super::lab::Lab;
use super::story::{clean, nothing_to_do};

/// How the bastion gets another key, as it does when it is installed anew.
const ANOTHER_KEY: &str = "cd /etc/ssh; rm ssh_host_ed25519_key*; ssh-keygen -q -t ed25519 -N '' -f ssh_host_ed25519_key; \
    systemctl restart ssh; cut -d ' ' -f 1,2 ssh_host_ed25519_key.pub";
/// How a host answers on another port as well.
const ANOTHER_PORT: &str =
    "printf 'Port 22\\nPort 2222\\n' >/etc/ssh/sshd_config.d/ports.conf; systemctl restart ssh";

/// A server and a client on another port, behind a bastion.
pub fn ways(lab: &mut Lab) {
    lab.on(2, ANOTHER_PORT);
    config(lab, "", "");
    lab.apply("a cluster behind a bastion, a host of it on another port");
    nothing_to_do(lab);

    lab.on(1, "rm -rf /var/lib/lostops");
    let plan = lab.run(&["plan"]);
    plan.ok().says("h1: what lostops notes there: as made → gone").says("change what differs on server h1");
    assert!(!plan.said("h1: nomad"), "{plan:?}");
    lab.apply("what was noted is noted again");
    nothing_to_do(lab);

    let key = lab.on(3, ANOTHER_KEY);
    let plan = lab.run(&["plan"]);
    let refused = "through the bastion: the host key has changed";
    plan.ok().says("The hosts of cluster lab were not looked at").says(refused).says("`bastion.host_key`");
    config(lab, &format!("host_key = {key:?}"), "");
    lab.apply("the bastion's new key is written");
    nothing_to_do(lab);
    config(lab, "", "");
    lab.apply("and is the one that counts from then on");
    lab.on(3, ANOTHER_KEY);
    lab.run(&["plan"]).ok().says(refused);

    std::fs::remove_file(lab.here.path("config/terraform.tfstate")).expect("there is a state");
    lab.run(&["import", "lostops_cluster.c", "ssh://root@10.99.0.11"]).ok();
    let state = lab.here.state();
    assert!(state.attribute("lostops_cluster.c.hosts.h2.host_key").is_string(), "h2 was reached on its port");
    lab.apply("an import reaches each host as before, and another bastion is believed");
    nothing_to_do(lab);

    let public = |name: &str| {
        let path = lab.here.path(name);
        let made = std::process::Command::new("ssh-keygen")
            .args(["-q", "-t", "ed25519", "-N", "", "-f"])
            .arg(&path)
            .status();
        assert!(made.is_ok_and(|status| status.success()), "a key can be made");
        std::fs::read_to_string(path.with_extension("pub")).expect("there is a key").trim().to_owned()
    };
    let others = public("others");
    config(lab, "", &format!("user = \"root\"\n public_keys = [{others:?}]"));
    lab.run(&["plan"]).exits(1).says("lostops itself could not log in");
    let before = lab.on(1, "cat /root/.ssh/authorized_keys");
    let own = before.lines().next().expect("we have logged in").to_owned();
    config(lab, "", &format!("user = \"root\"\n public_keys = [{own:?}, {others:?}]"));
    lab.apply("who logs in as root is named");
    assert_eq!(lab.on(1, "cat /root/.ssh/authorized_keys"), format!("{own}\n{others}"));
    nothing_to_do(lab);

    let outcome = lab.run(&["destroy", "-auto-approve"]);
    assert_eq!(outcome.code, Some(0), "{outcome:?}");
    clean(lab, 1);
    assert_eq!(
        lab.on(1, "cat /root/.ssh/authorized_keys"),
        format!("{own}\n{others}"),
        "who may log in stays"
    );
    lab.here.check_leftovers();
}

fn config(lab: &Lab, bastion: &str, ssh: &str) {
    let host = |number: usize, more: &str| {
        format!(
            "host {{\n name = \"h{number}\"\n address = {:?}\n {more}\n }}\n",
            lab.fleet.address(number - 1)
        )
    };
    let pool =
        |name: &str, role: &str, host: &str| format!("pool {name:?} {{\n role = {role:?}\n {host} }}\n");
    let pools = pool("servers", "server", &host(1, "")) + &pool("workers", "client", &host(2, "port = 2222"));
    let way =
        format!("bastion {{\n address = {:?}\n user = \"root\"\n {bastion}\n }}\n", lab.fleet.address(2));
    lab.here.config(&lab.cluster(&format!("{pools} ssh {{\n {ssh}\n {way} }}\n")));
}
