//! Watching a job through an outage, and to ends that are hard to bring about with a real Nomad.

use std::time::{Duration, Instant};

use nomad::deployment::{Batch, Options, Outcome, Progress, watch};
use nomad::jobs::Registered;
use serde_json::{Value, json};
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::client;

/// A server with a job of this kind, whose evaluation says this.
async fn server(kind: &str, evaluation: Value) -> MockServer {
    let server = MockServer::start().await;
    let job = json!({"ID": "web", "Type": kind, "Version": 3, "JobModifyIndex": 30});
    for (at, body) in [("/v1/job/web", job), ("/v1/evaluation/e1", evaluation)] {
        says(&server, at, body).await;
    }
    server
}

async fn says(server: &MockServer, at: &str, body: Value) {
    let answer = ResponseTemplate::new(200).set_body_json(body).insert_header("X-Nomad-Index", "5");
    Mock::given(method("GET")).and(path(at)).respond_with(answer).mount(server).await;
}

async fn outcome(server: &MockServer, options: &Options) -> (Outcome, Vec<Progress>) {
    let client = client(&[&server.uri()]);
    let registered = Registered { eval_id: Some("e1".into()), job_modify_index: 30, ..Registered::default() };
    let mut told = Vec::new();
    let verdict = watch(&client, "web", &registered, options, &mut |progress| told.push(progress)).await;
    (verdict.expect("somebody can be asked").outcome, told)
}

#[tokio::test]
async fn an_evaluation_that_fails_is_the_end() {
    let failed = json!({"ID": "e1", "Status": "failed", "StatusDescription": "maximum attempts reached (3)"});
    let server = server("service", failed).await;
    let (outcome, _) = outcome(&server, &Options::default()).await;
    assert_eq!(outcome, Outcome::Failed { why: "maximum attempts reached (3)".into() });
}

#[tokio::test]
async fn a_storm_is_no_reason_to_stop_watching() {
    let server = server("service", json!({"ID": "e1", "Status": "complete", "DeploymentID": "d1"})).await;
    says(&server, "/v1/deployment/allocations/d1", json!([])).await;
    let storm = ResponseTemplate::new(503);
    let at = Mock::given(method("GET")).and(path("/v1/deployment/d1"));
    at.respond_with(storm).up_to_n_times(4).with_priority(1).mount(&server).await;
    let group = json!({"DesiredTotal": 1, "HealthyAllocs": 1, "PlacedAllocs": 1});
    let done = json!({"ID": "d1", "Status": "successful", "TaskGroups": {"g": group}});
    says(&server, "/v1/deployment/d1", done).await;
    let (outcome, told) = outcome(&server, &Options::default()).await;
    assert_eq!(outcome, Outcome::Healthy);
    assert!(told.iter().any(|progress| progress.to_string() == "group g: 1 of 1 healthy"), "{told:?}");
}

#[tokio::test]
async fn a_lost_node_is_not_a_failure_as_long_as_there_is_a_replacement() {
    let server = server("batch", json!({"ID": "e1", "Status": "complete"})).await;
    says(&server, "/v1/job/web/deployment", Value::Null).await;
    let alloc = |id: &str, status: &str, next: &str| {
        json!({"ID": id, "Name": "web.g[0]", "TaskGroup": "g", "JobVersion": 3, "ClientStatus": status,
            "DesiredStatus": if status == "lost" { "stop" } else { "run" }, "NextAllocation": next})
    };
    says(&server, "/v1/job/web/allocations", json!([alloc("a", "lost", "b"), alloc("b", "complete", "")]))
        .await;
    let options = Options { batch: Batch::Finished, ..Options::default() };
    assert_eq!(outcome(&server, &options).await.0, Outcome::Healthy);
}

#[tokio::test]
async fn without_anything_to_run_there_is_nothing_to_wait_for() {
    let server = server("system", json!({"ID": "e1", "Status": "complete"})).await;
    says(&server, "/v1/job/web/deployment", Value::Null).await;
    says(&server, "/v1/job/web/allocations", Value::Null).await;
    assert_eq!(outcome(&server, &Options::default()).await.0, Outcome::Idle);
}

#[tokio::test]
async fn a_deadline_holds_also_while_nobody_answers() {
    let server = server("service", json!({"ID": "e1", "Status": "pending"})).await;
    let started = Instant::now();
    let options = Options { deadline: Some(started + Duration::from_secs(1)), ..Options::default() };
    let (outcome, told) = outcome(&server, &options).await;
    assert_eq!(outcome, Outcome::TimedOut);
    assert_eq!(told, [Progress::Evaluating { status: "pending".into() }]);
    assert!(started.elapsed() < Duration::from_secs(3));
}

#[tokio::test]
async fn a_job_that_somebody_took_away_is_superseded() {
    let server = MockServer::start().await;
    let (outcome, _) = outcome(&server, &Options::default()).await;
    assert_eq!(outcome, Outcome::Superseded);
}
