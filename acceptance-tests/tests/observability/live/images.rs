//! Images with the names that the jobs ask for, around the programs that are here.

use acceptance_tests::find;
use std::fs;
use std::path::Path;
use std::process::Command;

use super::machine::Machine;
use super::stand_in;
use crate::pack::Rendered;
use crate::programs::must;

/// A job, its program, and where its image keeps it.
const PROGRAMS: &[(&str, &str, &str)] = &[
    ("alertmanager", "alertmanager", "/bin/alertmanager"),
    ("alloy", "alloy", "/bin/alloy"),
    ("blackbox", "blackbox_exporter", "/bin/blackbox_exporter"),
    ("grafana", "grafana", "/usr/share/grafana/bin/grafana"),
    ("loki", "loki", "/usr/bin/loki"),
    ("prometheus", "prometheus", "/bin/prometheus"),
    ("tempo", "tempo", "/tempo"),
];

/// The image of the app that is watched.
pub const APP: &str = "example/shop:1";
/// The image of an app that serves.
pub const SHOP: &str = "example/served:1";

/// Makes them all.
pub fn make(machine: &Machine, rendered: &Rendered) {
    for (name, program, path) in PROGRAMS {
        let Some(job) = rendered.job(name) else { continue };
        let image =
            job.text().lines().find_map(|line| line.trim().strip_prefix("image")).expect("it has an image");
        let image = image.trim_matches([' ', '=', '"']);
        if let Some(program) = find(program).filter(|_| !stand_in::is_for(name)) {
            build(machine, image, path, |root| copy(&program, root, path));
        } else {
            build(machine, image, "/stand-in", |root| stand_in::fill(name, root));
        }
    }
    build(machine, APP, "/bin/sh", |root| {
        for program in ["/bin/sh", "/bin/sleep"] {
            for file in with_libraries(program) {
                copy(Path::new(&file), root, &file);
            }
        }
    });
    if let Some(busybox) = find("busybox") {
        build(machine, SHOP, "/bin/busybox", |root| {
            for file in with_libraries(&busybox.display().to_string()).iter().skip(1) {
                copy(Path::new(file), root, file);
            }
            copy(&busybox, root, "/bin/busybox");
            fs::create_dir_all(root.join("www")).expect("a folder can be made");
            fs::write(root.join("www/index.html"), "open").expect("a file can be written");
        });
    }
}

fn build(machine: &Machine, image: &str, entry: &str, fill: impl FnOnce(&Path)) {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let root = folder.path().join("root");
    fs::create_dir_all(root.join("tmp")).expect("a folder can be made");
    fill(&root);
    let recipe = format!("FROM scratch\nADD root /\nENTRYPOINT [\"{entry}\"]\n");
    fs::write(folder.path().join("Dockerfile"), recipe).expect("a file can be written");
    must(machine.docker_command().args(["build", "-q", "-t", image]).arg(folder.path()));
}

/// Copies a file to a path of an image's root.
pub fn copy(file: &Path, root: &Path, path: &str) {
    let target = root.join(path.trim_start_matches('/'));
    fs::create_dir_all(target.parent().expect("it has a folder")).expect("a folder can be made");
    fs::copy(file, target).expect("a program can be copied");
}

/// A program, and the libraries that it is started with.
pub fn with_libraries(program: &str) -> Vec<String> {
    let told = must(Command::new("ldd").arg(program));
    let libraries = told.split_whitespace().filter(|word| word.starts_with('/')).map(str::to_owned);
    std::iter::once(program.to_owned()).chain(libraries).collect()
}
