//! Every built-in pack as a resource, in every variant that a person would ask for, the same by `lostops_job`, and a jobspec
//! of every kind: one apply, and nothing is left to do; a destroy, and nothing is left.
//!
//! Nobody waits for health here: what is planned has to be right where there is neither Docker nor Consul, too.

use std::sync::Arc;

use acceptance_tests::Workspace;
use acceptance_tests::cluster::Cluster;
use acceptance_tests::variants::{self, Variant};
use packgen::hcl::data::json::encode;
use packgen::hcl::variables::{Format, Given, Inputs, Layer};
use packgen::pack::{Builtin, Pack, Request};
use packgen::source::SourceMap;
use serde_json::{Map, Value, json};

/// What everything here is called in Nomad.
const PREFIX: &str = "variant-";

/// Jobspecs: a kind, and what makes a job one.
const KINDS: &[(&str, &str)] = &[
    ("service", "type = \"service\""),
    ("system", "type = \"system\""),
    ("batch", "type = \"batch\""),
    ("sysbatch", "type = \"sysbatch\""),
    ("periodic", "type = \"batch\"\nperiodic {\ncrons = [\"0 0 1 1 *\"]\n}"),
    ("parameterized", "type = \"batch\"\nparameterized {\npayload = \"optional\"\n}"),
];

/// What else changes a group: where it is registered, and what Nomad adds by itself.
const GROUPS: &[(&str, &str)] = &[
    ("nomad", "network {\nport \"http\" {}\n}\nservice {\nprovider = \"nomad\"\nport = \"http\"\n}"),
    ("consul", "network {\nport \"http\" {}\n}\nservice {\nprovider = \"consul\"\nport = \"http\"\n}"),
    ("scaled", "scaling {\nmax = 3\n}"),
    ("disk", "ephemeral_disk {\nsticky = true\n}\ndisconnect {\nlost_after = \"1h\"\n}"),
];

pub fn every_variant_is_settled_by_one_apply(here: &Workspace, cluster: &Cluster) {
    let mut resources = Map::new();
    for pack in Builtin::all() {
        for variant in variants::of(pack.name()) {
            add(&mut resources, pack, variant);
        }
    }
    let jobspecs = KINDS
        .iter()
        .map(|(name, text)| (name, *text, ""))
        .chain(GROUPS.iter().map(|(name, text)| (name, "", *text)));
    for (name, job, group) in jobspecs {
        let text = jobspec(&format!("{PREFIX}{name}"), job, group);
        resources["lostops_job"][*name] = json!({ "jobspec": text, "wait": false });
    }
    let resources = Value::Object(resources);
    here.write("main.tf.json", &json!({ "resource": literal(&resources) }).to_string());

    here.apply();
    let state = here.state();
    for (ty, of_type) in resources.as_object().expect("an object") {
        for name in of_type.as_object().expect("an object").keys() {
            let attribute = |name_of: &str| state.attribute(&format!("{ty}.{name}.{name_of}"));
            assert_eq!(attribute("complete"), true, "{ty}.{name}");
            let jobs = attribute("job_ids").as_object().map_or(0, Map::len);
            assert!(jobs > 0 && attribute("versions").as_object().map_or(0, Map::len) == jobs, "{ty}.{name}");
        }
    }
    assert!(!left(cluster, "/v1/volumes?type=host", "Name").is_empty(), "no variant has a volume");
    assert!(!left(cluster, "/v1/vars", "Path").is_empty(), "no variant has a secret");
    here.nothing_to_do();
    // Not by its exit code: Terraform takes another order of the sensitive attributes in a state for a change.
    let refreshed = here.run(&["plan", "-refresh-only"]);
    refreshed.ok().says("No changes. Your infrastructure still matches the configuration.");

    here.destroy();
    for (path, name) in [("/v1/jobs", "ID"), ("/v1/volumes?type=host", "Name"), ("/v1/vars", "Path")] {
        assert_eq!(left(cluster, path, name), [""; 0], "{path}");
    }
}

