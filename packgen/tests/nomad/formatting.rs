//! Sources are formatted as `nomad fmt` formats them.

use std::path::Path;
use std::process::Command;

use packgen::jobspec::format;
use packgen::source::SourceMap;

use crate::report::{self, Report};

#[test]
fn every_source_is_formatted_as_nomad_formats_it() {
    report::compare(&[], |nomad, path, report| {
        check(nomad, &std::fs::read_to_string(path).unwrap(), report);
        check(nomad, &shaken(&std::fs::read_to_string(path).unwrap()), report);
    });
}

fn check(nomad: &Path, text: &str, report: &mut Report) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("job.nomad");
    std::fs::write(&file, text).unwrap();
    let theirs = Command::new(nomad).args(["fmt", "-list=false"]).arg(&file).output().unwrap();
    let sources = SourceMap::new();
    let id = sources.add("job.nomad", text);
    match (theirs.status.success(), format(&sources, id)) {
        (true, Ok(ours)) if ours == std::fs::read_to_string(&file).unwrap() => report.equal += 1,
        (true, Ok(ours)) => report.surprise(&format!("formatted otherwise:\n{ours}")),
        (false, Err(_)) => report.refused += 1,
        (true, Err(findings)) => report.surprise(&format!("only we refuse it: {}", findings.text(&sources))),
        (false, Ok(_)) => {
            report.surprise(&format!("only Nomad refuses it: {}", String::from_utf8_lossy(&theirs.stderr)));
        }
    }
}

/// The same source with its blanks out of order; heredocs hold text and stay as they are.
fn shaken(text: &str) -> String {
    if text.contains("<<") {
        return text.to_owned();
    }
    let line = |line: &str| line.trim_start().replace(" = ", "=").replace('{', "{  ").replace(',', " ,");
    text.lines().map(line).collect::<Vec<_>>().join("\n") + "\n"
}
