//! What one kind of resource with jobs says about itself; everything else, the engine room does for all.

use std::collections::BTreeMap;
use std::path::PathBuf;

use kit::schema::Schema;
use kit::{Diagnostic, Failure, Moved, Result, Timeouts, Value};
use nomad::Secret;

use super::rendering::{Bill, Rendering, SecretNeed};

/// What a kind of resource says about itself.
pub trait Kind: Send + Sync + 'static {
    /// Its name in the configuration.
    fn name(&self) -> &str;

    /// Its schema: its own attributes, and [`super::Common`].
    fn schema(&self) -> Schema;

    /// How long the verbs may take when the user says nothing.
    fn timeouts(&self) -> Timeouts {
        Timeouts::USUAL
    }

    /// Makes jobs of a configuration in which things may be unknown. Pure: it asks nobody but the pack's files.
    fn render(&self, value: &Value, common: &super::Common, packs: &[PathBuf]) -> Result<Rendering>;

    /// What is wrong with a configuration, as far as it can be told before the provider is configured.
    fn check(&self, value: &Value, common: &super::Common) -> Vec<Diagnostic> {
        match self.render(value, common, &[]) {
            Ok(rendering) => rendering.warnings,
            Err(Failure(problems)) => problems,
        }
    }

    /// The secrets that the configuration gives, by name. They are there during plan and apply only.
    fn secrets(&self, value: &Value) -> BTreeMap<String, Secret>;

    /// The secrets that are needed: those of the bill, unless the kind learns more from what is given.
    fn needs(&self, bill: &Bill, given: &BTreeMap<String, Secret>) -> Vec<SecretNeed> {
        let _ = given;
        bill.secrets.clone()
    }

    /// Whether the configuration gives a secret, even if its value is only known at apply.
    fn gives(&self, value: &Value, name: &str) -> bool;

    /// The version of a secret, which is raised to renew it.
    fn secret_version(&self, value: &Value, name: &str) -> Value;

    /// The marks that jobs of this kind with this import id may carry, and the name that each stands for.
    fn imported(&self, id: &str) -> Vec<Import>;

    /// Brings a state of an older version to today's shape.
    fn upgrade(&self, state: Value) -> Value {
        state
    }

    /// Takes over the state of another resource type.
    fn moved(&self, from: &Moved) -> Option<Result<Value>> {
        let _ = from;
        None
    }
}

/// One thing that an import id may stand for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Import {
    /// All jobs with this mark; the name of the use, and the attributes that say what it is.
    Marked {
        /// The mark.
        mark: String,
        /// The attribute `name`.
        name: Option<String>,
        /// Further attributes.
        attributes: Vec<(&'static str, String)>,
        /// The job's name in its resource, where there is only one.
        only: Option<String>,
    },
    /// All jobs of a pack's use of this name, whichever pack it is; the attribute that the pack's name goes to.
    Use {
        /// The attribute `name`.
        name: String,
        /// The attribute for the pack.
        pack: &'static str,
    },
    /// The job with this id, whoever made it; the attribute that its text goes to.
    Job {
        /// The id.
        id: String,
        /// The attribute.
        text: &'static str,
    },
}
