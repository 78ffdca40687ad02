//! The platform `local`: Terraform runs on the machine that becomes the cluster.

use std::fs;

use super::lab::Lab;

/// What makes a folder on the host one in which Terraform finds our provider, and nothing else.
const RC: &str =
    "provider_installation {\n dev_overrides {\n \"lostops/lostops\" = \"/opt/lab\"\n }\n direct {}\n}\n";

/// What the workspace says elsewhere.
const REQUIRED: &str =
    "terraform {\n required_providers {\n lostops = {\n source = \"lostops/lostops\"\n }\n }\n}\n";

/// Everything on one machine, made from it and taken from it.
pub fn local(lab: &mut Lab) {
    let folder = lab.fleet.root(0).join("opt/lab");
    fs::create_dir_all(&folder).expect("a folder can be made");
    for (from, to) in
        [(&lab.here.cli.path, "terraform"), (&lab.here.provider.binary, "terraform-provider-lostops")]
    {
        fs::copy(from, folder.join(to)).expect("a program can be copied");
    }
    fs::write(folder.join("rc"), RC).expect("a file can be written");
    let text = REQUIRED.to_owned() + &lab.cluster("pool \"all\" {\n role = \"both\"\n host {\n name = \"h1\"\n address = \"10.99.0.11\"\n }\n }\n local {}\n");
    fs::write(folder.join("main.tf"), text).expect("a file can be written");
    let terraform = |words: &str| {
        lab.on(1, &format!("cd /opt/lab && TF_CLI_CONFIG_FILE=/opt/lab/rc CHECKPOINT_DISABLE=1 ./terraform {words} -no-color 2>&1; echo code=$?"))
    };
    lab.on(1, "mkdir -p /etc/docker; echo '{ \"debug\": true }' >/etc/docker/daemon.json");
    let made = terraform("apply -auto-approve");
    assert!(
        made.contains("Apply complete") && made.ends_with("code=0") && !made.contains("Warning: h1"),
        "{made}"
    );
    lab.say("the machine is a cluster");
    let again = terraform("plan -detailed-exitcode");
    assert!(again.ends_with("code=0"), "{again}");
    let nodes = lab.on(1, "curl -s --cacert /etc/nomad.d/tls/ca.pem -H @/etc/lostops/bootstrap/nomad.token https://127.0.0.1:4646/v1/nodes");
    assert!(nodes.contains("\"Status\":\"ready\""), "{nodes}");
    let gone = terraform("destroy -auto-approve");
    assert!(gone.ends_with("code=0"), "{gone}");
    let left = lab.on(1, "ls -d /etc/lostops /var/lib/lostops /opt/nomad/data /usr/local/bin/nomad 2>/dev/null; pgrep -x nomad");
    assert_eq!(left, "");
    let docker = lab.on(1, "cat /etc/docker/daemon.json");
    assert_eq!(docker, "{ \"debug\": true }", "what was there before is there again");
    lab.say("and is none any more");
}
