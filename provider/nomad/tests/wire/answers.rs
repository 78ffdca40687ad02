//! Answers that are too large, torn, hostile, strange, or from something that is no Nomad at all.

use nomad::Problem;
use nomad::plan::{Options, describe};
use serde_json::{Value, json};
use wiremock::matchers::{header, method, path, query_param};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::client;
use crate::server::{Say, Server, ok, status};

#[tokio::test]
async fn an_answer_without_end_is_cut_off() {
    let server = Server::saying([Say::Flood]).await;
    let error = client(&[&server.address]).jobs().list("").await.expect_err("it does not end");
    assert!(matches!(error.problem(), Problem::TooLarge { limit: 10_000, .. }), "{error:?}");
    let long = format!("[\"{}\"]", "x".repeat(20_000));
    let server = Server::saying([ok(&long)]).await;
    let error = client(&[&server.address]).jobs().list("").await.expect_err("it is too long");
    assert!(matches!(error.problem(), Problem::TooLarge { .. }), "{error:?}");
}

#[tokio::test]
async fn nonsense_is_named() {
    let deep = format!("{}1{}", "[".repeat(4000), "]".repeat(4000));
    for body in [
        "<html>hello</html>",
        "{\"ID\":",
        "",
        "\u{feff}[]",
        "[[[[1]]]]",
        "{}",
        "7",
        &deep,
        "[{\"JobModifyIndex\":-1}]",
    ] {
        let server = Server::saying([ok(body)]).await;
        let error = client(&[&server.address]).jobs().list("").await.expect_err(body);
        assert!(matches!(error.problem(), Problem::Malformed { .. }), "{body}: {error:?}");
        assert!(error.to_string().contains("Check that the address is a Nomad agent's"), "{error}");
    }
}

#[tokio::test]
async fn what_we_do_not_know_is_passed_over_and_what_is_missing_is_empty() {
    let body = json!([{
        "ID": "web", "Meta": null, "Brand": {"New": [1, 2.5, null]}, "Version": 1, "JobModifyIndex": u64::MAX,
    }]);
    let server = Server::saying([ok(&body.to_string())]).await;
    let jobs = client(&[&server.address]).jobs().list("").await.expect("it is a list");
    assert_eq!((jobs[0].job_modify_index, jobs[0].meta.len(), jobs[0].kind.as_str()), (u64::MAX, 0, ""));
}

#[tokio::test]
async fn a_refusal_is_shown_trimmed_and_without_our_token() {
    let text = format!("\u{1b}[2Jtoken hunter2 is {}\n\n", "bad ".repeat(2000));
    let server = Server::saying([status(400, &text)]).await;
    let error = client(&[&server.address]).jobs().list("").await.expect_err("it is refused").to_string();
    assert!(
        error.contains("token (hidden) is bad") && error.len() < 2300 && !error.contains('\u{1b}'),
        "{error}"
    );
    let server = Server::saying([Say::Answer(307, "Location: http://elsewhere/\r\n", String::new())]).await;
    let error = client(&[&server.address]).jobs().list("").await.expect_err("we do not follow").to_string();
    assert!(error.contains("write the address it redirects to"), "{error}");
}

#[tokio::test]
async fn what_is_asked_is_what_was_meant() {
    let server = MockServer::start().await;
    let planned =
        json!({"JobModifyIndex": 3, "Diff": {"Type": "None"}, "NextPeriodicLaunch": "0001-01-01T00:00:00Z"});
    Mock::given(method("POST"))
        .and(path("/v1/job/a%2Fb/plan"))
        .and(query_param("region", "eu"))
        .and(query_param("namespace", "of-the-job"))
        .and(header("X-Nomad-Token", "other"))
        .respond_with(ResponseTemplate::new(200).set_body_json(planned))
        .expect(1)
        .mount(&server)
        .await;
    let client =
        client(&[&server.uri()]).in_region("eu").in_namespace("of-the-client").with_token("other".into());
    let job = json!({"ID": "a/b", "Namespace": "of-the-job", "Odd": 0.1});
    let plan = client.jobs().plan(&job).await.expect("a plan");
    assert_eq!(describe(&plan, &Options::default()).next_launch, None);
    let sent = server.received_requests().await.expect("they are kept").remove(0);
    assert_eq!(serde_json::from_slice::<Value>(&sent.body).expect("JSON"), json!({"Job": job, "Diff": true}));
}

#[tokio::test]
async fn following_waits_for_changes_and_sees_through_restorations() {
    let indexed = |index: &'static str, body: &str| Say::Answer(200, index, body.to_owned());
    let script = [
        indexed("X-Nomad-Index: 7\r\n", r#"["a"]"#),
        indexed("X-Nomad-Index: 7\r\n", r#"["a"]"#),
        indexed("X-Nomad-Index: 9\r\n", r#"["b"]"#),
        indexed("X-Nomad-Index: 3\r\n", r#"["c"]"#),
        indexed("X-Nomad-Index: 4\r\n", r#"["d"]"#),
    ];
    let server = Server::saying(script).await;
    let client = client(&[&server.address]);
    let mut follow = client.operator().regions().follow();
    let mut seen = Vec::new();
    for _ in 0..4 {
        let next = follow.next().await.expect("an answer");
        seen.push((next.value.join(""), next.index));
    }
    let wanted = [("a", 7), ("b", 9), ("c", 3), ("d", 4)].map(|(value, index)| (value.to_owned(), index));
    assert_eq!(seen, wanted);
    let asked = server.asked();
    let index = |at: usize| asked[at].split_whitespace().nth(1).map(str::to_owned).unwrap_or_default();
    assert!(!index(0).contains("index="), "{}", index(0));
    assert!(index(1).contains("index=7") && index(1).contains("wait=10s"), "{}", index(1));
    assert!(index(3).contains("index=9") && index(4).contains("index=1"), "{} {}", index(3), index(4));
}
