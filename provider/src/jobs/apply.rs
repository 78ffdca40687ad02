//! Create and update: secrets first, then volumes, then the jobs in their order, until all are healthy.
//!
//! What exists is recorded as soon as it exists. A create that has made something never fails, because Terraform would
//! destroy it: it says `complete = false` and warns. Must never render: what was planned is what is registered.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use kit::{Cx, Diagnostic, Failure, Result, Slot, Value};
use nomad::Client;

use super::look::Memory;
use super::progress::Progress;
use super::rendering::{Bill, Entry};
use super::resource::as_warning;
use super::run::{End, Manner, run};
use super::secrets::{Given, Stored};
use super::state::State;
use super::survey::{Action, Before, Step, survey};
use super::target::{Target, settings};
use super::{Common, Kind, removal, secrets, spec, volumes};

/// Carries out a planned change.
pub async fn carry_out<K: Kind>(
    kind: &K,
    cx: &Cx,
    prior: Option<Value>,
    planned: Value,
    slot: &mut Slot,
) -> Result<()> {
    let common = Common::of(&planned)?;
    let mut state = State::of(&planned);
    if common.render_only {
        state.status = Some("rendered".to_owned());
        state.complete = Some(true);
        state.last_change = Some(String::new());
        slot.value = Some(state.write(planned));
        return Ok(());
    }
    let settings = settings(cx)?;
    let target = Target::of(&common, &settings);
    let client = target.for_change(&common)?;
    if let Target::Here(connection, _) = &target {
        connection.secrets().iter().for_each(secrets::mask);
    }
    let change = Change {
        cx,
        common: &common,
        client,
        bill: Bill::planned(&slot.private),
        old: Bill::kept(&slot.private),
        before: prior.as_ref().map(State::of),
        memory: Memory::kept(&slot.private),
        progress: Progress::new(settings.progress.clone()),
    };
    change.make(kind, prior.as_ref(), planned, slot).await
}

/// One change under way.
struct Change<'a> {
    cx: &'a Cx,
    common: &'a Common,
    client: Client,
    bill: Bill,
    /// The bill of what there is.
    old: Bill,
    before: Option<State>,
    memory: Memory,
    progress: Progress,
}

