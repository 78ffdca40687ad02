//! CSI as Nomad's documentation describes it: a plugin is more than a test can have.

use nomad::csi::{MountOptions, NewVolume, Topologies, Topology};
use nomad::volumes::Capability;
use serde_json::json;
use wiremock::matchers::{body_json, body_partial_json, method, path, query_param};
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

use crate::client;

fn wanted() -> NewVolume {
    let capability =
        Capability { access_mode: "single-node-writer".into(), attachment_mode: "file-system".into() };
    let zone = Topology { segments: [("zone".to_owned(), "b".to_owned())].into() };
    NewVolume {
        id: "db".into(),
        name: "db".into(),
        plugin_id: "disks".into(),
        requested_capabilities: vec![capability],
        requested_capacity_min: 1 << 30,
        mount_options: Some(MountOptions { fs_type: "ext4".into(), mount_flags: vec!["noatime".into()] }),
        requested_topologies: Some(Topologies { required: vec![zone], preferred: Vec::new() }),
        secrets: [("key".to_owned(), "hunter3".into())].into(),
        ..NewVolume::default()
    }
}

#[tokio::test]
async fn a_volume_is_made_looked_at_and_taken_away() {
    let server = MockServer::start().await;
    let client = client(&[&server.uri()]).in_namespace("shop");
    let made = json!({"Volumes": [{"ID": "db", "Namespace": "shop", "Name": "db", "ExternalID": "vol-1", "Capacity": 1 << 30,
        "PluginID": "disks", "Schedulable": true, "NodesHealthy": 1, "NodesExpected": 1, "AccessMode": "",
        "RequestedCapabilities": [{"AccessMode": "single-node-writer", "AttachmentMode": "file-system"}],
        "MountOptions": {"FSType": "ext4", "MountFlags": ["[REDACTED]"]}, "Secrets": null, "Topologies": null}]});
    Mock::given(method("PUT"))
        .and(path("/v1/volume/csi/db/create"))
        .and(query_param("namespace", "shop"))
        .and(body_partial_json(json!({"Volumes": [{"ID": "db", "PluginID": "disks", "Secrets": {"key": "hunter3"},
            "MountOptions": {"FSType": "ext4"}, "RequestedTopologies": {"Required": [{"Segments": {"zone": "b"}}]}}]})))
        .respond_with(ResponseTemplate::new(200).set_body_json(&made))
        .expect(1)
        .mount(&server)
        .await;
    let wanted = wanted();
    assert!(!format!("{wanted:?}").contains("hunter3"));
    let volume = client.csi().create(&wanted).await.expect("it is made").expect("it is told");
    assert_eq!((volume.external_id.as_str(), volume.schedulable), ("vol-1", true));
    Mock::given(path("/v1/volume/csi/db"))
        .and(method("GET"))
        .respond_with(ResponseTemplate::new(200).set_body_json(&made["Volumes"][0]))
        .mount(&server)
        .await;
    assert_eq!(client.csi().volume("db").await.expect("an answer"), Some(volume));
    for (verb, at, parameter, value) in [
        ("DELETE", "/v1/volume/csi/db/detach", "node", "n1"),
        ("DELETE", "/v1/volume/csi/db", "force", "true"),
        ("DELETE", "/v1/volume/csi/db/delete", "namespace", "shop"),
        ("PUT", "/v1/volume/csi/db", "namespace", "shop"),
    ] {
        Mock::given(method(verb))
            .and(path(at))
            .and(query_param(parameter, value))
            .respond_with(ResponseTemplate::new(200))
            .expect(1)
            .mount(&server)
            .await;
    }
    client.csi().register(&wanted).await.expect("it is registered");
    client.csi().detach("db", "n1").await.expect("it is detached");
    client.csi().deregister("db", true).await.expect("it is forgotten");
    client.csi().delete("db").await.expect("it is gone");
}

#[tokio::test]
async fn snapshots_are_kept_found_and_taken_away() {
    let server = MockServer::start().await;
    let client = client(&[&server.uri()]);
    let told = json!({"Snapshots": [{"ID": "s-1", "ExternalSourceVolumeID": "vol-1", "SizeBytes": 5, "CreateTime": 6, "IsReady": true}]});
    Mock::given(method("PUT"))
        .and(path("/v1/volumes/snapshot"))
        .and(body_json(json!({"Snapshots": [{"SourceVolumeID": "db", "Name": "before"}]})))
        .respond_with(ResponseTemplate::new(200).set_body_json(&told))
        .mount(&server)
        .await;
    let made = client.csi().snapshot("db", "before").await.expect("it is kept").expect("it is told");
    Mock::given(method("GET"))
        .and(path("/v1/volumes/snapshot"))
        .and(query_param("plugin_id", "disks"))
        .respond_with(ResponseTemplate::new(200).set_body_json(&told))
        .mount(&server)
        .await;
    assert_eq!(client.csi().snapshots("disks").await.expect("an answer"), [made]);
    let refuses = |request: &Request| {
        let known = request.url.query().is_some_and(|query| query.contains("snapshot_id=s-1"));
        if known {
            ResponseTemplate::new(200)
        } else {
            ResponseTemplate::new(500).set_body_string("no such snapshot")
        }
    };
    Mock::given(method("DELETE"))
        .and(path("/v1/volumes/snapshot"))
        .respond_with(refuses)
        .mount(&server)
        .await;
    client.csi().delete_snapshot("disks", "s-1").await.expect("it goes");
    let error = client.csi().delete_snapshot("disks", "s-2").await.expect_err("it is not there");
    assert!(error.to_string().contains("DELETE /v1/volumes/snapshot"), "{error}");
}
