//! The fake and a real Nomad are asked the same, call by call: whatever the fake says, the real one says as well.

mod pair;

use acceptance_tests::cluster::{Answer, Cluster};
use serde_json::{Value, json};

use self::pair::Pair;

pub fn the_fake_answers_as_the_real_one_does() {
    let pair =
        Pair { fake: Cluster::fake(), real: Cluster::real().expect("nomad is here"), problems: Vec::new() };
    let mut pair = pair;
    parsing(&mut pair);
    registering(&mut pair);
    changing(&mut pair);
    failing(&mut pair);
    canaries(&mut pair);
    nouns(&mut pair);
    let Pair { problems, .. } = pair;
    assert!(problems.is_empty(), "{} differences:\n{}", problems.len(), problems.join("\n"));
}

fn job(id: &str) -> Value {
    json!({"ID": id, "Name": id, "Type": "service", "Datacenters": ["*"],
        "Update": {"MaxParallel": 1, "HealthCheck": "task_states", "MinHealthyTime": 100_000_000,
            "HealthyDeadline": 20_000_000_000_u64, "ProgressDeadline": 30_000_000_000_u64},
        "TaskGroups": [{"Name": "all", "Count": 1, "RestartPolicy": {"Attempts": 0, "Mode": "fail"}, "EphemeralDisk": {"SizeMB": 10},
            "Tasks": [{"Name": "main", "Driver": "raw_exec", "Config": {"command": "/bin/sh", "args": ["-c", "echo hello; sleep 600"]},
                "Env": {"V": "1"}, "Resources": {"CPU": 20, "MemoryMB": 16}, "KillTimeout": 1_000_000_000,
                "LogConfig": {"MaxFiles": 1, "MaxFileSizeMB": 1}}]}]})
}

fn parsing(pair: &mut Pair) {
    let text = "job \"parsed\" {\n  group \"g\" {\n    count = 2\n    task \"t\" {\n      driver = \"raw_exec\"\n      config {\n        command = \"true\"\n      }\n    }\n  }\n}\n";
    pair.ask("POST", "/v1/jobs/parse", &json!({"JobHCL": text}));
    pair.ask("POST", "/v1/validate/job", &json!({"Job": job("checked")}));
    let mut wrong = job("checked");
    wrong["TaskGroups"][0]["Tasks"] = json!([]);
    pair.ask("POST", "/v1/validate/job", &json!({"Job": wrong}));
    pair.ask("POST", "/v1/jobs", &json!({"Job": wrong}));
    let mut nowhere = job("nowhere");
    nowhere["Namespace"] = "nowhere".into();
    pair.ask("POST", "/v1/jobs", &json!({"Job": nowhere}));
    let mut pool = job("no-pool");
    pool["NodePool"] = "nothing".into();
    pair.ask("POST", "/v1/jobs", &json!({"Job": pool}));
}

