//! Roles, auth methods and binding rules, where it matters what is sent.

use nomad::Secret;
use nomad::acl::{AuthConfig, AuthMethod, BindingRule, Role};
use serde_json::json;
use wiremock::matchers::{body_json, body_partial_json, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::client;

#[tokio::test]
async fn what_has_no_id_is_made_and_what_has_one_is_changed() {
    let server = MockServer::start().await;
    let client = client(&[&server.uri()]);
    let told =
        json!({"ID": "7", "Name": "ops", "Description": "", "Policies": null, "Hash": "x", "CreateIndex": 3});
    let answer = || ResponseTemplate::new(200).set_body_json(&told);
    Mock::given(method("POST"))
        .and(path("/v1/acl/role"))
        .and(body_json(json!({"Name": "ops", "Description": "", "Policies": [{"Name": "reader"}]})))
        .respond_with(answer())
        .expect(1)
        .mount(&server)
        .await;
    let role = Role { name: "ops".into(), policies: vec!["reader".into()], ..Role::default() };
    let made = client.acl().put_role(&role).await.expect("it is made");
    Mock::given(method("POST"))
        .and(path("/v1/acl/role/7"))
        .respond_with(answer())
        .expect(1)
        .mount(&server)
        .await;
    assert_eq!(client.acl().put_role(&made).await.expect("it is changed").id, "7");
    Mock::given(method("POST"))
        .and(path("/v1/acl/binding-rule/9"))
        .and(body_partial_json(json!({"ID": "9", "BindType": "role", "BindName": "ops"})))
        .respond_with(ResponseTemplate::new(200).set_body_json(json!({"ID": "9"})))
        .expect(1)
        .mount(&server)
        .await;
    let binding = BindingRule {
        id: "9".into(),
        bind_type: "role".into(),
        bind_name: "ops".into(),
        ..BindingRule::default()
    };
    client.acl().put_binding_rule(&binding).await.expect("it is changed");
}

#[tokio::test]
async fn an_unclear_end_of_what_would_be_made_twice_is_left_to_the_caller() {
    let server = MockServer::start().await;
    let unclear = || ResponseTemplate::new(502);
    Mock::given(method("POST"))
        .and(path("/v1/acl/role"))
        .respond_with(unclear())
        .expect(1)
        .mount(&server)
        .await;
    Mock::given(method("POST"))
        .and(path("/v1/acl/login"))
        .respond_with(unclear())
        .expect(1)
        .mount(&server)
        .await;
    let client = client(&[&server.uri()]);
    let error = client.acl().put_role(&Role::default()).await.expect_err("it is unclear");
    assert!(error.may_have_happened(), "{error}");
    let error = client.acl().login("ci", &Secret::new("ey.words")).await.expect_err("it is unclear");
    assert!(error.may_have_happened() && !error.to_string().contains("ey.words"), "{error}");
}

#[tokio::test]
async fn an_auth_method_is_sent_with_its_secret_and_never_shown_with_it() {
    let server = MockServer::start().await;
    let told = json!({"Name": "sso", "Type": "OIDC", "MaxTokenTTL": "1h0m0s", "Config": {"OIDCClientSecret": "redacted", "OIDCScopes": null}});
    Mock::given(method("GET"))
        .and(path("/v1/acl/auth-method/sso"))
        .respond_with(ResponseTemplate::new(404).set_body_string("ACL auth-method not found"))
        .up_to_n_times(1)
        .mount(&server)
        .await;
    for at in ["/v1/acl/auth-method", "/v1/acl/auth-method/sso"] {
        Mock::given(method("POST"))
            .and(path(at))
            .and(body_partial_json(
                json!({"Config": {"OIDCClientSecret": "hunter3", "OIDCClientID": "nomad"}}),
            ))
            .respond_with(ResponseTemplate::new(200).set_body_json(&told))
            .expect(1)
            .mount(&server)
            .await;
    }
    let config = AuthConfig {
        oidc_client_id: "nomad".into(),
        oidc_client_secret: "hunter3".into(),
        ..AuthConfig::default()
    };
    let method_wanted =
        AuthMethod { name: "sso".into(), kind: "OIDC".into(), config, ..AuthMethod::default() };
    assert!(!format!("{method_wanted:?}").contains("hunter3"));
    assert!(!serde_json::to_string(&method_wanted).expect("JSON").contains("hunter3"));
    let client = client(&[&server.uri()]);
    let made = client.acl().put_auth_method(&method_wanted).await.expect("it is made");
    assert_eq!(made.max_token_ttl, "1h0m0s");
    Mock::given(method("GET"))
        .and(path("/v1/acl/auth-method/sso"))
        .respond_with(ResponseTemplate::new(200).set_body_json(&told))
        .mount(&server)
        .await;
    client.acl().put_auth_method(&method_wanted).await.expect("it is changed");
}
