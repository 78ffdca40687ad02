//! A stand-in for Nomad: it keeps jobs and variables, and places everything at once.
//!
//! Exists so that a machine without Nomad tests what the provider does with Nomad's answers. It knows no scheduling: what
//! is registered is healthy, unless a test says otherwise.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, Request, Respond, ResponseTemplate};

/// What the stand-in knows.
#[derive(Default)]
pub struct World {
    /// Jobs by id, as they were registered.
    pub jobs: BTreeMap<String, Value>,
    /// Variables by path.
    pub variables: BTreeMap<String, Value>,
    /// Volumes, by name.
    pub volumes: Vec<String>,
    /// Texts by job and version.
    pub submissions: BTreeMap<String, String>,
    /// Jobs that never become healthy.
    pub ill: Vec<String>,
    /// Jobs that were taken away.
    pub removed: Vec<String>,
    /// Requests that changed something.
    pub writes: Vec<String>,
    index: u64,
}

/// A stand-in that listens.
pub struct StandIn {
    server: MockServer,
    world: Arc<Mutex<World>>,
}

impl StandIn {
    pub async fn start() -> Self {
        let server = MockServer::start().await;
        let world = Arc::new(Mutex::new(World { index: 10, ..World::default() }));
        Mock::given(any()).respond_with(Answers(Arc::clone(&world))).mount(&server).await;
        Self { server, world }
    }

    pub fn address(&self) -> String {
        self.server.uri()
    }

    pub fn with<T>(&self, look: impl FnOnce(&mut World) -> T) -> T {
        look(&mut self.world.lock().unwrap())
    }
}

struct Answers(Arc<Mutex<World>>);

impl Respond for Answers {
    fn respond(&self, request: &Request) -> ResponseTemplate {
        let path = request.url.path().trim_start_matches("/v1/").to_owned();
        let parts: Vec<&str> = path.split('/').collect();
        let method = request.method.as_str();
        let body: Value = serde_json::from_slice(&request.body).unwrap_or_default();
        let mut world = self.0.lock().unwrap();
        if method != "GET" && parts.last() != Some(&"plan") {
            world.writes.push(format!("{method} {path}"));
        }
        world.answer(method, &parts, &body)
    }
}

/// A job with what Nomad fills in, as far as somebody here looks at it.
fn filled(job: &Value) -> Value {
    let mut job = without_nulls(job);
    if job["Type"].as_str().unwrap_or_default().is_empty() {
        job["Type"] = json!("service");
    }
    for group in job["TaskGroups"].as_array_mut().into_iter().flatten() {
        if group["Count"].is_null() {
            group["Count"] = json!(1);
        }
    }
    job
}

fn without_nulls(value: &Value) -> Value {
    match value {
        Value::Object(fields) => {
            let kept = fields.iter().filter(|(_, field)| !field.is_null());
            kept.map(|(name, field)| (name.clone(), without_nulls(field))).collect()
        }
        Value::Array(items) => items.iter().map(without_nulls).collect(),
        other => other.clone(),
    }
}

fn gone() -> ResponseTemplate {
    ResponseTemplate::new(404).set_body_string("not found")
}

impl World {
    fn ok(&self, value: Value) -> ResponseTemplate {
        ResponseTemplate::new(200).insert_header("X-Nomad-Index", self.index.to_string()).set_body_json(value)
    }