fn registering(pair: &mut Pair) {
    let first = job("compared");
    pair.get("/v1/job/compared");
    pair.get("/v1/job/compared/versions");
    pair.get("/v1/job/compared/deployment");
    pair.ask("POST", "/v1/job/compared/plan", &json!({"Job": first, "Diff": true}));
    let absent = json!({"Job": first, "EnforceIndex": true, "JobModifyIndex": 0, "Submission": {"Source": "text", "Format": "hcl2"}});
    pair.ask("POST", "/v1/jobs", &absent);
    pair.ask("POST", "/v1/jobs", &absent);
    pair.wait("/v1/job/compared/deployment", "Status", &json!("successful"));
    pair.wait("/v1/job/compared", "Status", &json!("running"));
    for path in [
        "",
        "/versions",
        "/deployment",
        "/deployments",
        "/allocations",
        "/scale",
        "/submission?version=0",
        "/submission?version=9",
    ] {
        pair.get(&format!("/v1/job/compared{path}"));
    }
    pair.get("/v1/jobs?prefix=compared&meta=true");
    pair.each("an evaluation", |cluster| {
        let evals = cluster.get("/v1/job/compared/evaluations").json();
        let first =
            evals.as_array().and_then(|all| all.iter().find(|eval| eval["TriggeredBy"] == "job-register"));
        cluster.get(&format!(
            "/v1/evaluation/{}",
            first.and_then(|eval| eval["ID"].as_str()).unwrap_or_default()
        ))
    });
    pair.each("an allocation", |cluster| {
        let allocs = cluster.get("/v1/job/compared/allocations").json();
        let mut whole =
            cluster.get(&format!("/v1/allocation/{}", allocs[0]["ID"].as_str().unwrap_or_default())).json();
        whole.as_object_mut().map(|whole| whole.remove("Job"));
        Answer { status: 200, text: whole.to_string() }
    });
    pair.each("a log", |cluster| {
        let allocs = cluster.get("/v1/job/compared/allocations").json();
        let path = format!(
            "/v1/client/fs/logs/{}?task=main&type=stdout&plain=true&origin=end&offset=100",
            allocs[0]["ID"].as_str().unwrap_or_default()
        );
        let answer = cluster.get(&path);
        Answer { status: answer.status, text: json!(answer.text.contains("hello")).to_string() }
    });
    for path in [
        "/v1/evaluation/00000000-0000-0000-0000-000000000000",
        "/v1/deployment/00000000-0000-0000-0000-000000000000",
        "/v1/allocation/00000000-0000-0000-0000-000000000000",
    ] {
        pair.get(path);
    }
    let mut scaled = job("scaled");
    scaled["TaskGroups"][0]["Scaling"] = json!({"Max": 3});
    pair.ask("POST", "/v1/jobs", &json!({"Job": scaled}));
    pair.wait("/v1/job/scaled/deployment", "Status", &json!("successful"));
    pair.get("/v1/job/scaled");
    pair.ask("DELETE", "/v1/job/scaled?purge=true", &Value::Null);
}

fn changing(pair: &mut Pair) {
    let same = job("compared");
    pair.ask("POST", "/v1/job/compared/plan", &json!({"Job": same, "Diff": true}));
    let change = |path: &str, value: Value| {
        let mut changed = job("compared");
        *changed.pointer_mut(path).expect("a place") = value;
        json!({"Job": changed, "Diff": true})
    };
    let mut more = job("compared");
    more["Priority"] = 70.into();
    more["Meta"] = json!({"owner": "ops"});
    more["Constraints"] = json!([{"LTarget": "${attr.kernel.name}", "Operand": "=", "RTarget": "linux"}]);
    more["TaskGroups"][0]["Tasks"][0]["Templates"] =
        json!([{"DestPath": "local/x", "EmbeddedTmpl": "hello"}]);
    let mut moved = job("compared");
    moved["TaskGroups"][0]["Services"] =
        json!([{"Name": "web", "Provider": "nomad", "Tags": ["a"], "PortLabel": ""}]);
    moved["TaskGroups"][0]["RestartPolicy"]["Attempts"] = 1.into();
    for body in [
        change("/TaskGroups/0/Count", json!(3)),
        change("/TaskGroups/0/Tasks/0/Env/V", json!("2")),
        change("/TaskGroups/0/Tasks/0/Config/args/1", json!("sleep 700")),
        change("/TaskGroups/0/Tasks/0/Resources/MemoryMB", json!(32)),
        change("/TaskGroups/0/Tasks/0/KillTimeout", json!(2_000_000_000)),
        change("/TaskGroups/0/Name", json!("other")),
        change("/Update/MaxParallel", json!(2)),
        json!({"Job": more, "Diff": true}),
        json!({"Job": moved, "Diff": true}),
    ] {
        pair.ask("POST", "/v1/job/compared/plan", &body);
    }
    pair.ask(
        "POST",
        "/v1/job/compared/scale",
        &json!({"Count": 2, "Target": {"Group": "all"}, "Message": "more"}),
    );
    pair.wait("/v1/job/compared/deployment", "JobVersion", &json!(1));
    pair.wait("/v1/job/compared/deployment", "Status", &json!("successful"));
    pair.get("/v1/job/compared/scale");
    pair.get("/v1/job/compared/deployment");
    pair.ask(
        "POST",
        "/v1/job/compared/revert",
        &json!({"JobID": "compared", "JobVersion": 0, "EnforcePriorVersion": 7}),
    );
    pair.ask("POST", "/v1/job/compared/revert", &json!({"JobID": "compared", "JobVersion": 0}));
    pair.wait("/v1/job/compared", "Version", &json!(2));
    pair.ask("DELETE", "/v1/job/compared", &Value::Null);
    pair.wait("/v1/job/compared", "Status", &json!("dead"));
    pair.get("/v1/job/compared");
    let plan = json!({"Job": job("compared"), "Diff": true});
    pair.ask("POST", "/v1/job/compared/plan", &plan);
    pair.ask("DELETE", "/v1/job/compared?purge=true", &Value::Null);
    pair.get("/v1/job/compared");
    pair.ask("DELETE", "/v1/job/nobody", &Value::Null);
}

