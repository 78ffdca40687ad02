//! Everything beside jobs: rooms, pools, variables, volumes, nodes, servers, agents, snapshots, services, logs.

use std::collections::BTreeMap;
use std::time::Duration;

use nomad::namespaces::Namespace;
use nomad::node_pools::NodePool;
use nomad::nodes::{Deadline, Drain};
use nomad::variables::Cas;
use nomad::volumes::{Capability, NewVolume};
use nomad::{Secret, Stream};
use serde_json::json;

use crate::agent::Agent;
use crate::{registered, service, watched, within};

#[tokio::test]
async fn namespaces_and_pools_come_and_go() {
    let Some(agent) = Agent::shared().await else { return };
    let client = agent.client();
    let room = Namespace { name: "room".into(), description: "a room".into(), ..Namespace::default() };
    client.namespaces().put(&room).await.expect("it is made");
    client.namespaces().put(&room).await.expect("it is so");
    let found = client.namespaces().read("room").await.expect("an answer").expect("it is there");
    assert_eq!(found.description, "a room");
    let inside = client.in_namespace("room");
    let mut job = service("tenant", "sleep 600");
    job["Namespace"] = "room".into();
    let registered = registered(&client, &job).await;
    assert!(registered.eval_id.is_some());
    assert!(inside.jobs().read("tenant").await.expect("an answer").is_some());
    assert!(client.jobs().read("tenant").await.expect("an answer").is_none());
    assert!(
        client
            .in_namespace("*")
            .jobs()
            .list("ten")
            .await
            .expect("an answer")
            .iter()
            .any(|job| job.namespace == "room")
    );
    let error = client.namespaces().delete("room").await.expect_err("a job runs there");
    assert!(error.to_string().contains("stop them first"), "{error}");
    let mut nowhere = job.clone();
    nowhere["Namespace"] = "nowhere".into();
    let error =
        client.jobs().register(&nowhere, &nomad::jobs::Register::default()).await.expect_err("no such room");
    assert!(error.to_string().contains("Create the namespace first"), "{error}");
    let purge = nomad::jobs::Deregister { purge: true, global: false };
    inside.jobs().deregister("tenant", purge).await.expect("it goes");
    client.namespaces().delete("room").await.expect("it is empty");
    assert!(client.namespaces().read("room").await.expect("an answer").is_none());

    let pool = NodePool { name: "pool".into(), description: "a pool".into(), ..NodePool::default() };
    client.node_pools().put(&pool).await.expect("it is made");
    assert_eq!(client.node_pools().read("pool").await.expect("an answer"), Some(pool));
    assert!(client.node_pools().nodes("pool").await.expect("an answer").is_empty());
    assert!(!client.node_pools().list().await.expect("an answer").is_empty());
    client.node_pools().delete("pool").await.expect("it goes");
}

#[tokio::test]
async fn variables_are_changed_by_who_knows_them() {
    let Some(agent) = Agent::shared().await else { return };
    let client = agent.client();
    let items = |value: &str| BTreeMap::from([("password".to_owned(), Secret::new(value))]);
    let (path, one) = ("nomad/jobs/app", items("one"));
    let first = client.variables().put(path, &one, Cas::Absent).await.expect("there is none");
    let error = client.variables().put(path, &one, Cas::Absent).await.expect_err("there is one");
    assert!(error.is_conflict() && error.to_string().contains("Look at it again"), "{error}");
    assert!(!format!("{error:?}").contains("one"), "{error:?}");
    let second =
        client.variables().put(path, &items("two"), Cas::At(first.modify_index)).await.expect("it is so");
    client.variables().put(path, &one, Cas::At(first.modify_index)).await.expect_err("it is not so");
    let found = client.variables().read(path).await.expect("an answer").expect("it is there");
    assert_eq!((&found.items, found.modify_index), (&items("two"), second.modify_index));
    assert!(!format!("{found:?}").contains("two"));
    assert_eq!(client.variables().list("nomad/jobs").await.expect("an answer")[0].path, path);
    client.variables().delete(path, Cas::At(first.modify_index)).await.expect_err("it is not so");
    client.variables().delete(path, Cas::Any).await.expect("it goes");
    assert!(client.variables().read(path).await.expect("an answer").is_none());
    let error = client.variables().put("nomad/other", &one, Cas::Any).await.expect_err("it is reserved");
    assert_eq!(error.status(), Some(400), "{error}");
}

