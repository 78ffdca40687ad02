//! Goes through all jobspecs and counts agreements; what nobody expected fails the test.

use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::{cases, program};

/// What was found so far.
#[derive(Default)]
pub struct Report {
    /// Both accept, and agree.
    pub equal: usize,
    /// Both refuse.
    pub refused: usize,
    known: usize,
    case: String,
    list: &'static [(&'static str, &'static str)],
    surprises: Vec<String>,
}

impl Report {
    /// A disagreement about the current case.
    pub fn surprise(&mut self, problem: &str) {
        if self.list.iter().any(|(known, _)| self.case.ends_with(known)) {
            self.known += 1;
        } else {
            self.surprises.push(format!("{}: {problem}", self.case));
        }
    }
}

/// Compares every case; `list` holds the disagreements that are there on purpose.
pub fn compare(list: &'static [(&str, &str)], one: impl Fn(&Path, &Path, &mut Report) + Sync) {
    let Some((tree, nomad)) = program::tools() else { return };
    let scratch = tempfile::tempdir().unwrap();
    let cases = cases::all(&tree, scratch.path());
    let (next, whole) = (AtomicUsize::new(0), Mutex::new(Report { list, ..Report::default() }));
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while let Some((name, path)) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let mut report = Report { list, case: name.clone(), ..Report::default() };
                    one(&nomad, path, &mut report);
                    let mut whole = whole.lock().unwrap();
                    whole.equal += report.equal;
                    whole.refused += report.refused;
                    whole.known += report.known;
                    whole.surprises.append(&mut report.surprises);
                }
            });
        }
    });
    let report = whole.into_inner().unwrap();
    println!(
        "{} equal, {} refused by both, {} known disagreements",
        report.equal, report.refused, report.known
    );
    assert!(report.equal > 0, "no jobspec was found in {}", tree.display());
    assert!(
        report.surprises.is_empty(),
        "{} disagreements:\n{}",
        report.surprises.len(),
        report.surprises.join("\n")
    );
}
