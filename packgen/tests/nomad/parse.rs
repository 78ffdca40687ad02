//! What Nomad's parser makes of a jobspec, field by field.

use packgen::jobspec::json;
use serde_json::Value as Json;

use crate::report::Report;
use crate::{reading, report};

/// Where we and Nomad's parser disagree on purpose, and why. `#n` is the n-th snippet in a file.
const DISAGREEMENTS: &[(&str, &str)] = &[];

#[test]
fn every_jobspec_of_nomads_own_tree_is_read_as_nomad_reads_it() {
    report::compare(DISAGREEMENTS, |nomad, path, report| {
        compare(report, &reading::theirs(nomad, path), &reading::ours(path));
    });
}

fn compare(report: &mut Report, theirs: &reading::Outcome, ours: &reading::Outcome) {
    match (theirs, ours) {
        (Ok(theirs), Ok(ours)) => match difference("", theirs, ours) {
            None => match difference("", theirs, &again(theirs)) {
                None => report.equal += 1,
                Some(difference) => report.surprise(&format!("does not come back from JSON: {difference}")),
            },
            Some(difference) => report.surprise(&format!("differs at {difference}")),
        },
        (Err(_), Err(_)) => report.refused += 1,
        (Ok(_), Err(ours)) => report.surprise(&format!("only we refuse it: {ours}")),
        (Err(theirs), Ok(_)) => report.surprise(&format!("only Nomad refuses it: {}", theirs.trim())),
    }
}

/// The job as a tree and back.
fn again(job: &Json) -> Json {
    json::job(&json::tree(job).unwrap().blocks[0]).unwrap()
}

/// The first field in which two jobs differ.
pub fn difference(path: &str, theirs: &Json, ours: &Json) -> Option<String> {
    match (theirs, ours) {
        (Json::Object(a), Json::Object(b)) => {
            let gone = a
                .keys()
                .find(|key| !b.contains_key(*key))
                .map(|key| format!("{path}.{key}: we have no such field"));
            let extra = || {
                b.keys().find(|key| !a.contains_key(*key)).map(|key| format!("{path}.{key}: only we have it"))
            };
            let inside =
                || a.iter().find_map(|(key, value)| difference(&format!("{path}.{key}"), value, b.get(key)?));
            gone.or_else(extra).or_else(inside)
        }
        (Json::Array(a), Json::Array(b)) if a.len() == b.len() => {
            a.iter().zip(b).enumerate().find_map(|(at, (a, b))| difference(&format!("{path}[{at}]"), a, b))
        }
        (Json::Number(a), Json::Number(b)) if a.as_f64() == b.as_f64() => None,
        (a, b) if a == b => None,
        (a, b) => Some(format!("{path}: Nomad {a}, we {b}")),
    }
}
