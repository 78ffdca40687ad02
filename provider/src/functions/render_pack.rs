//! `provider::lostops::render_pack`: a pack's jobspecs as a function of its variables.

use std::collections::BTreeMap;

use kit::{Block, CallError, Function, Value};

use crate::packs::{self, Use};

/// Renders a pack.
///
/// Returns the jobspecs as HCL text, by the name of the job in the pack. No cluster is asked; what is wrong is an error
/// that points into the pack. Functions know no provider block: a pack of your own is named by its path.
#[derive(Block)]
pub struct Parameters {
    /// Name of a built-in pack, or the path of a pack's folder.
    pub pack: String,
    /// The pack's variables: an object with the fields that you want to set, or null.
    pub variables: Option<Value>,
}

/// The function.
pub struct RenderPack;

impl Function for RenderPack {
    type Parameters = Parameters;
    type Output = BTreeMap<String, String>;
    const NAME: &'static str = "render_pack";

    fn call(&self, given: Parameters) -> Result<Self::Output, CallError> {
        let pack =
            packs::open(&given.pack, &[]).map_err(|problem| CallError::argument("pack", problem.detail))?;
        let rendered = packs::render(
            &pack,
            Use { variables: packs::variables(given.variables.as_ref()), ..Use::default() },
        )
        .map_err(|problem| CallError::argument("variables", problem.detail))?;
        let open = |why| CallError::new(format!("{why} is not known"));
        let jobs = rendered.jobs.map_err(open)?;
        jobs.into_iter().map(|job| Ok((job.name, job.text.map_err(open)?))).collect()
    }
}