    fn answer(&mut self, method: &str, parts: &[&str], body: &Value) -> ResponseTemplate {
        match (method, parts) {
            ("GET", ["jobs"]) => self.ok(self.jobs.values().cloned().collect()),
            ("POST", ["jobs"]) => self.register(body),
            ("GET", ["job", id]) => match self.jobs.get(*id) {
                Some(job) => self.ok(job.clone()),
                None => gone(),
            },
            ("DELETE", ["job", id]) => {
                self.jobs.remove(*id);
                self.removed.push((*id).to_owned());
                self.ok(json!({"EvalID": "", "JobModifyIndex": self.index}))
            }
            (_, ["job", id, "plan"]) => self.ok(self.plan(id, &body["Job"])),
            ("GET", ["job", id, "deployment"]) => self.ok(self.deployment(id)),
            ("GET", ["job", id, "submission"]) => match self.submissions.get(*id) {
                Some(text) => self.ok(json!({"Source": text, "Format": "hcl2"})),
                None => gone(),
            },
            ("POST", ["job", id, "revert"]) => {
                let (id, to) = ((*id).to_owned(), body["JobVersion"].clone());
                self.ill.retain(|ill| *ill != id);
                self.index += 1;
                let index = self.index;
                let job = self.jobs.get_mut(&id).unwrap();
                job["Version"] = json!(job["Version"].as_u64().unwrap() + 1);
                job["JobModifyIndex"] = json!(index);
                job["RevertedTo"] = to;
                self.ok(json!({"EvalID": format!("eval-{id}"), "JobModifyIndex": index, "EvalCreateIndex": index}))
            }
            ("GET", ["evaluation", id]) => {
                let job = id.trim_start_matches("eval-");
                self.ok(json!({"ID": id, "Status": "complete", "JobID": job, "DeploymentID": format!("dep-{job}")}))
            }
            ("GET", ["deployment", id]) => self.ok(self.deployment(id.trim_start_matches("dep-"))),
            ("GET", ["var", path @ ..]) => match self.variables.get(&path.join("/")) {
                Some(variable) => self.ok(variable.clone()),
                None => gone(),
            },
            ("PUT", ["var", path @ ..]) => {
                self.index += 1;
                let variable =
                    json!({"Path": path.join("/"), "Items": body["Items"], "ModifyIndex": self.index});
                self.variables.insert(path.join("/"), variable.clone());
                self.ok(variable)
            }
            ("DELETE", ["var", path @ ..]) => {
                self.variables.remove(&path.join("/"));
                ResponseTemplate::new(204)
            }
            ("GET", ["volumes"]) => {
                let volume =
                    |name: &String| json!({"ID": format!("vol-{name}"), "Name": name, "State": "ready"});
                self.ok(self.volumes.iter().map(volume).collect())
            }
            ("PUT", ["volume", "host", "create"]) => {
                let name = body["Volume"]["Name"].as_str().unwrap().to_owned();
                self.volumes.push(name.clone());
                self.ok(json!({"Volume": {"ID": format!("vol-{name}"), "Name": name, "State": "ready"}}))
            }
            ("GET", ["volume", "host", id]) => self.ok(json!({"ID": id, "State": "ready"})),
            ("DELETE", ["volume", "host", id]) => {
                let name = id.trim_start_matches("vol-").to_owned();
                self.volumes.retain(|own| *own != name);
                self.ok(Value::Null)
            }
            _ => self.ok(json!([])),
        }
    }

    fn register(&mut self, body: &Value) -> ResponseTemplate {
        let mut job = filled(&body["Job"]);
        let id = job["ID"].as_str().unwrap().to_owned();
        let old = self.jobs.get(&id);
        let seen = old.map_or(0, |old| old["JobModifyIndex"].as_u64().unwrap());
        if body["EnforceIndex"] == json!(true) && body["JobModifyIndex"] != json!(seen) {
            let text = format!(
                "Enforcing job modify index {}: job exists with conflicting job modify index: {seen}",
                body["JobModifyIndex"]
            );
            return ResponseTemplate::new(500).set_body_string(text);
        }
        let version = old.map_or(0, |old| old["Version"].as_u64().unwrap() + 1);
        self.index += 1;
        job["Version"] = json!(version);
        job["JobModifyIndex"] = json!(self.index);
        job["ModifyIndex"] = json!(self.index);
        job["Status"] = json!("running");
        job["Stop"] = json!(false);
        self.jobs.insert(id.clone(), job);
        self.submissions
            .insert(id.clone(), body["Submission"]["Source"].as_str().unwrap_or_default().to_owned());
        self.ok(json!({"EvalID": format!("eval-{id}"), "JobModifyIndex": self.index, "EvalCreateIndex": self.index}))
    }

    /// A diff that knows counts, and otherwise only that something differs.
    fn plan(&self, id: &str, job: &Value) -> Value {
        let Some(old) = self.jobs.get(id) else {
            return json!({"JobModifyIndex": 0, "Diff": {"Type": "Added", "ID": id}});
        };
        let bare = |job: &Value| {
            let mut job = job.clone();
            for made in ["Version", "JobModifyIndex", "ModifyIndex", "Status", "Stop", "RevertedTo"] {
                job.as_object_mut().unwrap().remove(made);
            }
            job
        };
        let job = &filled(job);
        let (old_count, count) = (&old["TaskGroups"][0]["Count"], &job["TaskGroups"][0]["Count"]);
        let kind = if bare(old) == bare(job) { "None" } else { "Edited" };
        let mut groups = json!([]);
        if old_count != count {
            let field = json!({"Type": "Edited", "Name": "Count", "Old": old_count.to_string(), "New": count.to_string()});
            groups = json!([{"Type": "Edited", "Name": job["TaskGroups"][0]["Name"], "Fields": [field]}]);
        }
        let updates = json!({"DesiredTGUpdates": {"g": {"DestructiveUpdate": 1}}});
        json!({
            "JobModifyIndex": old["JobModifyIndex"],
            "Diff": {"Type": kind, "ID": id, "TaskGroups": groups},
            "Annotations": updates,
        })
    }

    fn deployment(&self, id: &str) -> Value {
        let Some(job) = self.jobs.get(id) else { return Value::Null };
        let ill = self.ill.iter().any(|ill| ill == id);
        json!({
            "ID": format!("dep-{id}"),
            "JobID": id,
            "JobVersion": job["Version"],
            "JobSpecModifyIndex": job["JobModifyIndex"],
            "Status": if ill { "failed" } else { "successful" },
            "StatusDescription": if ill { "Failed due to unhealthy allocations" } else { "Deployment completed successfully" },
        })
    }
}