impl Change<'_> {
    async fn make<K: Kind>(
        &self,
        kind: &K,
        prior: Option<&Value>,
        planned: Value,
        slot: &mut Slot,
    ) -> Result<()> {
        let deadline = self.cx.time_limit().map(|limit| Instant::now() + limit.saturating_sub(margin(limit)));
        let wanted = State::of(&planned);
        let steps = survey(&self.client, self.jobs(&wanted)?, &self.known()).await?;
        steps.iter().filter(|step| step.adopted).for_each(|step| self.cx.warn(adopted(step)));
        let here = steps.first().map_or_else(|| self.client.clone(), |step| step.client.clone());
        let (stored, made) = self.prepare(kind, prior, &planned, &here, &steps).await?;
        let mut record = Record::new(self, &wanted, planned, slot);
        record.stored(&stored);
        let manner = self.manner(deadline);
        let ends = run(self.cx, &steps, &manner, &mut |step, answer| record.registered(step, answer)).await;
        if self.before.is_none() && !ends.values().any(|end| end.registered) {
            // Nothing runs: what was made on the way must not be forgotten in Nomad.
            volumes::undo(&here, &made).await;
            forget(&here, &stored).await;
            slot.value = None;
            return Err(Failure(ends.into_values().filter_map(|end| end.problem).collect()));
        }
        let left = self.retire(&wanted, &mut record).await;
        let problems = record.finish(&steps, &ends, left);
        self.tell(problems)
    }

    /// The jobs to be, with their texts, in order.
    fn jobs(&self, wanted: &State) -> Result<Vec<(Entry, String)>> {
        let lost =
            || Diagnostic::error("The plan is not whole", "What was planned is not known. Plan again.");
        let mut jobs = Vec::new();
        for entry in &self.bill.jobs {
            let text = wanted.texts.get(&entry.name).ok_or_else(lost)?;
            jobs.push((entry.clone(), text.clone()));
        }
        if jobs.len() == wanted.texts.len() { Ok(jobs) } else { Err(lost().into()) }
    }

    fn known(&self) -> Before {
        Before {
            state: self.before.clone(),
            memory: self.memory.clone(),
            marks: [self.bill.mark.clone(), self.old.mark.clone()]
                .into_iter()
                .filter(|mark| !mark.is_empty())
                .collect(),
            quiet: self.common.sensitive_jobspecs,
        }
    }

    /// Secrets and volumes: what must be there before the jobs are. With it come the ids of volumes that were made.
    async fn prepare<K: Kind>(
        &self,
        kind: &K,
        prior: Option<&Value>,
        planned: &Value,
        client: &Client,
        steps: &[Step],
    ) -> Result<(Stored, Vec<String>)> {
        let values = kind.secrets(planned);
        let needs = kind.needs(&self.bill, &values);
        let raised = |name: &str| {
            let version = |value: &Value| kind.secret_version(value, name);
            prior.is_some_and(|prior| version(prior) != version(planned))
        };
        let renewed = needs.iter().filter(|need| raised(&need.name)).map(|need| need.name.clone()).collect();
        let registers = steps.iter().any(|step| step.action == Action::Register);
        let given = Given { values, renewed };
        let stored = if needs.is_empty() || (!registers && given.renewed.is_empty()) {
            Stored::default()
        } else {
            secrets::store(client, &needs, &given).await?
        };
        if !registers {
            return Ok((stored, Vec::new()));
        }
        match volumes::make(client, &self.bill.volumes).await {
            Ok(made) => Ok((stored, made)),
            Err(problem) => {
                if self.before.is_none() {
                    forget(client, &stored).await;
                }
                Err(problem)
            }
        }
    }

    fn manner(&self, deadline: Option<Instant>) -> Manner {
        Manner {
            wait: self.common.wait,
            deadline,
            canary: self.common.steering(),
            rollback: self.common.rollback_on_failure,
            log_lines: usize::try_from(self.common.log_lines).unwrap_or_default(),
            progress: self.progress.clone(),
        }
    }

    /// Takes jobs away that are no longer wanted.
    async fn retire(&self, wanted: &State, record: &mut Record<'_>) -> Vec<Diagnostic> {
        let Some(before) = &self.before else { return Vec::new() };
        let mut problems = Vec::new();
        let gone = before.versions.keys().filter(|name| !wanted.texts.contains_key(*name));
        for name in gone {
            let (Some(id), Some(text)) = (before.ids.get(name), before.texts.get(name)) else { continue };
            // A job that only has another name here is the same job.
            if wanted.ids.values().any(|own| own == id) {
                record.forgotten(name);
                continue;
            }
            let api = spec::api(text, Some(self.client.namespace()));
            let namespace = api.ok().and_then(|api| spec::namespace_of(&api).map(str::to_owned));
            let client =
                namespace.map_or_else(|| self.client.clone(), |name| self.client.in_namespace(&name));
            match removal::one(&client, id, self.common.purge, None, &self.progress).await {
                Ok(()) => record.forgotten(name),
                Err(Failure(failed)) => problems.extend(failed),
            }
        }
        problems
    }

    /// Failures of a create are warnings, because an error would have Terraform destroy what runs.
    fn tell(&self, problems: Vec<Diagnostic>) -> Result<()> {
        let (warnings, errors): (Vec<_>, Vec<_>) =
            problems.into_iter().partition(|problem| problem.severity == kit::Severity::Warning);
        for warning in warnings {
            self.cx.warn(warning);
        }
        if self.before.is_none() {
            for problem in errors {
                self.cx.warn(as_warning(problem));
            }
            return Ok(());
        }
        if errors.is_empty() { Ok(()) } else { Err(Failure(errors)) }
    }
}

/// Takes secrets away that were stored for jobs that do not run after all.
async fn forget(client: &Client, stored: &Stored) {
    let new = stored.written.iter().filter(|(path, _)| stored.made.contains(path));
    let new = new.map(|(path, keys)| (path.clone(), keys.clone())).collect();
    if let Err(Failure(problems)) = secrets::remove(client, &new).await {
        for problem in problems {
            tracing::warn!("{problem}");
        }
    }
}

/// What the engine needs to say what happened before it cuts a verb off.
fn margin(limit: Duration) -> Duration {
    (limit / 10).min(Duration::from_secs(15))
}

fn adopted(step: &Step) -> Diagnostic {
    let lines: Vec<String> = step.change.iter().map(|line| format!("  {line}")).collect();
    let change = if lines.is_empty() {
        "It stays as it is.".to_owned()
    } else {
        format!("What changes:\n{}", lines.join("\n"))
    };
    let detail =
        format!("A job with our mark was there already, perhaps from an apply that was cut off. {change}");
    Diagnostic::warning(format!("Job {} is taken over", step.entry.id), detail)
}

/// What is recorded while a change is under way.
struct Record<'s> {
    planned: Value,
    wanted: State,
    /// The texts that ran before.
    old: BTreeMap<String, String>,
    state: State,
    memory: Memory,
    slot: &'s mut Slot,
}

