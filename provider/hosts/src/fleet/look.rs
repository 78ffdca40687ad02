//! What is seen of hosts: over one connection each, and nothing is changed.

use std::collections::BTreeMap;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use futures_util::future::FutureExt;
use zeroize::Zeroizing;

use super::{Reach, Sight, together};
use crate::converge::{Event, Script};
use crate::secrets::RootSecrets;
use crate::spec::ClusterSpec;
use crate::way::{Answer, Task};
use crate::{Fault, cluster, way};

/// What was seen of a host.
#[derive(Clone, Debug)]
pub struct Seen {
    /// The hash of the blueprint that was last brought about there; none if none ever was.
    pub applied: Option<String>,
    /// The mark of the cluster that it is a host of, if it is one.
    pub owner: Option<String>,
    /// What differs from the blueprint that was looked for.
    pub changes: Vec<Event>,
}

/// What a server keeps of its cluster.
#[derive(Clone, Debug)]
pub struct Kept {
    /// Its root secrets.
    pub root: RootSecrets,
    /// What it should be; nothing where a run was cut off before that was written.
    pub spec: Option<ClusterSpec>,
}

/// What each of these hosts keeps, if it answers and keeps any root secrets; and why the others do not answer.
pub async fn find_kept<R: Reach>(
    reach: &R,
    hosts: &[String],
    limit: usize,
) -> (BTreeMap<String, Kept>, Vec<Fault>) {
    let task = looking();
    let looks = hosts.iter().map(|host| reach.run(host, &task, &|_| ()).boxed()).collect();
    let looks = together(limit, looks).await;
    let (mut kept, mut faults) = (BTreeMap::new(), Vec::new());
    for (host, look) in hosts.iter().zip(looks) {
        match look.map_err(Fault::from).and_then(|answer| Ok((root(host, &answer)?, answer))) {
            Ok((Some(root), answer)) => {
                let spec = spec(host, &answer).ok().flatten();
                kept.insert(host.clone(), Kept { root, spec });
            }
            Ok((None, _)) => {}
            Err(fault) => faults.push(fault),
        }
    }
    (kept, faults)
}

/// What each of these hosts is beside what it should be; where it does not answer, why.
pub async fn survey<R: Reach>(
    reach: &R,
    scripts: &BTreeMap<String, Script>,
    limit: usize,
) -> BTreeMap<String, Result<Seen, way::Fault>> {
    let looks = scripts.iter().map(|(host, script)| look(reach, host, script).boxed()).collect();
    let seen = together(limit, looks).await;
    scripts.keys().cloned().zip(seen).collect()
}

/// A host that does not say what it is within this time is one that does not answer.
fn looking() -> Task {
    Task { deadline: Duration::from_secs(140), ..Task::new(include_str!("look.sh")) }
}

async fn look<R: Reach>(reach: &R, host: &str, script: &Script) -> Result<Seen, way::Fault> {
    let mut task = looking();
    task.files.insert("converge".into(), script.text.expose().as_bytes().to_vec());
    match reach.run(host, &task, &|_| ()).await {
        // It could not compare to the end; what it said until then counts.
        Err(fault) if matches!(fault.cause(), way::Cause::Script(_)) => Ok(seen(fault.said())),
        other => other.map(|answer| seen(&answer.said)),
    }
}

impl Seen {
    /// Whether an agent of the cluster would start anew.
    pub fn restarts(&self) -> bool {
        let agent = |event: &Event| matches!(event, Event::Changed { kind, name } if kind == "restarted" && matches!(name.as_str(), "nomad.service" | "consul.service"));
        self.gets_another_nomad() || self.gets_another_consul() || self.changes.iter().any(agent)
    }

    /// Whether it would get another Nomad.
    pub fn gets_another_nomad(&self) -> bool {
        self.gets_another("nomad ")
    }

    /// Whether it would get another Consul.
    pub fn gets_another_consul(&self) -> bool {
        self.gets_another("consul ")
    }

