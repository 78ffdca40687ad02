//! Who may ask, and whom we believe: access control and mutual TLS.

use std::collections::BTreeMap;

use nomad::acl::{NewToken, Policy};
use nomad::variables::Cas;
use nomad::{Client, Config, Problem, Secret, Tls};
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, SanType,
};

use crate::agent::Agent;

const FIRST: &str = "3f0c0e7e-6a52-4f43-9f0e-5f4f2f6f7a01";

#[tokio::test]
async fn the_first_token_is_made_once_and_found_again() {
    let Some(agent) = Agent::start("acl { enabled = true }\n") else { return };
    let (nobody, secret) = (agent.client(), Secret::new(FIRST));
    let first = nobody.acl().bootstrap(&secret).await.expect("it is the first");
    assert!(first.fresh && first.token.kind == "management");
    let again = nobody.acl().bootstrap(&secret).await.expect("it is the same");
    assert_eq!((again.fresh, &again.token.accessor_id), (false, &first.token.accessor_id));
    let other =
        nobody.acl().bootstrap(&Secret::new(FIRST.replace('3', "4"))).await.expect_err("it is another");
    assert!(other.to_string().contains("has its first token already"), "{other}");

    let manager = agent.with_token(&secret);
    agent.wait_for_node(&manager).await;
    let rules = "namespace \"default\" {\n policy = \"read\"\n variables {\n path \"app/*\" {\n capabilities = [\"read\"]\n }\n }\n}";
    let policy = Policy { name: "reader".into(), rules: rules.into(), ..Policy::default() };
    manager.acl().put_policy(&policy).await.expect("it is made");
    let wrong = Policy { rules: "nonsense {}".into(), ..policy.clone() };
    manager.acl().put_policy(&wrong).await.expect_err("it is no policy");
    let new = NewToken {
        name: "test".into(),
        policies: vec!["reader".into()],
        expiration_ttl: Some(600_000_000_000),
        ..NewToken::default()
    };
    let token = manager.acl().create_token(&new).await.expect("it is made");
    assert!(token.expiration_time.is_some() && !format!("{token:?}").contains(token.secret_id.expose()));
    let items = BTreeMap::from([("a".to_owned(), Secret::new("b"))]);
    manager.variables().put("app/x", &items, Cas::Absent).await.expect("it may");
    let reader = agent.with_token(&token.secret_id);
    assert_eq!(reader.variables().read("app/x").await.expect("it may").expect("it is there").items, items);
    let error = reader.variables().put("app/x", &items, Cas::Any).await.expect_err("it may not");
    assert!(error.is_forbidden() && error.to_string().contains("give a token whose policies do"), "{error}");
    let error = nobody.jobs().list("").await.expect_err("nobody may not");
    assert!(error.is_forbidden(), "{error}");
    let stranger = agent.with_token(&Secret::new(FIRST.replace('3', "5")));
    assert!(stranger.jobs().list("").await.expect_err("a stranger may not").is_forbidden());
    let once = reader.acl().one_time().await.expect("it may");
    let exchanged = nobody.acl().exchange(&once).await.expect("it is exchanged");
    assert_eq!(exchanged.accessor_id, token.accessor_id);
    nobody.acl().exchange(&once).await.expect_err("once only");
    manager.acl().delete_token(&token.accessor_id).await.expect("it goes");
    reader.acl().token_self().await.expect_err("it is gone");
    let letter = manager.acl().introduce_client("n1", "default", 600).await.expect("it may");
    assert!(!letter.is_empty());
}

/// An authority and what it signed.
struct Authority {
    pem: String,
    issuer: Issuer<'static, KeyPair>,
}

impl Authority {
    fn new() -> Self {
        let key = KeyPair::generate().expect("a key");
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::CommonName, "test authority");
        let pem = params.self_signed(&key).expect("a certificate").pem();
        Self { pem, issuer: Issuer::new(params, key) }
    }

    fn sign(&self, name: &str) -> (String, String) {
        let key = KeyPair::generate().expect("a key");
        let mut params =
            CertificateParams::new(vec![name.to_owned(), "localhost".to_owned()]).expect("names");
        params.subject_alt_names.push(SanType::IpAddress([127, 0, 0, 1].into()));
        params.distinguished_name.push(DnType::CommonName, name);
        params.extended_key_usages =
            vec![ExtendedKeyUsagePurpose::ServerAuth, ExtendedKeyUsagePurpose::ClientAuth];
        (params.signed_by(&key, &self.issuer).expect("a certificate").pem(), key.serialize_pem())
    }
}

