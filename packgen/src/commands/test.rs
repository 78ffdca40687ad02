//! `packgen test`: a pack's own tests.

use clap::Args;
use packgen::pack::Tested;
use serde_json::{Value, json};

use super::reply::Reply;
use super::session::{Session, problem};
use super::target;
use super::{Outcome, Run};

/// Run a pack's tests: `tests/*.hcl`
#[derive(Debug, Args)]
pub struct Test {
    /// A pack's folder or a built-in pack.
    #[arg(value_name = "DIR|PACK", default_value = ".")]
    pack: String,
    /// Only tests whose name holds this text.
    #[arg(long)]
    only: Option<String>,
}

impl Run for Test {
    fn run(&self, session: &Session) -> Outcome {
        let (pack, findings) = target::pack(session, &self.pack)?;
        let wanted = |tested: &Tested| self.only.as_ref().is_none_or(|part| tested.name.contains(part));
        let tested: Vec<Tested> = pack.test()?.into_iter().filter(wanted).collect();
        if tested.is_empty() {
            return Err(problem(
                "no-tests",
                format!("{} has no such tests: they stand in tests/*.hcl", self.pack),
            ));
        }
        let mut reply = Reply::default().findings(findings);
        for one in &tested {
            let word = if one.passed() { "ok" } else { "FAILED" };
            reply.line(format_args!("{word:6}  {}: {}", one.file, one.name));
        }
        let passed = tested.iter().filter(|one| one.passed()).count();
        reply.line(format_args!("{passed} of {} passed", tested.len()));
        let runs: Vec<Value> = tested
            .iter()
            .map(|one| json!({ "file": one.file, "name": one.name, "ok": one.passed() }))
            .collect();
        for one in tested {
            reply = reply.findings(one.findings);
        }
        Ok(reply.field("runs", runs))
    }
}
