//! What is done again, and what is not.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use nomad::acl::NewToken;
use nomad::jobs::{Check, Register};
use nomad::variables::Cas;
use nomad::{Problem, Secret};
use serde_json::json;

use crate::server::{Say, Server, ok, status};
use crate::{HASTY, client};

#[tokio::test]
async fn a_read_survives_a_storm() {
    let end = || ok("[]");
    for script in [
        [status(429, "slow down"), status(503, ""), Say::Close, end()],
        [Say::Torn, status(500, "No cluster leader"), status(500, "who knows"), end()],
    ] {
        let server = Server::saying(script).await;
        assert!(client(&[&server.address]).jobs().list("").await.expect("in the end").is_empty());
        assert_eq!(server.asked().len(), 4);
    }
}

#[tokio::test]
async fn a_write_is_not_done_twice_unless_that_is_the_same_as_once() {
    for (say, times) in [(Say::Close, 1), (status(502, ""), 1), (status(500, "odd"), 1), (status(429, ""), 2)]
    {
        let server = Server::saying([say.clone(), ok(r#"{"AccessorID":"a","SecretID":"s"}"#)]).await;
        let made = client(&[&server.address]).acl().create_token(&NewToken::default()).await;
        assert_eq!(server.asked().len(), times, "{made:?}");
        if let Err(error) = made {
            let unclear = !matches!(error.status(), Some(500));
            assert_eq!(error.may_have_happened(), unclear, "{error}");
        }
    }
}

#[tokio::test]
async fn a_server_says_how_long_to_wait_and_is_obeyed_within_reason() {
    let wait = |seconds: &'static str| Say::Answer(429, seconds, String::new());
    let server = Server::saying([wait("Retry-After: 1\r\n"), ok("[]")]).await;
    let started = Instant::now();
    client(&[&server.address]).jobs().list("").await.expect("after a second");
    assert!(started.elapsed() >= Duration::from_secs(1));
    let server = Server::saying([wait("Retry-After: 3600\r\n")]).await;
    let started = Instant::now();
    let error = client(&[&server.address]).jobs().list("").await.expect_err("not within an hour");
    assert!(started.elapsed() < HASTY.outage && error.to_string().contains("try again later"), "{error}");
}

#[tokio::test]
async fn a_storm_without_end_ends_the_call() {
    let server = Server::saying([status(503, "gone fishing")]).await;
    let started = Instant::now();
    let error = client(&[&server.address]).jobs().list("").await.expect_err("it does not end");
    assert!(started.elapsed() < HASTY.outage + Duration::from_secs(1), "{:?}", started.elapsed());
    assert_eq!(error.status(), Some(503));
    let server = Server::saying([status(500, "odd")]).await;
    client(&[&server.address]).jobs().list("").await.expect_err("it stays odd");
    assert_eq!(server.asked().len(), 3);
    let server = Server::saying([status(403, "Permission denied")]).await;
    client(&[&server.address]).jobs().list("").await.expect_err("it stays so");
    assert_eq!(server.asked().len(), 1);
}

const CONFLICT: &str = "Enforcing job modify index 0: job already exists";

#[tokio::test]
async fn a_registration_whose_answer_was_lost_is_found_again() {
    let plan = r#"{"JobModifyIndex": 42, "Diff": {"Type": "None"}}"#;
    let evaluations = r#"[{"ID": "later", "TriggeredBy": "job-register", "JobModifyIndex": 42, "CreateIndex": 50},
        {"ID": "mine", "TriggeredBy": "job-register", "JobModifyIndex": 42, "CreateIndex": 43},
        {"ID": "old", "TriggeredBy": "job-register", "JobModifyIndex": 41, "CreateIndex": 41}]"#;
    let server = Server::saying([Say::Close, status(500, CONFLICT), ok(plan), ok(evaluations)]).await;
    let how = Register { check: Check::Absent, ..Register::default() };
    let job = json!({"ID": "web", "Namespace": "room"});
    let found = client(&[&server.address]).jobs().register(&job, &how).await.expect("it was us");
    assert_eq!((found.eval_id.as_deref(), found.job_modify_index), (Some("mine"), 42));
    assert!(server.asked().iter().all(|request| request.contains("namespace=room")), "{:?}", server.asked());

    let theirs = r#"{"JobModifyIndex": 42, "Diff": {"Type": "Edited"}}"#;
    let server = Server::saying([Say::Close, status(500, CONFLICT), ok(theirs)]).await;
    let error = client(&[&server.address]).jobs().register(&job, &how).await.expect_err("it was not us");
    assert!(error.is_conflict(), "{error}");
    let server = Server::saying([status(500, CONFLICT)]).await;
    let error = client(&[&server.address]).jobs().register(&job, &how).await.expect_err("it was not us");
    assert!(error.is_conflict() && server.asked().len() == 1, "{error}");
}

#[tokio::test]
async fn a_variable_whose_answer_was_lost_is_found_again() {
    let ours = r#"{"Path": "a", "Items": {"k": "v"}, "ModifyIndex": 9}"#;
    let items = BTreeMap::from([("k".to_owned(), Secret::new("v"))]);
    let server = Server::saying([Say::Close, status(409, ours)]).await;
    let found =
        client(&[&server.address]).variables().put("a", &items, Cas::Absent).await.expect("it was us");
    assert_eq!(found.modify_index, 9);
    let server = Server::saying([status(409, ours)]).await;
    let error = client(&[&server.address]).variables().put("a", &items, Cas::Absent).await;
    let error = error.expect_err("somebody else had the same idea");
    assert!(error.is_conflict() && !format!("{error:?}").contains("\"v\""), "{error:?}");
}

#[tokio::test]
async fn a_call_that_is_dropped_leaves_nothing_behind() {
    let server = Server::saying([Say::Slow(Duration::from_mins(1), "[]")]).await;
    let (client, address) = (client(&[&server.address]), server.address.clone());
    let asked = tokio::time::timeout(Duration::from_millis(100), client.jobs().list("").into_future()).await;
    asked.expect_err("it was dropped");
    tokio::time::sleep(Duration::from_millis(700)).await;
    assert_eq!(server.asked().len(), 1, "{address} was asked again");
    let error = client.jobs().list("").await.expect_err("it is slow");
    assert!(matches!(error.problem(), Problem::TimedOut { .. }), "{error:?}");
}
