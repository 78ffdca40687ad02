//! Functions, data sources, ephemeral resources and the provider block.

use std::collections::BTreeMap;
use std::time::Duration;

use kit::engine::{DataEngine, EphemeralEngine, FunctionEngine, ProviderEngine};
use kit::{
    Block, CallError, Computed, Cx, DataSource, Diagnostic, Ephemeral, Function, Late, Lease, Number,
    Private, Provider, ProviderData, Result, Value, check,
};

use tokio_util::sync::CancellationToken;

use crate::now;
use crate::thing::{int, text};

/// Greets somebody.
#[derive(Block)]
struct Greeting {
    /// Whom to greet.
    #[attr(check = check::dns_label)]
    name: String,
    /// How often.
    times: Option<u16>,
    /// With what; may not be known yet.
    word: Late<String>,
}

struct Greet;

impl Function for Greet {
    type Parameters = Greeting;
    type Output = Computed<String>;
    const NAME: &'static str = "greet";

    fn call(&self, Greeting { name, times, word }: Greeting) -> Result<Computed<String>, CallError> {
        if times == Some(0) {
            return Err(CallError::argument("times", "expected at least 1, got 0"));
        }
        let once = |word: &String| format!("{word}, {name}!");
        let all = |word| vec![once(word); times.unwrap_or(1).into()].join(" ");
        Ok(word.known().map_or(Computed::Unknown, |word| Computed::Known(all(word))))
    }
}

#[test]
fn a_function_takes_its_parameters_in_order() {
    let greet = FunctionEngine::new(&Greet);
    let call = |name: Value, times: Value, word: Value| greet.call(vec![name, times, word]);
    assert_eq!(call(text("ann"), Value::Null, text("Hi")), Ok(text("Hi, ann!")));
    assert_eq!(call(text("ann"), int(2), text("Hi")), Ok(text("Hi, ann! Hi, ann!")));
    assert_eq!(call(text("ann"), int(2), Value::UNKNOWN), Ok(Value::UNKNOWN));
    assert_eq!(
        call(text("ann"), int(0), text("Hi")),
        Err(("expected at least 1, got 0".into(), Some(1))),
        "the author's own words"
    );
    assert_eq!(
        call(text("ann"), int(70_000), text("Hi")),
        Err(("times: expected a whole number from 0 to 65535, got 70000".into(), Some(1)))
    );
    let (problem, position) = call(text("Ann!"), Value::Null, text("Hi")).unwrap_err();
    assert!(problem.starts_with("name: expected 1 to 63"), "{problem}");
    assert_eq!(position, Some(0));
    assert_eq!(greet.call(vec![]), Err(("expected 3 arguments, got 0".into(), None)));
}

/// Looks a word up.
#[derive(Block)]
struct Word {
    /// The word.
    #[attr(check = check::one_of(&["tree", "house"]))]
    entry: String,
    /// The language.
    #[attr(default = "en")]
    language: String,
    /// How exactly to look.
    precision: Option<f64>,
    /// What it means.
    meaning: Computed<String>,
    /// Whatever else there is.
    other: Computed<BTreeMap<String, String>>,
}

struct Dictionary;

impl DataSource for Dictionary {
    type Model = Word;
    const NAME: &'static str = "test_word";

    async fn read(&self, cx: &Cx, word: &mut Word) -> Result<()> {
        if word.language != "en" {
            return Err(Diagnostic::error("Unknown language", "language: only `en` is known").into());
        }
        cx.warn(Diagnostic::warning("Old dictionary", "It is from 1910."));
        word.meaning.set(format!("a {}", word.entry));
        Ok(())
    }

    fn check(&self, word: &Word) -> Vec<Diagnostic> {
        let odd = word.entry == "tree" && word.language == "de";
        odd.then(|| Diagnostic::error("Odd", "a tree is a Baum").attribute("entry")).into_iter().collect()
    }
}

fn word(written: &[(&str, Value)]) -> Value {
    let names = ["entry", "language", "precision", "meaning", "other"].map(|name| (name, Value::Null));
    crate::thing::with(&Value::object(names), written)
}

#[test]
fn a_data_source_fills_in_what_is_computed() {
    let engine = DataEngine::new(&Dictionary);
    let many = Value::Number("0.12345678901234567890123".parse::<Number>().unwrap());
    let config = word(&[("entry", text("tree")), ("precision", many.clone())]);
    let (found, said) = now(engine.read(&Cx::default(), &config));
    let found = found.unwrap();
    assert_eq!((found.field("language"), found.field("meaning")), (&text("en"), &text("a tree")));
    assert_eq!(found.field("precision"), &many, "what was written is not rounded");
    assert_eq!(found.field("other"), &Value::Null, "what was not found is null");
    assert_eq!(said[0].summary, "Old dictionary");

    let (none, said) =
        now(engine.read(&Cx::default(), &word(&[("entry", text("tree")), ("language", text("de"))])));
    assert_eq!(none, None);
    assert_eq!(said[0].summary, "Unknown language");
}

