//! `packgen show`: what a pack is, and what it can be told.

use clap::Args;
use packgen::pack::Pack;
use packgen::pack::docs;
use serde_json::Value;

use super::Outcome;
use super::reply::Reply;
use super::session::Session;
use super::target;

/// Show a pack: its jobs, variables, secrets, volumes and outputs
#[derive(Debug, Args)]
pub struct Show {
    /// A built-in pack or a pack's folder.
    pack: String,
}

impl Show {
    pub fn run(&self, session: &Session) -> Outcome {
        let (pack, findings) = target::pack(session, &self.pack)?;
        let reply = Reply::text(text(&pack)).findings(findings);
        let Value::Object(fields) = docs::json(&pack) else { return Ok(reply) };
        Ok(Reply { json: fields, ..reply })
    }
}

fn text(pack: &Pack) -> String {
    let manifest = pack.manifest();
    let mut out = format!("{} {}\n{}\n", &*manifest.name.value, manifest.version, manifest.summary);
    if let Some(release) = manifest.nomad {
        out.push_str(&format!("Nomad {release} or newer\n"));
    }
    let jobs: Vec<String> = manifest.jobs.iter().map(|job| job.name.to_string()).collect();
    out.push_str(&format!("\nJobs: {}\n", jobs.join(", ")));
    section(&mut out, "Variables", docs::variables(pack));
    section(&mut out, "Secrets", docs::secrets(pack));
    section(&mut out, "Volumes", docs::volumes(pack));
    section(&mut out, "Outputs", docs::outputs(pack));
    out
}

fn section(out: &mut String, title: &str, rows: Vec<docs::Row>) {
    if rows.is_empty() {
        return;
    }
    out.push_str(&format!("\n{title}:\n"));
    for row in rows {
        out.push_str(&format!("  {}{}\n      {}\n", row.name, row.head, row.doc));
    }
}
