//! `packgen show`: what a pack is, and what it can be told.

use clap::Args;
use packgen::pack::Pack;
use packgen::pack::docs;
use serde_json::Value;

use super::reply::Reply;
use super::session::Session;
use super::target;
use super::{Outcome, Run};

/// Show a pack: its jobs, variables, secrets, volumes and outputs
#[derive(Debug, Args)]
pub struct Show {
    /// A built-in pack or a pack's folder.
    pack: String,
}

impl Run for Show {
    fn run(&self, session: &Session) -> Outcome {
        let (pack, findings) = target::pack(session, &self.pack)?;
        let reply = Reply::text(text(&pack)).findings(findings);
        let Value::Object(fields) = docs::json(&pack) else { return Ok(reply) };
        Ok(Reply { json: fields, ..reply })
    }
}

fn text(pack: &Pack) -> String {
    let manifest = pack.manifest();
    let mut reply = Reply::default();
    reply.line(format_args!("{} {}\n{}", &*manifest.name.value, manifest.version, manifest.summary));
    if let Some(release) = manifest.nomad {
        reply.line(format_args!("Nomad {release} or newer"));
    }
    let jobs: Vec<String> = manifest.jobs.iter().map(|job| job.name.to_string()).collect();
    reply.line(format_args!("\nJobs: {}", jobs.join(", ")));
    let sections = [
        ("Variables", docs::variables(pack)),
        ("Secrets", docs::secrets(pack)),
        ("Volumes", docs::volumes(pack)),
        ("Outputs", docs::outputs(pack)),
    ];
    for (title, rows) in sections.iter().filter(|(_, rows)| !rows.is_empty()) {
        reply.line(format_args!("\n{title}:"));
        for row in rows {
            reply.line(format_args!("  {}{}\n      {}", row.name, row.head, row.doc));
        }
    }
    reply.text
}