#[test]
fn a_data_source_is_checked() {
    let engine = DataEngine::new(&Dictionary);
    let problems = |written: &[(&str, Value)]| -> Vec<String> {
        engine.validate(&word(written)).iter().map(|d| d.detail.clone()).collect()
    };
    assert_eq!(problems(&[("entry", text("tree"))]), [""; 0]);
    assert_eq!(problems(&[("entry", text("cat"))]), ["entry: expected one of `tree`, `house`, got \"cat\""]);
    assert_eq!(problems(&[("entry", text("tree")), ("language", text("de"))]), ["a tree is a Baum"]);
    assert_eq!(problems(&[("entry", text("tree")), ("language", Value::UNKNOWN)]), [""; 0]);
}

/// A token.
#[derive(Block)]
struct Token {
    /// For whom.
    user: String,
    /// The token.
    #[attr(sensitive)]
    token: Computed<String>,
}

struct Tokens;

impl Ephemeral for Tokens {
    type Model = Token;
    const NAME: &'static str = "test_token";

    async fn open(&self, _: &Cx, token: &mut Token) -> Result<Lease> {
        if token.user == "nobody" {
            return Err(Diagnostic::error("No such user", "user: there is no nobody")
                .attribute("user")
                .into());
        }
        token.token.set(format!("token of {}", token.user));
        let mut private = Private::default();
        private.set("user", &token.user);
        Ok(Lease { renew_in: Some(Duration::from_mins(1)), private })
    }

    async fn close(&self, cx: &Cx, private: Private) -> Result<()> {
        let user = private.get::<String>("user").unwrap_or_default();
        cx.warn(Diagnostic::warning(format!("Closed for {user}"), ""));
        Ok(())
    }
}

#[test]
fn an_ephemeral_resource_opens_renews_and_closes() {
    let engine = EphemeralEngine::new(&Tokens);
    let config = |user: &str| Value::object([("user", text(user)), ("token", Value::Null)]);
    let (opened, said) = now(engine.open(&Cx::default(), &config("ann")));
    let (value, lease) = opened.unwrap();
    assert_eq!((value.field("token"), said), (&text("token of ann"), vec![]));
    assert_eq!(lease.renew_in, Some(Duration::from_mins(1)));
    let (renewed, _) = now(engine.renew(&Cx::default(), lease.private));
    let closed = now(engine.close(&Cx::default(), renewed.unwrap().private));
    assert_eq!(closed[0].summary, "Closed for ann");

    let (none, said) = now(engine.open(&Cx::default(), &config("nobody")));
    assert!(none.is_none());
    assert_eq!(said[0].path.as_ref().unwrap().to_string(), "user");
}

/// The provider block.
#[derive(Block)]
struct Settings {
    /// Where to connect.
    #[attr(default = "localhost")]
    endpoint: String,
    /// How to prove who one is.
    auth: Option<Late<String>>,
    /// Servers by name.
    #[block]
    server: BTreeMap<String, Server>,
}

/// One server.
#[derive(Block)]
struct Server {
    /// Its address.
    address: String,
}

struct Cloud;

/// What the verbs get.
#[derive(Debug, PartialEq)]
struct Client(String, usize);

impl Provider for Cloud {
    type Config = Settings;
    type Data = Client;

    async fn configure(&self, _: &Cx, config: Settings) -> Result<Client> {
        if config.endpoint.is_empty() {
            return Err(Diagnostic::error("No endpoint", "endpoint: expected a host")
                .attribute("endpoint")
                .into());
        }
        let addresses: usize = config.server.values().map(|server| server.address.len()).sum();
        Ok(Client(config.endpoint, addresses))
    }
}

fn settings(endpoint: Value, auth: Value, server: Value) -> Value {
    Value::object([("endpoint", endpoint), ("auth", auth), ("server", server)])
}

fn servers(address: Value) -> Value {
    Value::object([("one", Value::object([("address", address)]))])
}

#[test]
fn a_configured_provider_is_what_verbs_get() {
    let engine = ProviderEngine::new(&Cloud);
    let config = settings(Value::Null, Value::UNKNOWN, servers(text("10.0.0.1")));
    let (data, said) = now(engine.configure(&Cx::default(), &config));
    assert_eq!(said, []);
    let cx = Cx::new(data, CancellationToken::default());
    assert_eq!(*cx.provider::<Client>().unwrap(), Client("localhost".into(), 8));

    let (data, said) =
        now(engine.configure(&Cx::default(), &settings(text(""), Value::Null, servers(text("x")))));
    assert!(matches!(data, ProviderData::Unconfigured));
    assert_eq!(said[0].path.as_ref().unwrap().to_string(), "endpoint");
}

#[test]
fn a_provider_not_known_yet_is_no_error_until_somebody_needs_it() {
    let engine = ProviderEngine::new(&Cloud);
    for (config, place) in [
        (settings(Value::UNKNOWN, Value::Null, servers(text("x"))), "endpoint"),
        (settings(Value::Null, Value::Null, servers(Value::UNKNOWN)), "server[\"one\"].address"),
        (settings(Value::Null, Value::Null, Value::UNKNOWN), "server"),
    ] {
        let (data, said) = now(engine.configure(&Cx::default(), &config));
        assert_eq!(said, []);
        let failure = Cx::new(data, CancellationToken::default()).provider::<Client>().unwrap_err();
        assert_eq!(failure.0[0].summary, "Provider configuration not known yet");
        assert!(
            failure.0[0].detail.contains(&format!("provider's {place} depends")),
            "{}",
            failure.0[0].detail
        );
    }
    let failure = Cx::default().provider::<Client>().unwrap_err();
    assert_eq!(failure.0[0].summary, "Provider not configured");
}
