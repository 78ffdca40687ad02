//! What we print of a job is the same job to Nomad, and in the form that its own formatter leaves alone.

use std::path::Path;
use std::process::Command;

use packgen::jobspec::print::print;

use crate::report::Report;
use crate::{parse, reading, report};

#[test]
fn every_job_survives_being_printed() {
    report::compare(&[], check);
}

fn check(nomad: &Path, path: &Path, report: &mut Report) {
    let Ok(tree) = reading::tree(path) else { return };
    let before = reading::ours(path).unwrap();
    let text = match print(&tree) {
        Ok(text) => text,
        Err(finding) => return report.surprise(&format!("cannot be printed: {}", finding.message)),
    };
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("job.nomad");
    std::fs::write(&file, &text).unwrap();
    for (who, after) in [("we", reading::ours(&file)), ("Nomad", reading::theirs(nomad, &file))] {
        match after {
            Ok(after) => match parse::difference("", &before, &after) {
                None => {}
                Some(difference) => {
                    report.surprise(&format!("{who} read it back otherwise: {difference}\n{text}"));
                }
            },
            Err(problem) => report.surprise(&format!("{who} cannot read it back: {problem}\n{text}")),
        }
    }
    let again = reading::tree(&file).ok().and_then(|tree| print(&tree).ok());
    if again.as_deref() != Some(text.as_str()) {
        report.surprise(&format!("printed again it is another text:\n{text}\n{}", again.unwrap_or_default()));
    }
    let formatted = Command::new(nomad).args(["fmt", "-check"]).arg(&file).output().unwrap();
    if !formatted.status.success() {
        report.surprise(&format!("Nomad would format it otherwise:\n{text}"));
    }
    report.equal += 1;
}
