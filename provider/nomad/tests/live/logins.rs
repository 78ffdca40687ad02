//! Roles, auth methods and binding rules with a real server: somebody else's word becomes a token of ours.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use nomad::Secret;
use nomad::acl::{AuthConfig, AuthMethod, BindingRule, NewToken, Policy, Role, RoleLink};
use rcgen::KeyPair;
use serde_json::{Value, json};

use crate::agent::Agent;

const FIRST: &str = "3f0c0e7e-6a52-4f43-9f0e-5f4f2f6f7a01";

/// A word that is signed.
fn signed(key: &KeyPair, claims: &Value) -> Secret {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let text = format!("{}.{}", part(&json!({"alg": "ES256", "typ": "JWT"})), part(claims));
    let signer =
        EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &key.serialize_der()).expect("a key");
    let signature = signer.sign(&SystemRandom::new(), text.as_bytes()).expect("a signature");
    Secret::new(format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature)))
}

fn now() -> u64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    now.expect("it is later than 1970").as_secs()
}

#[tokio::test]
async fn a_signed_word_becomes_a_token_with_a_role() {
    let Some(agent) = Agent::start("acl { enabled = true }\n") else { return };
    let nobody = agent.client();
    nobody.acl().bootstrap(&Secret::new(FIRST)).await.expect("it is the first");
    let manager = agent.with_token(&Secret::new(FIRST));
    let rules = "namespace \"default\" {\n policy = \"read\"\n}";
    let policy = Policy { name: "reader".into(), rules: rules.into(), ..Policy::default() };
    manager.acl().put_policy(&policy).await.expect("it is made");

    let wanted = Role { name: "readers".into(), policies: vec!["reader".into()], ..Role::default() };
    let role = manager.acl().put_role(&wanted).await.expect("it is made");
    let changed = Role { description: "who read".into(), ..role.clone() };
    manager.acl().put_role(&changed).await.expect("it is changed");
    assert_eq!(manager.acl().role(&role.id).await.expect("an answer"), Some(changed.clone()));
    assert_eq!(manager.acl().role_named("readers").await.expect("an answer"), Some(changed));
    assert_eq!(manager.acl().roles().await.expect("an answer").len(), 1);
    assert_eq!(manager.acl().role_named("writers").await.expect("an answer"), None);
    let new = NewToken { roles: vec![RoleLink { name: "readers".into() }], ..NewToken::default() };
    let token = manager.acl().create_token(&new).await.expect("it is made");
    agent.with_token(&token.secret_id).jobs().list("").await.expect("it may");

    let key = KeyPair::generate().expect("a key");
    let config = AuthConfig {
        jwt_validation_pub_keys: vec![key.public_key_pem()],
        bound_issuer: vec!["ci".into()],
        bound_audiences: vec!["nomad".into()],
        signing_algs: vec!["ES256".into()],
        claim_mappings: [("team".to_owned(), "team".to_owned())].into(),
        ..AuthConfig::default()
    };
    let method = AuthMethod {
        name: "ci".into(),
        kind: "JWT".into(),
        token_locality: "local".into(),
        max_token_ttl: "10m".into(),
        config: config.clone(),
        ..AuthMethod::default()
    };
    manager.acl().put_auth_method(&method).await.expect("it is made");
    manager.acl().put_auth_method(&AuthMethod { default: true, ..method }).await.expect("it is changed");
    let found = manager.acl().auth_method("ci").await.expect("an answer").expect("it is there");
    assert_eq!((found.config, found.default, found.max_token_ttl.as_str()), (config, true, "10m0s"));
    assert_eq!(manager.acl().auth_methods().await.expect("an answer").len(), 1);

    let binding = BindingRule {
        auth_method: "ci".into(),
        selector: "value.team == \"shop\"".into(),
        bind_type: "role".into(),
        bind_name: "readers".into(),
        ..BindingRule::default()
    };
    let binding = manager.acl().put_binding_rule(&binding).await.expect("it is made");
    let binding = BindingRule { description: "the shop reads".into(), ..binding };
    manager.acl().put_binding_rule(&binding).await.expect("it is changed");
    assert_eq!(manager.acl().binding_rule(&binding.id).await.expect("an answer").as_ref(), Some(&binding));
    assert_eq!(manager.acl().binding_rules().await.expect("an answer").len(), 1);

    let claims = |team: &str| json!({"iss": "ci", "aud": "nomad", "team": team, "iat": now(), "nbf": now() - 60, "exp": now() + 300});
    let token = nobody.acl().login("ci", &signed(&key, &claims("shop"))).await.expect("it is believed");
    assert_eq!(token.roles, [RoleLink { name: "readers".into() }]);
    agent.with_token(&token.secret_id).jobs().list("").await.expect("it may");
    let error =
        nobody.acl().login("ci", &signed(&key, &claims("bank"))).await.expect_err("no rule is for it");
    assert!(error.to_string().contains("POST /v1/acl/login"), "{error}");
    let stranger = KeyPair::generate().expect("a key");
    nobody
        .acl()
        .login("ci", &signed(&stranger, &claims("shop")))
        .await
        .expect_err("a stranger is not believed");

    manager.acl().delete_binding_rule(&binding.id).await.expect("it goes");
    manager.acl().delete_auth_method("ci").await.expect("it goes");
    assert_eq!(manager.acl().auth_method("ci").await.expect("an answer"), None);
    manager.acl().delete_role(&role.id).await.expect("it goes");
    assert_eq!(manager.acl().role(&role.id).await.expect("an answer"), None);
}