impl<'s> Record<'s> {
    fn new(change: &Change<'_>, wanted: &State, planned: Value, slot: &'s mut Slot) -> Self {
        let mut state = change.before.clone().unwrap_or_default();
        let old = state.texts.clone();
        state.hidden = wanted.hidden;
        state.ids.extend(wanted.ids.clone());
        state.complete = Some(false);
        state.status = Some("unhealthy".to_owned());
        change.bill.keep(&mut slot.private);
        Self { planned, wanted: wanted.clone(), old, state, memory: change.memory.clone(), slot }
    }

    fn stored(&mut self, stored: &Stored) {
        let mut written = secrets::written(&self.slot.private);
        written.extend(stored.written.clone());
        secrets::keep(&written, &mut self.slot.private);
    }

    fn registered(&mut self, step: &Step, answer: &nomad::jobs::Registered) {
        let name = step.entry.name.clone();
        self.state.texts.insert(name.clone(), step.text.clone());
        let version = step.known.as_ref().map_or(0, |known| known.version);
        self.state.versions.entry(name.clone()).or_insert(i64::try_from(version).unwrap_or_default());
        let index = i64::try_from(answer.job_modify_index).unwrap_or_default();
        self.memory.seen.insert(name.clone(), index);
        self.memory.compared.remove(&name);
        self.memory.unwell.insert(name);
        self.write();
    }

    fn forgotten(&mut self, name: &str) {
        self.state.texts.remove(name);
        self.state.ids.remove(name);
        self.state.versions.remove(name);
        self.memory.seen.remove(name);
        self.memory.compared.remove(name);
        self.memory.drift.remove(name);
        self.memory.unwell.remove(name);
    }

    fn write(&mut self) {
        self.memory.keep(&mut self.slot.private);
        self.slot.value = Some(self.state.write(self.planned.clone()));
    }

    /// Records the end of everything, and gives what has to be told.
    fn finish(
        mut self,
        steps: &[Step],
        ends: &BTreeMap<String, End>,
        mut problems: Vec<Diagnostic>,
    ) -> Vec<Diagnostic> {
        let mut words = Vec::new();
        for step in steps {
            let name = &step.entry.name;
            let Some(end) = ends.get(name) else { continue };
            self.ended(step, end);
            if matches!(step.action, Action::Register) && end.registered {
                words.extend(step.change.iter().map(|line| told(steps, name, line)));
            }
            if end.status == Some("canary") {
                problems.push(waiting(&step.entry.id));
            }
            problems.extend(end.problem.clone());
        }
        self.state.last_change = Some(words.join("\n"));
        self.state.status = Some(overall(ends).to_owned());
        let failed = problems.iter().any(|problem| problem.severity == kit::Severity::Error);
        self.state.complete = Some(!failed);
        if !failed {
            self.state.texts.clone_from(&self.wanted.texts);
            self.state.ids.clone_from(&self.wanted.ids);
        }
        self.write();
        problems
    }

    fn ended(&mut self, step: &Step, end: &End) {
        let name = &step.entry.name;
        if let Some((version, index)) = end.version {
            self.state.versions.insert(name.clone(), i64::try_from(version).unwrap_or_default());
            self.memory.seen.insert(name.clone(), i64::try_from(index).unwrap_or_default());
        }
        if end.registered {
            self.memory.drift.remove(name);
        }
        if let Some(at) = end.as_registered.clone() {
            self.memory.compared.insert(name.clone(), at);
        }
        if end.status.is_some() || !end.current {
            self.memory.unwell.remove(name);
        } else if end.registered {
            self.memory.unwell.insert(name.clone());
        }
        if end.current {
            self.state.texts.insert(name.clone(), step.text.clone());
        } else if let Some(old) = self.old.get(name) {
            self.state.texts.insert(name.clone(), old.clone());
        }
    }
}

fn told(steps: &[Step], name: &str, line: &str) -> String {
    if steps.len() > 1 { format!("job.{name}: {line}") } else { line.to_owned() }
}

fn waiting(id: &str) -> Diagnostic {
    Diagnostic::warning(
        format!("The canaries of job {id} are healthy and wait"),
        "Nothing else changes until they are promoted: set `canary { promote = \"healthy\" }` and apply, or promote them \
         in Nomad (`nomad deployment promote`).",
    )
}

/// The word for all jobs together: the one that needs most attention.
fn overall(ends: &BTreeMap<String, End>) -> &'static str {
    let said = |word: &str| ends.values().any(|end| end.status == Some(word));
    if ends.values().any(|end| end.status.is_none()) {
        return "unhealthy";
    }
    let words = ["canary", "registered", "healthy", "scheduled", "idle"];
    words.into_iter().find(|word| said(word)).unwrap_or("idle")
}
