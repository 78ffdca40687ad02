//! A resource with jobs as the kit drives it: planning, and the way from its verbs to the engine room.
//!
//! Planned values follow from state and configuration alone; what Nomad says goes into warnings.

use kit::schema::Schema;
use kit::{AnyResource, BoxFuture, Cx, Diagnostic, Moved, Plan, Result, Slot, Timeouts, Value};

use super::ask::{Manner, Question, ask};
use super::look::Memory;
use super::rendering::{Bill, Rendering, SecretNeed};
use super::state::State;
use super::target::{Target, nowhere, settings};
use super::{Common, Kind, apply, import, refresh, removal, spec};
use crate::config::Settings;

/// A resource with jobs of this kind.
#[derive(Debug)]
pub struct Jobs<K>(pub K);

/// Attributes that a plan does not decide: what was made tells them.
const MADE: [&str; 4] = ["versions", "status", "last_change", "complete"];

impl<K: Kind> AnyResource for Jobs<K> {
    fn name(&self) -> &str {
        self.0.name()
    }

    fn schema(&self) -> Schema {
        self.0.schema()
    }

    fn timeouts(&self) -> Timeouts {
        self.0.timeouts()
    }

    fn check(&self, config: &Value, _: bool) -> Vec<Diagnostic> {
        if !Common::is_known(config) {
            return Vec::new();
        }
        match Common::of(config) {
            Ok(common) => {
                let mut found = common.check();
                found.extend(self.0.check(config, &common));
                found
            }
            Err(problem) => vec![problem],
        }
    }

    fn plan<'a>(&'a self, cx: &'a Cx, plan: &'a mut Plan<Value>, _: bool) -> BoxFuture<'a, Result<bool>> {
        Box::pin(async move {
            if !Common::is_known(&plan.draft) {
                return Ok(false);
            }
            let settings = settings(cx)?;
            let common = Common::of(&plan.draft)?;
            let rendering = self.0.render(&plan.draft, &common, &settings.packs)?;
            let prior = plan.prior.take();
            let memory = Memory::kept(&plan.private);
            let marks = [rendering.bill.mark.clone(), Bill::kept(&plan.private).mark];
            let marks = marks.into_iter().filter(|mark| !mark.is_empty()).collect();
            decide(plan, prior.as_ref(), &common, &rendering);
            replaced(plan, prior.as_ref(), &common, &settings)?;
            let questions = questions(prior.as_ref(), &memory, &rendering);
            plan.prior = prior;
            rendering.warnings.into_iter().for_each(|warning| cx.warn(warning));
            if plan.prior.is_none() && !common.render_only {
                for warning in missing(&self.0, &plan.draft, &rendering.bill) {
                    cx.warn(warning);
                }
            }
            if questions.is_empty() || common.render_only {
                return Ok(true);
            }
            let target = Target::of(&common, &settings);
            let required = settings.nomad_required;
            let manner = Manner { marks, quiet: common.sensitive_jobspecs, required };
            match target.for_look(&common) {
                Ok(Some(client)) => ask(cx, &client, questions, &manner).await?,
                Ok(None) if required && matches!(target, Target::Nowhere) => return Err(nowhere().into()),
                Ok(None) => {}
                Err(problem) if required => return Err(problem),
                Err(problem) => problem.0.into_iter().for_each(|problem| cx.warn(as_warning(problem))),
            }
            Ok(true)
        })
    }

    fn plan_delete<'a>(&'a self, _: &'a Cx, prior: Value) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move { removal::permitted(&prior) })
    }

    fn create<'a>(&'a self, cx: &'a Cx, planned: Value, slot: &'a mut Slot) -> BoxFuture<'a, Result<()>> {
        Box::pin(apply::carry_out(&self.0, cx, None, planned, slot))
    }

    fn read<'a>(&'a self, cx: &'a Cx, slot: &'a mut Slot) -> BoxFuture<'a, Result<()>> {
        Box::pin(refresh::refresh(cx, slot))
    }

    fn update<'a>(
        &'a self,
        cx: &'a Cx,
        prior: Value,
        planned: Value,
        slot: &'a mut Slot,
    ) -> BoxFuture<'a, Result<()>> {
        Box::pin(apply::carry_out(&self.0, cx, Some(prior), planned, slot))
    }

    fn delete<'a>(&'a self, cx: &'a Cx, prior: Value, slot: &'a mut Slot) -> BoxFuture<'a, Result<()>> {
        Box::pin(removal::remove(cx, prior, slot))
    }

    fn upgrade(&self, _: i64, state: Value) -> Result<Value> {
        Ok(self.0.upgrade(state))
    }

    fn import<'a>(&'a self, cx: &'a Cx, id: &'a str) -> BoxFuture<'a, Result<Option<Value>>> {
        Box::pin(import::import(&self.0, cx, id))
    }

    fn moved(&self, from: &Moved) -> Option<Result<Value>> {
        self.0.moved(from)
    }
}

