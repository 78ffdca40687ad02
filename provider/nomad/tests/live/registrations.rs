//! Jobs: parsed, checked, registered once, changed by two, scaled, taken back, taken away.

use std::collections::BTreeMap;

use nomad::deployment::{Removal, watch_removal};
use nomad::jobs::{Check, Deregister, Register, Source};

use crate::agent::Agent;
use crate::{job, registered, service, watched, within};

const TEXT: &str = r#"job "parsed" {
  group "g" {
    task "t" {
      driver = "raw_exec"
      config { command = "true" }
    }
  }
}"#;

#[tokio::test]
async fn nomad_parses_and_validates() {
    let Some(agent) = Agent::shared().await else { return };
    let client = agent.client();
    let parsed = client.jobs().parse(TEXT, "", false).await.expect("it is a jobspec");
    assert_eq!(parsed["TaskGroups"][0]["Tasks"][0]["Driver"], "raw_exec");
    let error = client.jobs().parse("job {", "", false).await.expect_err("it is no jobspec");
    assert_eq!(error.status(), Some(400));
    assert!(error.text().contains("input.hcl:1"), "{error}");
    assert!(client.jobs().validate(&parsed).await.expect("an answer").errors.is_empty());
    let mut wrong = parsed.clone();
    wrong["TaskGroups"][0]["Count"] = (-1).into();
    let validation = client.jobs().validate(&wrong).await.expect("an answer");
    assert!(!validation.errors.is_empty(), "{validation:?}");
    let error = client.jobs().register(&wrong, &Register::default()).await.expect_err("it is invalid");
    assert!(error.to_string().contains("finds what was sent invalid"), "{error}");
    assert!(!error.may_have_happened(), "{error}");
}

#[tokio::test]
async fn of_two_writers_the_second_is_told() {
    let Some(agent) = Agent::shared().await else { return };
    let client = agent.client();
    let mut job = job("two-writers", "service", "sleep 60");
    job["TaskGroups"][0]["Count"] = 0.into();
    let source = Some(Source::Json(job.to_string()));
    let absent = Register { check: Check::Absent, source, ..Register::default() };
    let first = client.jobs().register(&job, &absent).await.expect("there is none yet");
    let error = client.jobs().register(&job, &absent).await.expect_err("now there is one");
    assert!(error.is_conflict() && error.to_string().contains("changed by somebody else"), "{error}");
    job["Priority"] = 60.into();
    let at = Register { check: Check::At(first.job_modify_index), ..Register::default() };
    let second = client.jobs().register(&job, &at).await.expect("it is as it was");
    assert!(second.job_modify_index > first.job_modify_index);
    let error = client.jobs().register(&job, &at).await.expect_err("it is not as it was");
    assert!(error.is_conflict(), "{error}");
    let found = client.jobs().read("two-writers").await.expect("an answer").expect("it is there");
    assert_eq!((found.version, found.job_modify_index), (1, second.job_modify_index));
    let submission =
        client.jobs().submission("two-writers", 0).await.expect("an answer").expect("it is kept");
    assert_eq!(submission.format, "json");
    assert!(client.jobs().read("nobody").await.expect("an answer").is_none());
    client
        .jobs()
        .deregister("two-writers", Deregister { purge: true, global: false })
        .await
        .expect("it goes");
}

#[tokio::test]
async fn a_job_is_scaled_reverted_followed_and_taken_away() {
    let Some(agent) = Agent::shared().await else { return };
    let client = agent.client();
    let id = "scaled/and-reverted";
    let mut job = service(id, "sleep 600");
    let (verdict, _) = watched(&client, &job, &within(60)).await;
    assert!(verdict.is_good(), "{verdict}");
    let mut follow = client.jobs().scale(id).follow();
    assert!(follow.next().await.expect("an answer").value.is_some());
    client.jobs().set_count(id, "all", 2, "more").await.expect("it is scaled");
    let scaled = loop {
        let scale = follow.next().await.expect("an answer").value.expect("it is there");
        let group = scale.task_groups["all"];
        if group.running == 2 {
            break group;
        }
    };
    assert_eq!(scaled.desired, 2);
    job["Meta"] = serde_json::json!({"a": "b"});
    job["TaskGroups"][0]["Count"] = 2.into();
    registered(&client, &job).await;
    let versions = client.jobs().versions(id).await.expect("an answer").expect("it is there").versions;
    assert_eq!(versions.iter().map(|version| version.version).collect::<Vec<_>>(), [2, 1, 0]);
    client.jobs().revert(id, 0, Some(7)).await.expect_err("it is not version 7");
    client.jobs().revert(id, 0, Some(2)).await.expect("it goes back");
    let back = client.jobs().read(id).await.expect("an answer").expect("it is there");
    assert_eq!((back.version, back.task_groups[0].count), (3, 1));
    let gone = client.jobs().deregister(id, Deregister::default()).await.expect("it goes");
    let deadline = within(30).deadline;
    let removal = watch_removal(&client, id, &gone, deadline, &mut |_| {}).await.expect("it is followed");
    assert_eq!(removal, Removal::Gone);
    assert!(client.jobs().read(id).await.expect("an answer").expect("it is kept").stop);
}

#[tokio::test]
async fn a_parameterized_job_is_dispatched_once_per_key() {
    let Some(agent) = Agent::shared().await else { return };
    let client = agent.client();
    let mut job = job("dispatched", "batch", "true");
    job["ParameterizedJob"] = serde_json::json!({"MetaOptional": ["who"], "Payload": "optional"});
    assert_eq!(registered(&client, &job).await.eval_id, None);
    let meta = BTreeMap::from([("who".to_owned(), "me".to_owned())]);
    let first = client.jobs().dispatch("dispatched", "key", b"hello", &meta).await.expect("it starts");
    let second = client.jobs().dispatch("dispatched", "key", b"hello", &meta).await.expect("it has started");
    assert_eq!(first.job_id, second.job_id);
    let child = client.jobs().read(&first.job_id).await.expect("an answer").expect("it is there");
    assert_eq!(child.parent_id.as_deref(), Some("dispatched"));
}