#[tokio::test]
async fn a_volume_is_made_used_and_taken_away() {
    let Some(agent) = Agent::shared().await else { return };
    let client = agent.client();
    let capability =
        Capability { access_mode: "single-node-writer".into(), attachment_mode: "file-system".into() };
    let new = NewVolume {
        name: "data".into(),
        plugin_id: Some("mkdir".into()),
        requested_capabilities: vec![capability],
        ..NewVolume::default()
    };
    let made = client.volumes().create(&new).await.expect("it is made");
    let mut follow = client.volumes().read(&made.id).follow();
    let ready = loop {
        let volume = follow.next().await.expect("an answer").value.expect("it is there");
        if volume.state == "ready" {
            break volume;
        }
    };
    assert!(ready.host_path.starts_with(agent.folder.path().to_str().expect("a path")), "{ready:?}");
    assert!(client.volumes().list().await.expect("an answer").iter().any(|volume| volume.id == made.id));
    client.volumes().delete(&made.id, false).await.expect("it goes");
    assert!(client.volumes().read(&made.id).await.expect("an answer").is_none());
}

#[tokio::test]
async fn servers_agents_and_snapshots() {
    let Some(agent) = Agent::start("") else { return };
    let client = agent.client();
    agent.wait_for_node(&client).await;
    let operator = client.operator();
    assert!(operator.leader().await.expect("an answer").ends_with(&agent.rpc.to_string()));
    assert_eq!(operator.peers().await.expect("an answer").len(), 1);
    assert_eq!(operator.regions().await.expect("an answer"), ["global"]);
    assert_eq!(operator.raft().await.expect("an answer").servers.len(), 1);
    let health = operator.health().await.expect("an answer");
    assert_eq!((health.servers.len(), health.failure_tolerance), (1, 0));
    let mut autopilot = operator.autopilot().await.expect("an answer");
    autopilot.server_stabilization_time = "7s".into();
    assert!(operator.set_autopilot(&autopilot).await.expect("an answer"));
    assert!(!operator.set_autopilot(&autopilot).await.expect("an answer"), "it has changed since");
    assert_eq!(operator.autopilot().await.expect("an answer").server_stabilization_time, "7s");
    let scheduler = operator.scheduler().await.expect("an answer");
    let mut configuration = scheduler["SchedulerConfig"].clone();
    configuration["MemoryOversubscriptionEnabled"] = true.into();
    operator.set_scheduler(&configuration).await.expect("it is so");
    operator.collect_garbage().await.expect("it is done");
    operator.rotate_keys(false).await.expect("it is done");

    let myself = client.agent().myself().await.expect("an answer");
    assert!(
        myself.version().is_some_and(|version| version.split('.').count() == 3),
        "{:?}",
        myself.version()
    );
    assert_eq!(client.agent().members().await.expect("an answer")[0].status, "alive");
    let health = client.agent().health().await.expect("an answer");
    assert!(health.server.expect("it is one").ok && health.client.expect("it is one").ok);
}

#[tokio::test]
async fn a_snapshot_is_saved_and_restored() {
    let Some(agent) = Agent::server("server {\n enabled = true\n bootstrap_expect = 1\n}\n") else {
        return;
    };
    let client = agent.client();
    let operator = client.operator();
    agent.wait_for_leader(&client).await;
    let items = BTreeMap::from([("a".to_owned(), Secret::new("b"))]);
    client.variables().put("kept", &items, Cas::Any).await.expect("it is made");
    let mut snapshot = Vec::new();
    let saved = operator.save_snapshot(&mut snapshot).await.expect("it is saved");
    assert_eq!(saved.bytes, snapshot.len() as u64);
    assert_eq!(snapshot[..2], [0x1f, 0x8b]);
    client.variables().delete("kept", Cas::Any).await.expect("it goes");
    operator.restore_snapshot(std::io::Cursor::new(snapshot)).await.expect("it is restored");
    let found = client.variables().read("kept").await.expect("an answer").expect("it is back");
    assert_eq!(found.items, items);
    let error = operator.restore_snapshot(std::io::Cursor::new(b"nonsense".to_vec())).await;
    error.expect_err("it is no snapshot");
}