/// Secrets that nobody gives and that cannot be made up: an apply can only hope to find them in Nomad.
fn missing<K: Kind>(kind: &K, draft: &Value, bill: &Bill) -> Vec<Diagnostic> {
    let open = bill.secrets.iter().filter(|need| need.generate.is_none() && !kind.gives(draft, &need.name));
    let warning = |need: &SecretNeed| {
        Diagnostic::warning(
            format!("The secret {} is not given", need.name),
            format!(
                "{} If it is not stored in Nomad already, the apply will fail before it registers a job.",
                need.description
            ),
        )
    };
    open.map(warning).collect()
}

/// The same as a warning.
pub fn as_warning(problem: Diagnostic) -> Diagnostic {
    Diagnostic { severity: kit::Severity::Warning, ..problem }
}

/// Whether another object takes the place of the one that is there. That removes what is there, too.
fn replaced(
    plan: &mut Plan<Value>,
    prior: Option<&Value>,
    common: &Common,
    settings: &Settings,
) -> Result<()> {
    let Some(prior) = prior else { return Ok(()) };
    let target = Target::of(common, settings);
    let home = target.namespace();
    if namespace(&plan.draft, home) != namespace(prior, home) {
        plan.replace("namespace");
    } else if ["name", "render_only"].iter().all(|name| plan.draft.field(name) == prior.field(name)) {
        return Ok(());
    }
    removal::permitted(prior)
}

/// The namespace that the jobs of a resource are in. One that is not written is not another one than the usual.
fn namespace(value: &Value, home: Option<&str>) -> String {
    let state = State::of(value);
    let text = state.texts.values().next();
    let own = text.and_then(|text| spec::api(text, None).ok());
    let own = own.as_ref().and_then(spec::namespace_of);
    value.field("namespace").as_str().or(own).or(home).unwrap_or("default").to_owned()
}

/// Writes what follows from state and configuration into the draft.
fn decide(plan: &mut Plan<Value>, prior: Option<&Value>, common: &Common, rendering: &Rendering) {
    let Value::Map(draft) = &mut plan.draft else { return };
    let none = || Value::Map([].into());
    let (mut texts, mut ids) = (Value::UNKNOWN, Value::UNKNOWN);
    if let Ok(jobs) = &rendering.jobs {
        let text = |text: &Result<String, String>| text.as_ref().map_or(Value::UNKNOWN, Value::string);
        texts = Value::object(jobs.iter().map(|job| (job.name.as_str(), text(&job.text))));
        ids = Value::object(jobs.iter().map(|job| (job.name.as_str(), Value::string(job.id.as_str()))));
        rendering.bill.plan(&mut plan.private);
    }
    let (shown, hidden) = if common.sensitive_jobspecs { (none(), texts) } else { (texts, none()) };
    draft.insert("jobspecs".into(), shown);
    draft.insert("hidden_jobspecs".into(), hidden);
    draft.insert("job_ids".into(), ids);
    draft.insert("drift".into(), Value::List(Vec::new()));
    let protected = draft.entry("deletion_protection".into()).or_insert(Value::Null);
    if protected.is_null() {
        *protected = rendering.keeps_data.map_or(Value::UNKNOWN, Value::Bool);
    }
    for (name, value) in &rendering.outputs {
        draft.insert(name.clone(), value.clone());
    }
    // Known as false it would fail a postcondition that the apply is about to fulfil.
    if prior.is_some_and(|prior| prior.field("complete") != &Value::Bool(true)) {
        draft.insert("complete".into(), Value::UNKNOWN);
    }
    debug_assert!(MADE.iter().all(|name| draft.contains_key(*name)));
}

/// The jobs about which Nomad has something to say: those that would be registered.
fn questions(prior: Option<&Value>, memory: &Memory, rendering: &Rendering) -> Vec<Question> {
    let Ok(jobs) = &rendering.jobs else { return Vec::new() };
    // The state has the texts of all jobs that were planned, also of those whose turn never came.
    let registered = |prior: &&Value, name: &str| !prior.field("versions").field(name).is_null();
    let before = |name: &str| {
        let prior = prior.filter(|prior| registered(prior, name))?;
        ["jobspecs", "hidden_jobspecs"].iter().find_map(|of| prior.field(of).field(name).as_str())
    };
    let question = |job: &super::rendering::Rendered| {
        let text = job.text.as_ref().ok()?;
        let troubled = memory.drift.contains_key(&job.name) || memory.unwell.contains(&job.name);
        let same = before(&job.name) == Some(text.as_str()) && !troubled;
        let new = prior.is_none() || before(&job.name).is_none();
        let volumes = rendering.bill.volumes.iter().filter(|volume| volume.job_id == job.id);
        let volumes = volumes.map(|volume| volume.called.clone()).collect();
        (!same).then(|| Question { id: job.id.clone(), text: text.clone(), new, volumes })
    };
    jobs.iter().filter_map(question).collect()
}
