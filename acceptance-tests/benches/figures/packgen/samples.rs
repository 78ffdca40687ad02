//! What is measured: jobspecs and packs as people write them, written anew for each run.

use std::fs;
use std::path::{Path, PathBuf};

/// A jobspec; `NAME` stands for its name.
const JOBSPEC: &str = include_str!("sample/job.nomad.hcl");
/// A job of a pack; `NAME` stands for its name.
const JOB: &str = include_str!("sample/pack-job.nomad.hcl");
const VARIABLES: &str = include_str!("sample/variables.hcl");
const SETTINGS: &str = include_str!("sample/settings.yaml.hbs");
/// The jobs of the pack.
pub const JOBS: [&str; 6] = ["api", "cache", "mailer", "search", "site", "worker"];
/// A value that the peer's pack takes from its variable.
const IMAGE: &str = "registry.example.com/shop";

/// Jobspecs in a folder of their own.
pub fn jobspecs(folder: &Path, count: usize) {
    for number in 0..count {
        write(
            &folder.join(format!("job-{number:05}.nomad.hcl")),
            &JOBSPEC.replace("NAME", &format!("job-{number:05}")),
        );
    }
}

/// The same jobspecs with their blanks out of order.
pub fn shaken(from: &Path, to: &Path) {
    for file in files(from) {
        let text = fs::read_to_string(&file).expect("a sample can be read");
        let lines = text.lines().map(|line| line.trim_start().replace(" = ", "=") + "\n");
        write(&to.join(file.file_name().unwrap_or_default()), &lines.collect::<String>());
    }
}

/// A pack of six jobs.
pub fn pack(folder: &Path) {
    let head = "pack \"six\" {\n  version = \"1.0.0\"\n  summary = \"Six jobs\"\n}\n";
    let jobs = JOBS.map(|name| format!("\njob \"{name}\" {{}}\n")).concat();
    write(&folder.join("pack.hcl"), &(head.to_owned() + &jobs));
    write(&folder.join("variables.hcl"), VARIABLES);
    write(&folder.join("files/settings.yaml.hbs"), SETTINGS);
    for name in JOBS {
        write(&folder.join(format!("{name}.nomad.hcl")), &JOB.replace("NAME", name));
    }
}

/// A pack for nomad-pack that makes the jobs in a folder.
pub fn peers_pack(jobs: &Path, folder: &Path) {
    let about = "pack {\n  name = \"six\"\n  description = \"Six jobs\"\n  version = \"1.0.0\"\n}\n\napp {\n  url = \"\"\n}\n";
    write(&folder.join("metadata.hcl"), about);
    write(
        &folder.join("variables.hcl"),
        &format!("variable \"registry\" {{\n  type = string\n  default = \"{IMAGE}\"\n}}\n"),
    );
    for file in files(jobs) {
        let text = fs::read_to_string(&file).expect("a rendered job can be read");
        let name = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        write(
            &folder.join("templates").join(name + ".tpl"),
            &text.replace(IMAGE, "[[ var \"registry\" . ]]"),
        );
    }
}

/// The files in a folder, in order.
pub fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a sample's folder can be read").flatten();
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.path()).filter(|path| path.is_file()).collect();
    files.sort();
    files
}

/// How many bytes the files in a folder have.
pub fn bytes(folder: &Path) -> u64 {
    files(folder).iter().map(|file| fs::metadata(file).expect("a sample is there").len()).sum()
}

/// How many lines the files in a folder have.
pub fn lines(folder: &Path) -> usize {
    let count = |file: &PathBuf| fs::read_to_string(file).expect("a sample can be read").lines().count();
    files(folder).iter().map(count).sum()
}

fn write(file: &Path, text: &str) {
    fs::create_dir_all(file.parent().expect("a file is in a folder")).expect("a folder can be made");
    fs::write(file, text).expect("a sample can be written");
}
