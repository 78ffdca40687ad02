//! What stands in a job for a program that is not here: it reads every file that the job was given, writes where the
//! program would keep its data (and says what it finds there), must not be able to write elsewhere, and answers where the program would.
//!
//! So what Nomad makes of a job is seen (files, their owners, volumes, ports, checks), never what the program would do.

use acceptance_tests::{find, wait_until};
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::time::Duration;

use super::images::{copy, with_libraries};
use super::{found, nomad};
use crate::pack::Rendered;

/// A job, where its program keeps data, and how a shell answers for it.
const JOBS: &[(&str, &str, &str)] = &[
    ("alertmanager", "/alertmanager", "exec $B httpd -f -p 9093 -h /www"),
    (
        "alloy",
        "/alloc/data",
        "$B httpd -p $NOMAD_ADDR_otlp_grpc -h /www; exec $B httpd -f -p $NOMAD_ADDR_http -h /www",
    ),
    ("blackbox", "/alloc/data", "exec $B httpd -f -p 9115 -h /www"),
    // Its certificate is the one that the job has made.
    (
        "grafana",
        "$GF_PATHS_DATA",
        "test -n \"$($B cat /secrets/admin_password)\"; exec /bin/openssl s_server -quiet -www -accept 3000 -cert /secrets/tls.pem -key /secrets/tls.pem",
    ),
    ("prometheus", "/prometheus", "exec $B httpd -f -p 9090 -h /www"),
    ("loki", "/loki", "exec $B httpd -f -p 3100 -h /www"),
    ("tempo", "/var/tempo", "$B httpd -p 4317 -h /www; exec $B httpd -f -p 3200 -h /www"),
];

const SCRIPT: &str = r#"
set -e
B=/bin/busybox
for file in /local/* /local/*/* /local/*/*/* /secrets/*; do
  if [ -f "$file" ]; then $B cat "$file" > /dev/null; fi
done
if $B touch /written 2> /dev/null; then echo "the root can be written"; exit 1; fi
if [ -f "DATA/here" ]; then echo "data is there"; fi
$B touch "DATA/here"
ANSWER
"#;

/// Whether there is one for a job.
pub fn is_for(job: &str) -> bool {
    let tools = find("busybox").is_some() && (job != "grafana" || find("openssl").is_some());
    tools && !found::has(job) && JOBS.iter().any(|(own, ..)| *own == job)
}

/// Fills the root of its image, in which it is `/stand-in`.
pub fn fill(job: &str, root: &Path) {
    let (_, data, answer) = JOBS.iter().find(|(own, ..)| *own == job).expect("there is a stand-in");
    let programs = ["busybox", "openssl"].into_iter().filter(|name| *name == "busybox" || job == "grafana");
    for name in programs {
        let program = find(name).expect("it was found before");
        for file in with_libraries(&program.display().to_string()).iter().skip(1) {
            copy(Path::new(file), root, file);
        }
        copy(&program, root, &format!("/bin/{name}"));
    }
    for page in ["www/ready", "www/-/ready", "www/-/healthy", "stand-in"] {
        let page = root.join(page);
        fs::create_dir_all(page.parent().expect("it has a folder")).expect("a folder can be made");
        fs::write(page, "here").expect("a file can be written");
    }
    let script = SCRIPT.replace("DATA", data).replace("ANSWER", answer);
    let file = root.join("stand-in");
    fs::write(&file, format!("#!/bin/busybox sh{script}")).expect("a file can be written");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).expect("a file can be made a program");
}

/// What Nomad has written into the files of those who look for others: real addresses.
pub fn check(rendered: &Rendered) {
    for (job, file, others) in [
        (
            "grafana",
            "local/provisioning/datasources/stack.yaml",
            &["loki", "prometheus", "tempo", "alertmanager"][..],
        ),
        ("alloy", "local/config.alloy", &["loki", "prometheus", "tempo-otlp"][..]),
        ("loki", "local/loki.yaml", &["alertmanager"][..]),
        ("tempo", "local/tempo.yaml", &["prometheus"][..]),
    ] {
        if rendered.job(job).is_none() || !is_for(job) {
            continue;
        }
        let addresses: Vec<String> = others.iter().map(|name| nomad::service(name)).collect();
        let mut text = String::new();
        let all = wait_until(Duration::from_mins(4), || {
            text = nomad::file(job, &format!("{job}/{file}"));
            addresses.iter().all(|address| text.contains(address))
        });
        assert!(all, "{job}: {addresses:?} in\n{text}");
    }
}
