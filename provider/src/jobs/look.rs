//! Compares what runs with what was submitted, through Nomad's own diff.
//!
//! Must never drop an object because nobody answers, and never take for a change what only the servers or an autoscaler
//! did.

use std::collections::{BTreeMap, BTreeSet};

use kit::Private;
use nomad::Client;
use nomad::jobs::Job;
use nomad::plan::{Change, Options, describe};
use serde_json::Value;
use tokio::task::JoinSet;

use super::spec;
use super::target::masked;

/// How a job is, compared with its text.
#[derive(Clone, Debug, PartialEq)]
pub enum Found {
    /// It is there; what differs, line by line.
    There(Box<Job>, Vec<String>),
    /// It has run and is done, even if Nomad has forgotten it since.
    Done(Option<Box<Job>>),
    /// It is gone.
    Gone,
    /// It was told to stop.
    Stopped(Box<Job>),
}

impl Found {
    /// What differs, line by line.
    pub fn drift(&self) -> Vec<String> {
        match self {
            Self::There(_, lines) => lines.clone(),
            Self::Done(_) => Vec::new(),
            Self::Gone => vec!["it is gone".to_owned()],
            Self::Stopped(_) => vec!["it was stopped".to_owned()],
        }
    }

    /// The job, if Nomad has it.
    pub fn job(&self) -> Option<&Job> {
        match self {
            Self::There(job, _) | Self::Stopped(job) => Some(job),
            Self::Done(job) => job.as_deref(),
            Self::Gone => None,
        }
    }
}

/// A comparison that was made before: as long as nobody has touched the job, it holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Compared {
    /// Of which moment of the job.
    pub at: String,
    /// What differed.
    pub drift: Vec<String>,
}

/// A moment of a job: the change after which it is as it is, and when that was submitted. Another cluster's job of that
/// name may have the one in common with it, but not both.
pub fn moment(job_modify_index: u64, submit_time: i64) -> String {
    format!("{job_modify_index} {submit_time}")
}

/// The moment that a job is of.
pub fn moment_of(job: &Job) -> String {
    moment(job.job_modify_index, job.submit_time)
}

/// Looks at one job. A comparison is a plan that Nomad has to make: it is not asked for again about a job that nobody has
/// touched since the last one.
pub async fn look(
    client: &Client,
    id: &str,
    api: &Value,
    quiet: bool,
    before: Option<&Compared>,
) -> Result<Found, nomad::Error> {
    let client = match spec::namespace_of(api) {
        Some(namespace) => client.in_namespace(namespace),
        None => client.clone(),
    };
    let jobs = client.jobs();
    let once = spec::runs_once(api);
    // Without an earlier comparison both at once: what a plan says of a job that is not there is not looked at.
    let (known, plan) = if before.is_some() {
        (jobs.read(id).await, None)
    } else {
        let (known, plan) = tokio::join!(async { jobs.read(id).await }, jobs.plan(api));
        (known, Some(plan))
    };
    let Some(known) = known? else {
        return Ok(if once { Found::Done(None) } else { Found::Gone });
    };
    if once && known.status == "dead" {
        return Ok(Found::Done(Some(Box::new(known))));
    }
    if known.stop {
        return Ok(Found::Stopped(Box::new(known)));
    }
    if let Some(before) = before.filter(|before| before.at == moment_of(&known)) {
        return Ok(Found::There(Box::new(known), before.drift.clone()));
    }
    let plan = match plan.transpose()? {
        // Both are of the same moment, or the one would be remembered for the other.
        Some(plan) if plan.job_modify_index == known.job_modify_index => plan,
        _ => jobs.plan(api).await?,
    };
    let scaled_groups = known.scaled_groups().map(str::to_owned).collect::<BTreeSet<_>>();
    let described = describe(&plan, &Options { scaled_groups, ..Options::default() });
    let lines = match described.change {
        Change::None => Vec::new(),
        _ => described.lines.iter().map(nomad::plan::Line::reversed).collect(),
    };
    let shown = |line: &nomad::plan::Line| if quiet { line.path.clone() } else { masked(&line.to_string()) };
    Ok(Found::There(Box::new(known), lines.iter().map(shown).collect()))
}

/// Looks at all jobs at once; `jobs` are names, ids and texts as the API takes them.
pub async fn all(
    client: &Client,
    jobs: Vec<(String, String, Value)>,
    quiet: bool,
    memory: &Memory,
) -> BTreeMap<String, Result<Found, nomad::Error>> {
    let mut looks = JoinSet::new();
    for (name, id, api) in jobs {
        let (client, before) = (client.clone(), memory.comparison(&name));
        looks.spawn(async move {
            let found = look(&client, &id, &api, quiet, before.as_ref()).await;
            (name, found)
        });
    }
    looks.join_all().await.into_iter().collect()
}

/// The lines of a resource's `drift`: of several jobs each says which one it is about.
pub fn lines(of: &BTreeMap<String, Vec<String>>, several: bool) -> Vec<String> {
    let line = |(name, line): (&String, &String)| {
        if several { format!("job.{name}: {line}") } else { line.clone() }
    };
    of.iter().flat_map(|(name, lines)| lines.iter().map(move |each| (name, each))).map(line).collect()
}

/// What is remembered beside the state about each job.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Memory {
    /// The change after which a job was as it was last seen, by name.
    pub seen: BTreeMap<String, i64>,
    /// When what differed was found out, by name; none where nobody has compared the job as it is.
    pub compared: BTreeMap<String, String>,
    /// What differed then, by name.
    pub drift: BTreeMap<String, Vec<String>>,
    /// Jobs that were registered and did not become what they should.
    pub unwell: BTreeSet<String>,
}

impl Memory {
    /// What is kept beside the state.
    pub fn kept(private: &Private) -> Self {
        Self {
            seen: private.get("seen").unwrap_or_default(),
            compared: private.get("compared").unwrap_or_default(),
            drift: private.get("drift").unwrap_or_default(),
            unwell: private.get("unwell").unwrap_or_default(),
        }
    }

    /// The last comparison of a job with its text.
    pub fn comparison(&self, name: &str) -> Option<Compared> {
        let at = self.compared.get(name)?.clone();
        Some(Compared { at, drift: self.drift.get(name).cloned().unwrap_or_default() })
    }

    /// Keeps it beside the state.
    pub fn keep(&self, private: &mut Private) {
        private.set("seen", &self.seen);
        private.set("compared", &self.compared);
        private.set("drift", &self.drift);
        private.set("unwell", &self.unwell);
    }
}