fn failing(pair: &mut Pair) {
    let mut broken = job("broken");
    broken["TaskGroups"][0]["Tasks"][0]["Config"]["args"][1] = "echo why >&2; exit 3".into();
    broken["TaskGroups"][0]["ReschedulePolicy"] = json!({"Attempts": 0, "Unlimited": false});
    broken["Update"]["ProgressDeadline"] = 0.into();
    // However busy the machine is, it ends before it could count as healthy.
    broken["Update"]["MinHealthyTime"] = 8_000_000_000_u64.into();
    pair.ask("POST", "/v1/jobs", &json!({"Job": broken}));
    pair.wait("/v1/job/broken/deployment", "Status", &json!("failed"));
    pair.get("/v1/job/broken/deployment");
    pair.get("/v1/job/broken/allocations");
    pair.each("the events' kinds", |cluster| {
        let allocs = cluster.get("/v1/job/broken/allocations").json();
        let events = allocs[0]["TaskStates"]["main"]["Events"].as_array().cloned().unwrap_or_default();
        let kinds: Vec<&Value> =
            events.iter().map(|event| &event["Type"]).filter(|kind| *kind != "Alloc Unhealthy").collect();
        Answer {
            status: 200,
            text: json!(
                kinds
                    .iter()
                    .enumerate()
                    .map(|(at, kind)| (at.to_string(), (*kind).clone()))
                    .collect::<serde_json::Map<_, _>>()
            )
            .to_string(),
        }
    });
    pair.ask("DELETE", "/v1/job/broken?purge=true", &Value::Null);
    let mut large = job("large");
    large["TaskGroups"][0]["Tasks"][0]["Resources"]["MemoryMB"] = 9_000_000.into();
    pair.ask("POST", "/v1/jobs", &json!({"Job": large}));
    pair.wait("/v1/job/large/evaluations", "0.Status", &json!("blocked"));
    pair.wait("/v1/job/large", "Status", &json!("running"));
    pair.each("why it is not placed", |cluster| {
        let evals = cluster.get("/v1/job/large/evaluations").json();
        let failed = evals.as_array().and_then(|all| all.iter().find(|eval| eval["TriggeredBy"] == "job-register")).cloned();
        let why = failed.unwrap_or_default()["FailedTGAllocs"]["all"].clone();
        Answer { status: 200, text: json!({"DimensionExhausted": why["DimensionExhausted"], "NodesEvaluated": why["NodesEvaluated"]}).to_string() }
    });
    pair.ask("DELETE", "/v1/job/large?purge=true", &Value::Null);
    let mut driver = job("driverless");
    driver["TaskGroups"][0]["Tasks"][0]["Driver"] = "unknown".into();
    pair.ask("POST", "/v1/job/driverless/plan", &json!({"Job": driver, "Diff": false}));
    let mut volume = job("no-volume");
    volume["TaskGroups"][0]["Volumes"] = json!({"d": {"Name": "d", "Type": "host", "Source": "nothing"}});
    pair.ask("POST", "/v1/job/no-volume/plan", &json!({"Job": volume, "Diff": false}));
    let mut constraint = job("windows");
    constraint["Constraints"] =
        json!([{"LTarget": "${attr.kernel.name}", "Operand": "=", "RTarget": "windows"}]);
    pair.ask("POST", "/v1/job/windows/plan", &json!({"Job": constraint, "Diff": false}));
}

