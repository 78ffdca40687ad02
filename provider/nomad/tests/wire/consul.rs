//! Consul's API as its documentation describes it, where it differs from Nomad's.

use nomad::Secret;
use nomad::consul::{AuthMethod, Client, Policy};
use serde_json::json;
use wiremock::matchers::{body_json, body_string, header, method, path, query_param};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::config;

async fn server() -> (MockServer, Client) {
    let server = MockServer::start().await;
    let client = Client::new(&config(&[&server.uri()])).expect("the configuration is good");
    (server, client)
}

#[tokio::test]
async fn keys_are_written_by_who_knows_them() {
    let (server, client) = server().await;
    let put = |index: &str, answer: &str| {
        Mock::given(method("PUT"))
            .and(path("/v1/kv/a/b%20c"))
            .and(query_param("cas", index))
            .and(query_param("dc", "east"))
            .and(header("X-Consul-Token", "hunter2"))
            .and(body_string("value"))
            .respond_with(ResponseTemplate::new(200).set_body_string(answer))
    };
    put("0", "true").mount(&server).await;
    put("7", "false").mount(&server).await;
    let entry = json!([{"Key": "a/b c", "Value": "b3RoZXI=", "ModifyIndex": 9, "Flags": 0, "LockIndex": 0}]);
    let found = Mock::given(method("GET")).and(path("/v1/kv/a/b%20c"));
    found.respond_with(ResponseTemplate::new(200).set_body_json(entry)).mount(&server).await;
    Mock::given(method("GET")).respond_with(ResponseTemplate::new(404)).mount(&server).await;
    let (client, value) = (client.in_datacenter("east"), Secret::new("value"));
    assert!(client.kv().put("a/b c", &value, Some(0)).await.expect("an answer"));
    assert!(!client.kv().put("a/b c", &value, Some(7)).await.expect("an answer"), "it holds another value");
    let entry = client.kv().read("a/b c").await.expect("an answer").expect("it is there");
    assert_eq!((entry.text(), entry.modify_index), (Some("other".into()), 9));
    assert!(!format!("{entry:?}").contains("b3RoZXI="));
    assert_eq!(client.kv().read("nothing").await.expect("an answer"), None);
}

#[tokio::test]
async fn the_first_token_is_made_once_and_found_again() {
    let (server, client) = server().await;
    let secret = "3f0c0e7e-6a52-4f43-9f0e-5f4f2f6f7a01";
    let refusal = "Permission denied: ACL bootstrap no longer allowed (reset index: 9)";
    Mock::given(method("PUT"))
        .and(path("/v1/acl/bootstrap"))
        .and(body_json(json!({"BootstrapSecret": secret})))
        .respond_with(ResponseTemplate::new(403).set_body_string(refusal))
        .mount(&server)
        .await;
    let error = client.acl().bootstrap(&secret.into()).await.expect_err("the secret is not known");
    assert!(error.to_string().contains("has its first token already"), "{error}");
    let own = json!({"AccessorID": "a", "SecretID": secret, "Policies": [{"ID": "1", "Name": "global-management"}]});
    Mock::given(method("GET"))
        .and(path("/v1/acl/token/self"))
        .and(header("X-Consul-Token", secret))
        .respond_with(ResponseTemplate::new(200).set_body_json(own))
        .mount(&server)
        .await;
    let (token, fresh) = client.acl().bootstrap(&secret.into()).await.expect("it is ours");
    assert_eq!((token.policies[0].name.as_str(), fresh), ("global-management", false));
}

#[tokio::test]
async fn what_is_not_there_is_made_and_what_is_there_is_changed() {
    let (server, client) = server().await;
    let method_json = json!({"Name": "nomad", "Type": "jwt", "Config": {"JWKSURL": "https://x"}});
    Mock::given(method("GET"))
        .and(path("/v1/acl/auth-method/nomad"))
        .respond_with(ResponseTemplate::new(403).set_body_string("Requested auth method: ACL not found"))
        .up_to_n_times(1)
        .mount(&server)
        .await;
    for at in ["/v1/acl/auth-method", "/v1/acl/auth-method/nomad"] {
        let answer = ResponseTemplate::new(200).set_body_json(method_json.clone());
        Mock::given(method("PUT")).and(path(at)).respond_with(answer).expect(1).mount(&server).await;
    }
    let config = [("JWKSURL".to_owned(), json!("https://x"))].into();
    let wanted = AuthMethod { name: "nomad".into(), kind: "jwt".into(), config, ..AuthMethod::default() };
    client.acl().put_auth_method(&wanted).await.expect("it is made");
    let answer = ResponseTemplate::new(200).set_body_json(method_json);
    Mock::given(method("GET"))
        .and(path("/v1/acl/auth-method/nomad"))
        .respond_with(answer)
        .mount(&server)
        .await;
    client.acl().put_auth_method(&wanted).await.expect("it is changed");

    let made = json!({"ID": "7", "Name": "p", "Rules": "", "Hash": "x"});
    let answer = ResponseTemplate::new(200).set_body_json(made);
    Mock::given(method("PUT")).and(path("/v1/acl/policy")).respond_with(answer).mount(&server).await;
    let policy =
        client.acl().put_policy(&Policy { name: "p".into(), ..Policy::default() }).await.expect("made");
    assert_eq!(policy.id, "7");
}

#[tokio::test]
async fn services_are_found_where_they_are_well() {
    let (server, client) = server().await;
    let body = json!([{
        "Node": {"ID": "n", "Node": "one", "Address": "10.0.0.1", "Datacenter": "dc1", "Meta": null},
        "Service": {"ID": "web-1", "Service": "web", "Address": "", "Port": 8080, "Tags": null, "Weights": {"Passing": 1}},
        "Checks": [{"Name": "alive", "Status": "passing", "Output": ""}],
    }]);
    Mock::given(method("GET"))
        .and(path("/v1/health/service/web"))
        .and(query_param("passing", "true"))
        .respond_with(ResponseTemplate::new(200).set_body_json(body).insert_header("X-Consul-Index", "12"))
        .mount(&server)
        .await;
    let found = client.catalog().instances("web", true).indexed().await.expect("an answer");
    assert_eq!((found.index, found.value[0].address(), found.value[0].is_well()), (12, "10.0.0.1", true));
    let health = json!({"Healthy": false, "FailureTolerance": 0, "Servers": null});
    let answer = ResponseTemplate::new(429).set_body_json(health);
    Mock::given(method("GET"))
        .and(path("/v1/operator/autopilot/health"))
        .respond_with(answer)
        .mount(&server)
        .await;
    assert!(!client.operator().health().await.expect("an answer although it is ill").healthy);
}
