//! Listening to a real server; and CSI where there is no plugin.

use std::time::Duration;

use nomad::events::{Heard, Topic};

use crate::agent::Agent;
use crate::{job, registered};

#[tokio::test]
async fn a_registration_is_heard_of() {
    let Some(agent) = Agent::shared().await else { return };
    let client = agent.client();
    let mut wanted = job("heard", "service", "sleep 600");
    wanted["TaskGroups"][0]["Count"] = 0.into();
    let first = registered(&client, &wanted).await;
    let mut listener = client.listen(&[Topic::one("Job", "heard")], first.job_modify_index);
    let listening = async {
        loop {
            if let Heard::Events(events) = listener.next().await.expect("it is heard")
                && let Some(event) = events.into_iter().find(|event| event.kind == "JobRegistered")
            {
                return event;
            }
        }
    };
    wanted["Priority"] = 70.into();
    let second = registered(&client, &wanted).await;
    let event = tokio::time::timeout(Duration::from_secs(20), listening).await.expect("it comes soon");
    assert_eq!(
        (event.key.as_str(), event.topic.as_str(), event.index),
        ("heard", "Job", second.job_modify_index)
    );
    assert_eq!(event.payload["Job"]["Priority"], 70);
}

#[tokio::test]
async fn without_a_plugin_there_are_no_csi_volumes() {
    let Some(agent) = Agent::shared().await else { return };
    let client = agent.client();
    assert!(client.csi().volumes().await.expect("an answer").is_empty());
    assert!(client.csi().plugins().await.expect("an answer").is_empty());
    assert_eq!(client.csi().volume("nothing").await.expect("an answer"), None);
    assert_eq!(client.csi().plugin("nothing").await.expect("an answer"), None);
    let capability = nomad::volumes::Capability {
        access_mode: "single-node-writer".into(),
        attachment_mode: "file-system".into(),
    };
    let wanted = nomad::csi::NewVolume {
        id: "db".into(),
        name: "db".into(),
        plugin_id: "nobody".into(),
        requested_capabilities: vec![capability],
        ..nomad::csi::NewVolume::default()
    };
    let error = client.csi().create(&wanted).await.expect_err("there is no plugin");
    assert!(error.to_string().contains("nobody"), "{error}");
    client.csi().deregister("db", false).await.expect_err("there is no volume");
    client.csi().snapshots("nobody").await.expect_err("there is no plugin");
}