#[tokio::test]
async fn a_node_is_emptied_and_comes_back() {
    let Some(agent) = Agent::start("") else { return };
    let client = agent.client();
    agent.wait_for_node(&client).await;
    let (verdict, _) = watched(&client, &service("moved", "sleep 600"), &within(60)).await;
    assert!(verdict.is_good(), "{verdict}");
    let id = client.nodes().list().await.expect("an answer")[0].id.clone();
    let drain = Drain { deadline: Deadline::After(Duration::from_secs(1)), ..Drain::default() };
    client.nodes().drain(&id, &drain).await.expect("it begins");
    let mut follow = client.nodes().read(&id).follow();
    let deadline = tokio::time::Instant::now() + Duration::from_mins(1);
    loop {
        let node =
            tokio::time::timeout_at(deadline, follow.next()).await.expect("it ends").expect("an answer");
        let node = node.value.expect("it is there");
        if node.is_drained() {
            assert!(!node.is_ready());
            break;
        }
    }
    let left = client.nodes().allocations(&id).await.expect("an answer");
    assert!(left.iter().all(|alloc| !alloc.is_wanted()), "{left:?}");
    client.nodes().set_eligible(&id, true).await.expect("it is so");
    assert!(client.nodes().read(&id).await.expect("an answer").expect("it is there").is_ready());
    client
        .nodes()
        .drain(&id, &Drain { deadline: Deadline::Now, ..Drain::default() })
        .await
        .expect("it begins");
    client.nodes().cancel_drain(&id, true).await.expect("it ends");
    assert!(client.nodes().read(&id).await.expect("an answer").expect("it is there").is_ready());
}

#[tokio::test]
async fn services_are_found_and_logs_are_read() {
    let Some(agent) = Agent::shared().await else { return };
    let client = agent.client();
    let mut job = service("talks", "for i in 1 2 3 4 5; do echo line $i; done; sleep 600");
    job["TaskGroups"][0]["Networks"] = json!([{"Mode": "host", "DynamicPorts": [{"Label": "http"}]}]);
    job["TaskGroups"][0]["Services"] =
        json!([{"Name": "talks", "Provider": "nomad", "PortLabel": "http", "Tags": ["loud"]}]);
    let (verdict, _) = watched(&client, &job, &within(60)).await;
    assert!(verdict.is_good(), "{verdict}");
    let found = client.services().read("talks").await.expect("an answer");
    assert_eq!((found.len(), found[0].tags.as_slice()), (1, ["loud".to_owned()].as_slice()));
    assert_eq!(client.services().of_job("talks").await.expect("an answer"), found);
    let alloc = client.jobs().allocations("talks").await.expect("an answer").remove(0);
    let lines =
        client.allocations().last_lines(&alloc.id, "main", Stream::Stdout, 2).await.expect("an answer");
    assert_eq!(lines, ["line 4", "line 5"]);
    let none =
        client.allocations().last_lines(&alloc.id, "main", Stream::Stderr, 2).await.expect("an answer");
    assert!(none.is_empty());
    client.allocations().last_lines(&alloc.id, "nobody", Stream::Stdout, 2).await.expect_err("no such task");
    let stopped = client.allocations().stop(&alloc.id).await.expect("it stops");
    assert!(stopped.is_some());
    let mut follow = client.allocations().read(&alloc.id).follow();
    let whole = loop {
        let whole = follow.next().await.expect("an answer").value.expect("it is there");
        if !whole.is_wanted() {
            break whole;
        }
    };
    assert_eq!((whole.task_group.as_str(), whole.deployment_id.is_some()), ("all", true));
}
