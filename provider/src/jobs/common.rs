//! The attributes that every resource with jobs has, whatever its jobs are made of.
//!
//! A resource's own attributes stand beside these in its schema. Must never grow what only one kind of resource means.

use std::collections::{BTreeMap, BTreeSet};

use kit::check::{Verdict, between, one_of};
use kit::schema;
use kit::{At, Block, Computed, Diagnostic, Late, Value};
use nomad::deployment::Canary as Steering;

use crate::connection::Connection;
use crate::values::seconds;

/// What every resource with jobs has.
#[derive(Block, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own in the configuration")]
pub struct Common {
    /// The Nomad that runs the jobs: pass on `nomad` of a cluster, whole. Unset: the provider's `nomad` block, then the
    /// environment variables `NOMAD_*`. It is kept in the state, marked sensitive.
    #[attr(sensitive)]
    pub nomad: Option<Late<Connection>>,
    /// Name of this use, which ids of jobs, services, volumes and secrets are derived from. Another name is another
    /// object.
    #[attr(force_new)]
    pub name: Option<String>,
    /// Namespace of the jobs. Unset: the one that the jobspec names, else that of the connection. Another namespace is
    /// another object.
    #[attr(check = namespace)]
    pub namespace: Option<String>,
    /// Changes to the rendered jobs: HCL with `job "x" { … }` blocks that say only what differs. Blocks without a label
    /// match by `name` or `destination`, or are added; `null` takes an attribute away.
    pub patch: Option<String>,
    /// Register nothing and contact nobody: only the jobspecs are wanted.
    #[attr(default = false, force_new)]
    pub render_only: bool,
    /// Wait until the jobs are healthy, as long as `timeouts` allow. A batch job is when it has ended well, or has been at
    /// work for ten seconds without trouble; one that another job of the pack waits for has to have ended well.
    #[attr(default = true)]
    pub wait: bool,
    /// Go back to the version that ran before when an update does not become healthy.
    #[attr(default = true)]
    pub rollback_on_failure: bool,
    /// How many of a failing task's last log lines are shown in the diagnostic, with known secrets masked; 0 shows none.
    #[attr(default = 20, check = between(0, 500))]
    pub log_lines: i64,
    /// Refuse to destroy the jobs. It is read from the state: lift it in an apply of its own.
    #[attr(computed)]
    pub deletion_protection: Option<bool>,
    /// Volumes, by their names in the pack or in Nomad, that are deleted with everything in them when this is destroyed.
    /// All others stay.
    pub delete_data: Option<BTreeSet<String>>,
    /// Forget the jobs at once when they are destroyed. If not, Nomad lists them as dead until it collects them.
    #[attr(default = true)]
    pub purge: bool,
    /// Keep the jobspecs out of what Terraform shows: `hidden_jobspecs` holds them then, and `jobspecs` is empty. For
    /// variables whose values you marked as sensitive: Terraform does not tell a provider.
    #[attr(default = false)]
    pub sensitive_jobspecs: bool,
    /// What happens once canaries are healthy. Whether there are any, the job's own `update` block says.
    #[block]
    pub canary: Option<Canary>,
    /// Whether everything is as it should be. If not, the next apply goes on: add
    /// `lifecycle { postcondition { condition = self.complete } }` to have an apply that leaves something unfinished exit
    /// with an error without replacing what runs.
    pub complete: Computed<bool>,
    /// The jobspecs as they are submitted, by the name of the job; known at plan.
    pub jobspecs: Computed<BTreeMap<String, String>>,
    /// The jobspecs, where `sensitive_jobspecs` is set.
    #[attr(sensitive)]
    pub hidden_jobspecs: Computed<BTreeMap<String, String>>,
    /// The ids that the jobs have in Nomad, by the name of the job.
    pub job_ids: Computed<BTreeMap<String, String>>,
    /// Nomad's version number of each registered job, by the name of the job.
    pub versions: Computed<BTreeMap<String, i64>>,
    /// How the jobs are: `healthy`, `canary` (healthy canaries wait to be promoted), `scheduled` (they run later), `idle`
    /// (there is nothing to run), `registered` (nobody waited), `unhealthy` or `rendered`.
    pub status: Computed<String>,
    /// What differs between what runs and what was submitted, line by line. A plan sets it back, so that an apply repairs
    /// it.
    pub drift: Computed<Vec<String>>,
    /// What the last apply changed, in Nomad's words.
    pub last_change: Computed<String>,
}

/// What happens once canaries are healthy.
#[derive(Block, Clone)]
pub struct Canary {
    /// `manual` ends the apply with `status = "canary"`: promote by changing this, or in Nomad. `healthy` promotes at
    /// once, `after` when they have stayed healthy for the time in `after`.
    #[attr(default = "manual", check = one_of(&["manual", "healthy", "after"]))]
    pub promote: String,
    /// How long canaries have to stay healthy, such as `10m`, with `promote = "after"`.
    #[attr(check = span)]
    pub after: Option<String>,
}

impl Common {
    /// From the value of a whole resource.
    pub fn of(value: &Value) -> Result<Self, Diagnostic> {
        <Self as Block>::decode(value, &At::ROOT)
    }

    /// The attributes, with words for what `deletion_protection` is where nobody sets it.
    pub fn protecting(unset: &'static str) -> schema::Block {
        let mut block = Self::block();
        let own = block.attributes.iter_mut().find(|attribute| attribute.name == "deletion_protection");
        if let Some(attribute) = own {
            attribute.default_doc = Some(unset.into());
        }
        block
    }

    /// Whether everything here that decides about the jobs is known.
    pub fn is_known(value: &Value) -> bool {
        let block = Common::block();
        let open =
            |a: &schema::Attribute| a.is_configurable() && !a.late && !value.field(&a.name).is_wholly_known();
        !block.attributes.iter().any(open) && value.field("canary").is_wholly_known()
    }

    /// What to do about canaries.
    pub fn steering(&self) -> Steering {
        let Some(canary) = &self.canary else { return Steering::Leave };
        match (canary.promote.as_str(), canary.after.as_deref().map(seconds)) {
            ("healthy", _) => Steering::Promote,
            ("after", Some(Ok(wait))) => Steering::After(wait),
            _ => Steering::Leave,
        }
    }

    /// What is wrong across several attributes.
    pub fn check(&self) -> Vec<Diagnostic> {
        let Some(canary) = &self.canary else { return Vec::new() };
        let timed = canary.promote == "after";
        let problem = match (&canary.after, timed) {
            (None, true) => "canary.after: with `promote = \"after\"` it says how long, such as `10m`.",
            (Some(_), false) => "canary.after: it has a meaning only with `promote = \"after\"`.",
            _ => return Vec::new(),
        };
        vec![Diagnostic::error("The canary's time does not fit", problem).attribute("canary.after")]
    }
}

fn namespace(given: &str) -> Verdict {
    let fits = |c: char| c.is_ascii_alphanumeric() || c == '-';
    if (1..=128).contains(&given.len()) && given.chars().all(fits) {
        return Ok(());
    }
    Err(format!("expected 1 to 128 letters, digits or dashes, got {given:?}"))
}

fn span(given: &str) -> Verdict {
    seconds(given).map(drop)
}