    fn gets_another(&self, start: &str) -> bool {
        let program = |event: &Event| matches!(event, Event::Changed { kind, name } if kind == "program" && name.starts_with(start));
        self.changes.iter().any(program)
    }

    /// Whether it carries a cluster's mark and is what it should be, but for our notes: without them nobody knows which
    /// programs were installed and which rules are in force.
    pub fn lost_notes(&self) -> bool {
        let kinds = ["firewall", "program", "started", "restarted", "reloaded"];
        let follows =
            |event: &Event| matches!(event, Event::Changed { kind, .. } if kinds.contains(&kind.as_str()));
        self.applied.is_none() && self.owner.is_some() && self.changes.iter().all(follows)
    }

    /// What it comes to.
    pub fn sight(&self) -> Sight {
        match (&self.applied, self.changes.is_empty()) {
            _ if self.lost_notes() => Sight::Other,
            (None, _) => Sight::Blank,
            (Some(_), true) => Sight::Same,
            (Some(_), false) => Sight::Other,
        }
    }
}

fn seen(said: &[String]) -> Seen {
    let applied = said.iter().find_map(|line| line.strip_prefix("applied\t"));
    let counts = |event: &Event| matches!(event, Event::Changed { .. } | Event::Fault { .. });
    Seen {
        applied: applied.filter(|hash| !hash.is_empty()).map(str::to_owned),
        owner: said.iter().find_map(|line| line.strip_prefix("owner\t")).map(str::to_owned),
        changes: said.iter().filter_map(|line| Event::parse(line)).filter(counts).collect(),
    }
}

/// What a server says of its cluster: what it should be, and its root secrets.
pub async fn find_cluster<R: Reach>(reach: &R, host: &str) -> Result<(ClusterSpec, RootSecrets), Fault> {
    let answer = reach.run(host, &looking(), &|_| ()).await.map_err(Fault::from)?;
    let nothing = || {
        let cause = format!("there is no {} on it, or no {}", cluster::SPEC, cluster::ROOT_SECRETS);
        let cure = "Name one of the servers of a cluster that lostops made";
        Fault::of_host(host, "It is no server of a cluster that lostops made", cause, cure)
    };
    let root = root(host, &answer)?.ok_or_else(nothing)?;
    Ok((spec(host, &answer)?.ok_or_else(nothing)?, root))
}

fn spec(host: &str, answer: &Answer) -> Result<Option<ClusterSpec>, Fault> {
    let wrong = |why| damaged(host, cluster::SPEC, why);
    let Some(text) = part(answer, "cluster").map_err(wrong)? else { return Ok(None) };
    cluster::kept(&text).map(Some).map_err(wrong)
}

fn root(host: &str, answer: &Answer) -> Result<Option<RootSecrets>, Fault> {
    let wrong = |why| damaged(host, cluster::ROOT_SECRETS, why);
    let Some(text) = part(answer, "root").map_err(wrong)? else { return Ok(None) };
    RootSecrets::from_text(&text).map(Some).map_err(|error| wrong(error.to_string()))
}

fn damaged(host: &str, file: &str, why: String) -> Fault {
    let cure = "Put it back from another server, or from a backup";
    Fault::of_host(host, format!("{file} cannot be read"), why, cure)
}

/// A file that came along in lines of base64; none if it is not there.
fn part(answer: &Answer, name: &str) -> Result<Option<Zeroizing<String>>, String> {
    let mut text = Zeroizing::new(String::new());
    let lines = answer.said.iter().filter_map(|line| line.strip_prefix(name)?.strip_prefix('\t'));
    lines.for_each(|line| text.push_str(line));
    if text.is_empty() {
        return Ok(None);
    }
    let bytes = BASE64.decode(text.as_bytes()).map(Zeroizing::new).map_err(|error| error.to_string())?;
    let text = std::str::from_utf8(&bytes).map_err(|_| "it is not text".to_owned())?;
    Ok(Some(Zeroizing::new(text.to_owned())))
}
