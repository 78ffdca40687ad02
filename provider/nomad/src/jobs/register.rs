//! Registers a job: once, checked, and with the answer found again if it was lost on the way.
//!
//! Must never overwrite what somebody else has changed, and never report a conflict with ourselves.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{Jobs, placed};
use crate::http::{Request, Safety};
use crate::json::named;
use crate::plan::{Change, Options, Plan, describe};
use crate::{Client, Error};

/// What must be so for a job to be registered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Check {
    /// Nothing.
    #[default]
    Any,
    /// There is no job of that name.
    Absent,
    /// The job is as it was after this change.
    At(u64),
}

impl Check {
    /// That the job is as it was when it was planned.
    pub fn of(plan: &Plan) -> Self {
        if plan.is_new() { Self::Absent } else { Self::At(plan.job_modify_index) }
    }
}

/// How a job is registered.
#[derive(Clone, Debug, Default)]
pub struct Register {
    /// What must be so.
    pub check: Check,
    /// Leave the counts that run, except of groups that are new.
    pub preserve_counts: bool,
    /// Leave processors and memory as they run, where tasks are the same.
    pub preserve_resources: bool,
    /// The text that the job was made of, for people to look at.
    pub source: Option<Source>,
}

/// The text that a job was made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// A jobspec.
    Hcl(String),
    /// The API's own JSON.
    Json(String),
}

/// What came of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Registered {
    /// The evaluation that places it; none for a job that runs later.
    #[serde(rename = "EvalID", deserialize_with = "named")]
    pub eval_id: Option<String>,
    /// The change after which the job is as it is.
    pub job_modify_index: u64,
    /// What is allowed but strange.
    pub warnings: String,
    /// The change that made the evaluation: the same one where the job itself has changed.
    pub eval_create_index: u64,
}

impl Jobs<'_> {
    /// Registers a job.
    pub async fn register(&self, job: &Value, how: &Register) -> Result<Registered, Error> {
        let request = Request::post(&["jobs"], Safety::Guarded).json(&body(job, how));
        match self.0.write(placed(request, job)).await {
            Ok(registered) => self.indexed(job, registered).await,
            Err(error) if error.is_conflict() && error.may_have_happened() => self.found(job, error).await,
            Err(error) => Err(error),
        }
    }

    /// Of a job that did not change, Nomad names the last change to its status instead of that to its text, which a
    /// later `Check::At` would take for somebody else's.
    async fn indexed(&self, job: &Value, registered: Registered) -> Result<Registered, Error> {
        if registered.eval_create_index == registered.job_modify_index {
            return Ok(registered);
        }
        let id = job["ID"].as_str().unwrap_or_default();
        let known = self.of(job).jobs().read(id).await?.map(|job| job.job_modify_index);
        let known = known.filter(|index| *index < registered.job_modify_index);
        Ok(Registered { job_modify_index: known.unwrap_or(registered.job_modify_index), ..registered })
    }

    /// The client of the job's own namespace.
    fn of(self, job: &Value) -> Client {
        match job["Namespace"].as_str() {
            Some(namespace) if !namespace.is_empty() => self.0.in_namespace(namespace),
            _ => self.0.clone(),
        }
    }

    /// An earlier attempt had no answer, and now the job has changed: if it is what we wanted, it was us.
    async fn found(&self, job: &Value, conflict: Error) -> Result<Registered, Error> {
        let id = job["ID"].as_str().unwrap_or_default();
        let here = self.of(job);
        let plan = here.jobs().plan(job).await?;
        if plan.is_new() || describe(&plan, &Options::default()).change != Change::None {
            return Err(conflict);
        }
        let evaluations = here.jobs().evaluations(id).await?;
        let mine = evaluations.into_iter().filter(|eval| eval.job_modify_index == plan.job_modify_index);
        let first =
            mine.filter(|eval| eval.triggered_by == "job-register").min_by_key(|eval| eval.create_index);
        let (eval_id, warnings) = (first.map(|eval| eval.id), plan.warnings);
        Ok(Registered { eval_id, job_modify_index: plan.job_modify_index, warnings, ..Registered::default() })
    }
}

fn body(job: &Value, how: &Register) -> Value {
    let mut body = Map::new();
    body.insert("Job".to_owned(), job.clone());
    let index = match how.check {
        Check::Any => None,
        Check::Absent => Some(0),
        Check::At(index) => Some(index),
    };
    if let Some(index) = index {
        body.insert("EnforceIndex".to_owned(), json!(true));
        body.insert("JobModifyIndex".to_owned(), json!(index));
    }
    for (name, wanted) in
        [("PreserveCounts", how.preserve_counts), ("PreserveResources", how.preserve_resources)]
    {
        if wanted {
            body.insert(name.to_owned(), json!(true));
        }
    }
    if let Some(source) = &how.source {
        let (format, text) = match source {
            Source::Hcl(text) => ("hcl2", text),
            Source::Json(text) => ("json", text),
        };
        body.insert("Submission".to_owned(), json!({"Source": text, "Format": format}));
    }
    Value::Object(body)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_job_is_sent_as_it_is_with_what_is_asked_for_and_nothing_else() {
        let job = json!({"ID": "web", "Unknown": 1.5});
        assert_eq!(body(&job, &Register::default()), json!({"Job": job}));
        let how = Register { check: Check::Absent, preserve_counts: true, ..Register::default() };
        let wanted = json!({"Job": job, "EnforceIndex": true, "JobModifyIndex": 0, "PreserveCounts": true});
        assert_eq!(body(&job, &how), wanted);
        let source = Some(Source::Hcl("job {}".into()));
        let how = Register { check: Check::At(7), source, ..Register::default() };
        assert_eq!(body(&job, &how)["Submission"], json!({"Source": "job {}", "Format": "hcl2"}));
        assert_eq!(body(&job, &how)["JobModifyIndex"], 7);
    }
}
