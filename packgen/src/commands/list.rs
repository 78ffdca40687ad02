//! `packgen list`: the built-in packs.

use std::sync::Arc;

use clap::Args;
use packgen::pack::{Builtin, Pack};
use serde_json::{Value, json};

use super::reply::Reply;
use super::session::Session;
use super::{Outcome, Run};

/// List the built-in packs
#[derive(Debug, Args)]
pub struct List {}

impl Run for List {
    fn run(&self, session: &Session) -> Outcome {
        let mut reply = Reply::default();
        let mut rows = Vec::new();
        for builtin in Builtin::all() {
            let (pack, findings) = Pack::load(Arc::new(builtin), session.sources.clone())?;
            let manifest = pack.manifest();
            rows.push((builtin.name(), manifest.version.clone(), manifest.summary.clone()));
            reply = reply.findings(findings);
        }
        let width = rows.iter().map(|(name, ..)| name.len()).max().unwrap_or(0);
        for (name, version, summary) in &rows {
            reply.line(format_args!("{name:width$}  {version}  {summary}"));
        }
        let packs: Vec<Value> = rows
            .iter()
            .map(|(name, version, summary)| json!({ "name": name, "version": version, "summary": summary }))
            .collect();
        Ok(reply.field("packs", packs))
    }
}