fn canaries(pair: &mut Pair) {
    let mut bird = job("bird-2");
    bird["Update"]["Canary"] = 1.into();
    pair.ask("POST", "/v1/jobs", &json!({"Job": bird}));
    pair.wait("/v1/job/bird-2/deployment", "Status", &json!("successful"));
    bird["TaskGroups"][0]["Tasks"][0]["Env"]["V"] = "2".into();
    pair.ask("POST", "/v1/job/bird-2/plan", &json!({"Job": bird, "Diff": true}));
    pair.ask("POST", "/v1/jobs", &json!({"Job": bird}));
    pair.wait("/v1/job/bird-2/deployment", "JobVersion", &json!(1));
    pair.wait("/v1/job/bird-2/deployment", "TaskGroups.all.HealthyAllocs", &json!(1));
    pair.get("/v1/job/bird-2/deployment");
    pair.get("/v1/job/bird-2/scale");
    pair.each("the promotion", |cluster| {
        let id =
            cluster.get("/v1/job/bird-2/deployment").json()["ID"].as_str().unwrap_or_default().to_owned();
        cluster.call(
            "PUT",
            &format!("/v1/deployment/promote/{id}"),
            &json!({"DeploymentID": id, "All": true}),
        )
    });
    pair.wait("/v1/job/bird-2/deployment", "Status", &json!("successful"));
    pair.get("/v1/job/bird-2/deployment");
    pair.each("a second promotion", |cluster| {
        let id =
            cluster.get("/v1/job/bird-2/deployment").json()["ID"].as_str().unwrap_or_default().to_owned();
        let answer = cluster.call(
            "PUT",
            &format!("/v1/deployment/promote/{id}"),
            &json!({"DeploymentID": id, "All": true}),
        );
        Answer { status: answer.status, text: json!({"text": answer.text.trim()}).to_string() }
    });
    pair.wait("/v1/job/bird-2/scale", "TaskGroups.all.Running", &json!(1));
    pair.ask("DELETE", "/v1/job/bird-2?purge=true", &Value::Null);
}

fn nouns(pair: &mut Pair) {
    let items = |value: &str| json!({"Path": "nomad/jobs/compared", "Items": {"a": value}});
    let path = "/v1/var/nomad/jobs/compared";
    pair.get(path);
    pair.ask("PUT", &format!("{path}?cas=0"), &items("1"));
    pair.ask("PUT", &format!("{path}?cas=0"), &items("2"));
    pair.get(path);
    pair.get("/v1/vars?prefix=nomad/jobs/compared");
    pair.ask("PUT", "/v1/var/nomad/other", &json!({"Path": "nomad/other", "Items": {"a": "b"}}));
    pair.ask("DELETE", path, &Value::Null);
    pair.get(path);
    pair.get("/v1/namespace/room-2");
    pair.ask("PUT", "/v1/namespace/room-2", &json!({"Name": "room-2", "Description": "a room"}));
    pair.get("/v1/namespace/room-2");
    let mut tenant = job("tenant-2");
    tenant["Namespace"] = "room-2".into();
    pair.ask("POST", "/v1/jobs", &json!({"Job": tenant}));
    pair.wait("/v1/job/tenant-2?namespace=room-2", "Status", &json!("running"));
    pair.ask("DELETE", "/v1/namespace/room-2", &Value::Null);
    pair.ask("DELETE", "/v1/job/tenant-2?namespace=room-2&purge=true", &Value::Null);
    for cluster in [&pair.fake, &pair.real] {
        let stops = |answer: &Answer| {
            let all = answer.json();
            all.as_array().is_some_and(|all| all.iter().all(|alloc| alloc["DesiredStatus"] == "stop"))
        };
        assert!(cluster.becomes("/v1/allocations?namespace=room-2", stops), "the tenant does not stop");
    }
    pair.ask("DELETE", "/v1/namespace/room-2", &Value::Null);
    pair.get("/v1/node/pool/pool-2");
    pair.ask("PUT", "/v1/node/pools", &json!({"Name": "pool-2", "Description": "a pool"}));
    pair.get("/v1/node/pool/pool-2");
    pair.ask("DELETE", "/v1/node/pool/pool-2", &Value::Null);
    pair.get("/v1/volumes?type=csi");
    pair.get("/v1/regions");
    pair.get("/v1/nothing");
}
