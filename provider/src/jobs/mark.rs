//! Whose a job is: ours carry a mark in their `meta`, and nothing else is ever overwritten.

use kit::Diagnostic;
use nomad::jobs::Job;
use packgen::pack::MARK;

/// What a job that is there already means for one that is to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Claim {
    /// Nothing is there, or something that was told to stop.
    Free,
    /// One of ours is there.
    Ours,
    /// Somebody else's is there; whose.
    Theirs(Option<String>),
}

/// Whose a job is. `marks` are ours: that of the plan, and the one before it.
pub fn claim(known: Option<&Job>, marks: &[&str]) -> Claim {
    let Some(known) = known else { return Claim::Free };
    match known.meta.get(MARK) {
        Some(mark) if marks.contains(&mark.as_str()) => Claim::Ours,
        _ if known.stop => Claim::Free,
        other => Claim::Theirs(other.cloned()),
    }
}

/// Why a job is not touched.
pub fn not_ours(id: &str, namespace: &str, owner: Option<&str>) -> Diagnostic {
    let whose = match owner {
        Some(owner) => format!("it belongs to `{owner}`, by the mark `{MARK}` in its `meta`"),
        None => "it carries no mark of lostops".to_owned(),
    };
    Diagnostic::error(
        format!("Job {id} is somebody else's"),
        format!(
            "There is a job {id:?} in the namespace {namespace:?} already, and {whose}. Nothing was changed. Import it \
             (`terraform import … {namespace}/{id}`) if it is to be managed here, or choose another `name`."
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn job(mark: Option<&str>, stop: bool) -> Job {
        let meta = mark.map(|mark| (MARK.to_owned(), mark.to_owned())).into_iter().collect();
        Job { meta, stop, ..Job::default() }
    }

    #[test]
    fn only_what_carries_our_mark_is_ours() {
        let whose = |job: &Job| claim(Some(job), &["app/web", "jobspec/web"]);
        assert_eq!(whose(&job(Some("app/web"), false)), Claim::Ours);
        assert_eq!(whose(&job(Some("app/web"), true)), Claim::Ours);
        assert_eq!(whose(&job(Some("app/other"), false)), Claim::Theirs(Some("app/other".into())));
        assert_eq!(whose(&job(None, false)), Claim::Theirs(None));
        assert_eq!(whose(&job(None, true)), Claim::Free);
        assert_eq!(claim(None, &["app/web"]), Claim::Free);
    }
}