/// A variant as the pack's own resource, and as a `lostops_job`.
fn add(resources: &mut Map<String, Value>, pack: Builtin, variant: &Variant) {
    let Variant { name, .. } = variant;
    let called = |by: &str| format!("{PREFIX}{by}-{}-{name}", pack.name().replace('_', "-"));
    let Needs { variables, secrets, volumes } = Needs::of(pack, variant);
    let common = |by: &str| json!({ "name": called(by), "wait": false, "delete_data": volumes.clone() });
    let mut own = common("r");
    let fields = own.as_object_mut().expect("an object");
    fields.extend(variables.clone());
    fields.extend(secrets.iter().map(|secret| (format!("{secret}_wo"), json!("hunter2"))));
    fields.extend(secrets.iter().map(|secret| (format!("{secret}_wo_version"), json!(1))));
    put(resources, format!("lostops_{}", pack.name()), (*name).to_owned(), own);

    let mut job = common("j");
    job["pack"] = pack.name().into();
    job["variables"] = Value::Object(variables);
    if !secrets.is_empty() {
        job["secrets_wo"] = secrets.into_iter().map(|secret| (secret, json!("hunter2"))).collect();
        job["secrets_wo_version"] = 1.into();
    }
    put(resources, "lostops_job".to_owned(), format!("{}_{name}", pack.name()), job);
}

fn put(resources: &mut Map<String, Value>, ty: String, name: String, value: Value) {
    let of_type = resources.entry(ty).or_insert_with(|| json!({}));
    of_type[name] = value;
}

/// What a variant gives to a pack, and what it has to be given besides.
struct Needs {
    variables: Map<String, Value>,
    secrets: Vec<String>,
    volumes: Vec<String>,
}

impl Needs {
    fn of(pack: Builtin, variant: &Variant) -> Self {
        let sources = Arc::new(SourceMap::new());
        let file = sources.add("variables.hcl", variant.variables);
        let layer = Layer::file(&sources, file, Format::Hcl).expect("variables can be read");
        let variables = layer.values.iter().filter_map(|(name, given)| match given {
            Given::Value(value) => {
                let text = encode(value).expect("a variable is data");
                Some((name.value.to_string(), serde_json::from_str(text.as_str()).expect("JSON")))
            }
            Given::Text(..) => None,
        });
        let variables = variables.collect();
        let (pack, _) = Pack::load(Arc::new(pack), sources).expect("a built-in pack is right");
        let request = Request { inputs: Inputs::default().with(layer), ..Request::default() };
        let rendered = pack.render(&request).expect("a variant can be rendered");
        let given = rendered.secrets.iter().filter(|secret| secret.generate.is_none());
        Self {
            variables,
            secrets: given.map(|secret| secret.name.clone()).collect(),
            volumes: rendered.volumes.iter().map(|volume| volume.name.clone()).collect(),
        }
    }
}

fn jobspec(id: &str, job: &str, group: &str) -> String {
    // What is to end ends at once, what is to stay stays.
    let command = if job.contains("batch") {
        "command = \"/bin/true\""
    } else {
        "command = \"/bin/sleep\"\nargs = [\"600\"]"
    };
    format!(
        "job \"{id}\" {{\n{job}\ngroup \"all\" {{\n{group}\ntask \"main\" {{\ndriver = \"raw_exec\"\nconfig {{\n{command}\n}}\n\
         resources {{\ncpu = 20\nmemory = 16\n}}\n}}\n}}\n}}\n"
    )
}

/// The same for a configuration in JSON, where every text is a template.
fn literal(value: &Value) -> Value {
    match value {
        Value::String(text) => text.replace("${", "$${").replace("%{", "%%{").into(),
        Value::Array(items) => items.iter().map(literal).collect(),
        Value::Object(fields) => fields.iter().map(|(name, field)| (name.clone(), literal(field))).collect(),
        other => other.clone(),
    }
}

/// What Nomad lists there that is of this test.
fn left(cluster: &Cluster, path: &str, name: &str) -> Vec<String> {
    let list = cluster.get(path).json();
    let names = list.as_array().into_iter().flatten().filter_map(|one| one[name].as_str());
    names.filter(|name| name.contains(PREFIX)).map(str::to_owned).collect()
}
