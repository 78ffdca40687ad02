//! Listening: through heartbeats, torn lines, connections that end, and a server that says something else.

use nomad::events::{Heard, Topic};
use serde_json::json;

use crate::client;
use crate::server::{Say, Server, ok, status};

fn frame(index: u64, key: &str) -> String {
    let event = json!({"Topic": "Job", "Type": "JobRegistered", "Key": key, "Namespace": "default", "Index": index,
        "FilterKeys": null, "Payload": {"Job": {"ID": key}}});
    json!({"Index": index, "Events": [event]}).to_string() + "\n"
}

#[tokio::test]
async fn what_happens_is_told_once_and_a_new_connection_is_said() {
    let first = format!("{{}}\n{}{{}}\n{}{{\"Ind", frame(7, "web"), frame(9, "api"));
    // After it comes back a server begins where its memory does.
    let second = format!("{}{}", frame(9, "api"), frame(12, "db"));
    let server = Server::saying([ok(&first), ok(&second)]).await;
    let mut listener =
        client(&[&server.address]).listen(&[Topic::one("Job", "web"), Topic::all("Deployment")], 4);
    let mut keys = Vec::new();
    let mut again = 0;
    while keys.len() < 3 {
        match listener.next().await.expect("it is heard") {
            Heard::Events(events) => keys.extend(events.into_iter().map(|event| (event.key, event.index))),
            Heard::Again => again += 1,
        }
    }
    let wanted = [("web", 7), ("api", 9), ("db", 12)].map(|(key, index)| (key.to_owned(), index));
    assert_eq!((keys.as_slice(), again, listener.index()), (wanted.as_slice(), 1, 12));
    let asked = server.asked();
    let line = |at: usize| asked[at].lines().next().unwrap_or_default().to_owned();
    assert!(line(0).contains("topic=Job%3Aweb&topic=Deployment%3A*"), "{}", line(0));
    assert!(line(0).contains("index=5") && line(1).contains("index=10"), "{} {}", line(0), line(1));
}

#[tokio::test]
async fn a_stream_that_is_none_is_an_error_with_the_servers_words() {
    let server = Server::saying([status(403, "Permission denied")]).await;
    let error = client(&[&server.address]).listen(&[], 0).next().await.expect_err("it is refused");
    assert!(error.is_forbidden() && error.to_string().contains("GET /v1/event/stream"), "{error}");
    let server = Server::saying([ok("subscription closed by server\n")]).await;
    let error = client(&[&server.address]).listen(&[], 0).next().await.expect_err("it is no event");
    assert!(error.to_string().contains("it says subscription closed by server"), "{error}");
    let server = Server::saying([ok("")]).await;
    let error = client(&[&server.address]).listen(&[], 0).next().await.expect_err("it said nothing");
    assert!(error.to_string().contains("it ended the connection"), "{error}");
    let server = Server::saying([Say::Torn]).await;
    let mut listener = client(&[&server.address]).listen(&[], 0);
    assert_eq!(listener.next().await.expect("it had begun"), Heard::Again);
}