fn tls(authority: &Authority, own: Option<&(String, String)>) -> Tls {
    Tls {
        ca_pem: Some(authority.pem.clone()),
        client_cert_pem: own.map(|(certificate, _)| certificate.clone()),
        client_key_pem: own.map(|(_, key)| Secret::new(key.clone())),
        ..Tls::default()
    }
}

#[tokio::test]
async fn both_sides_show_who_they_are() {
    let authority = Authority::new();
    let folder = tempfile::tempdir().expect("a folder");
    let (certificate, key) = authority.sign("server.global.nomad");
    for (name, text) in [("ca.pem", &authority.pem), ("cert.pem", &certificate), ("key.pem", &key)] {
        std::fs::write(folder.path().join(name), text).expect("a file can be written");
    }
    let at = |name: &str| folder.path().join(name);
    let text = format!(
        "tls {{\n http = true\n rpc = true\n ca_file = {:?}\n cert_file = {:?}\n key_file = {:?}\n \
         verify_server_hostname = true\n verify_https_client = true\n}}\n",
        at("ca.pem"),
        at("cert.pem"),
        at("key.pem")
    );
    let Some(agent) = Agent::start(&text) else { return };
    let own = authority.sign("cli.global.nomad");
    let address = |host: &str| vec![format!("https://{host}:{}", agent.http)];
    let asked = |addresses: Vec<String>, tls: Tls| async {
        let client =
            Client::new(&Config { addresses, tls, ..agent.config() }).expect("the configuration is good");
        client.operator().peers().await
    };
    let client = Client::new(&Config {
        addresses: address("127.0.0.1"),
        tls: tls(&authority, Some(&own)),
        ..agent.config()
    });
    agent.wait_for_node(&client.expect("the configuration is good")).await;
    let named = Tls { server_name: Some("server.global.nomad".into()), ..tls(&authority, Some(&own)) };
    asked(address("127.0.0.1"), named).await.expect("the certificate has that name");

    let told = |result: Result<Vec<String>, nomad::Error>| {
        let error = result.expect_err("it is not trusted");
        assert!(!error.is_unreachable() && !error.to_string().contains("PRIVATE"), "{error}");
        error.to_string()
    };
    let other = Tls { server_name: Some("server.mars.nomad".into()), ..tls(&authority, Some(&own)) };
    let text = told(asked(address("127.0.0.1"), other).await);
    assert!(text.contains("for another name") && text.contains("`tls_server_name`"), "{text}");
    let text = told(asked(address("127.0.0.1"), tls(&Authority::new(), Some(&own))).await);
    assert!(text.contains("unknown authority") && text.contains("`ca_pem`"), "{text}");
    let text = told(asked(address("127.0.0.1"), Tls::default()).await);
    assert!(text.contains("unknown authority"), "{text}");
    let text = told(asked(address("127.0.0.1"), tls(&authority, None)).await);
    assert!(text.contains("`client_cert_pem`"), "{text}");
    let stranger = Authority::new().sign("cli.global.nomad");
    let text = told(asked(address("127.0.0.1"), tls(&authority, Some(&stranger))).await);
    assert!(text.contains("`client_cert_pem`"), "{text}");
    let text = told(asked(vec![format!("http://127.0.0.1:{}", agent.http)], Tls::default()).await);
    assert!(text.contains("write `https://`"), "{text}");
    let blind = Tls { skip_verify: true, ca_pem: None, ..tls(&authority, Some(&own)) };
    asked(address("127.0.0.1"), blind).await.expect("anything is believed");
}

#[tokio::test]
async fn plain_http_is_named_where_tls_was_meant() {
    let Some(agent) = Agent::shared().await else { return };
    let addresses = vec![format!("https://127.0.0.1:{}", agent.http)];
    let client = Client::new(&Config { addresses, ..agent.config() }).expect("the configuration is good");
    let error = client.operator().peers().await.expect_err("it speaks plain http");
    assert!(matches!(error.problem(), Problem::Tls { .. }), "{error:?}");
    assert!(error.to_string().contains("write `http://`"), "{error}");
}
