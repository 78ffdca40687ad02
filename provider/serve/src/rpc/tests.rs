//! The calls that Terraform 1.11 does not make, and the ones that a broken or hostile peer would.

use kit::{Block, CallError, Computed, Cx, Function, Moved, Private, Resource, Result, State, Type, Value};
use prost::bytes::Bytes;
use tfplugin5::{ClientCapabilities, DynamicValue, RawState, list_resource};
use tonic::Code;

use super::*;

/// The provider block.
#[derive(Block)]
struct Config {
    /// Something that may not be known yet.
    address: Option<String>,
}

struct Tiny;

impl kit::Provider for Tiny {
    type Config = Config;
    type Data = String;

    async fn configure(&self, _: &Cx, config: Config) -> Result<String> {
        Ok(config.address.unwrap_or_default())
    }
}

/// A thing.
#[derive(Block)]
struct Thing {
    /// What it is called; `boom` makes it crash.
    name: String,
    /// Never stored.
    #[attr(write_only)]
    secret_wo: Option<String>,
    /// Where it is.
    #[attr(stable)]
    id: Computed<String>,
}

struct Things;

impl Resource for Things {
    type Model = Thing;
    const NAME: &'static str = "tiny_thing";

    async fn create(&self, cx: &Cx, mut planned: Thing, state: &mut State<'_, Thing>) -> Result<()> {
        assert_ne!(planned.name, "boom");
        planned.id.set(cx.provider::<String>()?.as_str());
        state.record(&planned);
        Ok(())
    }

    async fn read(&self, _: &Cx, current: Thing, _: &mut Private) -> Result<Option<Thing>> {
        assert_ne!(current.name, "boom");
        Ok(Some(current))
    }

    async fn update(&self, _: &Cx, _: Thing, planned: Thing, state: &mut State<'_, Thing>) -> Result<()> {
        assert_ne!(planned.name, "boom");
        state.record(&planned);
        Ok(())
    }

    async fn delete(&self, _: &Cx, _: Thing, _: &mut State<'_, Thing>) -> Result<()> {
        Ok(())
    }

    fn moved(&self, from: &Moved) -> Option<Result<Value>> {
        Some(Ok(from.state.clone()))
    }
}

/// A thing with a secret of its own.
#[derive(Block)]
struct Vault {
    /// What it is called; `torn` makes the provider return something that its schema does not have.
    name: String,
    /// What opens it.
    #[attr(sensitive)]
    key: Computed<String>,
    /// What closes it.
    #[attr(sensitive)]
    pin: Computed<i64>,
    /// Of any type.
    note: Computed<Value>,
}

struct Vaults;

impl Resource for Vaults {
    type Model = Vault;
    const NAME: &'static str = "tiny_vault";

    async fn create(&self, _: &Cx, mut planned: Vault, state: &mut State<'_, Vault>) -> Result<()> {
        let misfit = Value::Dynamic(Box::new((Type::Bool, Value::string("neither"))));
        planned.key.set(format!("opens {}", planned.name));
        planned.pin.set(90_210_455);
        planned.note.set(if planned.name == "torn" { misfit } else { Value::Bool(true) });
        state.private().set("made", &true);
        state.record(&planned);
        Ok(())
    }

    async fn read(&self, _: &Cx, current: Vault, _: &mut Private) -> Result<Option<Vault>> {
        Ok(Some(current))
    }

    async fn update(&self, _: &Cx, _: Vault, _: Vault, _: &mut State<'_, Vault>) -> Result<()> {
        Ok(())
    }

    async fn delete(&self, _: &Cx, _: Vault, _: &mut State<'_, Vault>) -> Result<()> {
        Ok(())
    }
}

/// Text twice.
#[derive(Block)]
struct Twice {
    /// The text.
    text: String,
}

struct Double;

impl Function for Double {
    type Parameters = Twice;
    type Output = String;
    const NAME: &'static str = "double";

    fn call(&self, arguments: Twice) -> Result<String, CallError> {
        if arguments.text.is_empty() {
            return Err(CallError::argument("text", "nothing to double"));
        }
        Ok(arguments.text.repeat(2))
    }
}

static REGISTRY: Registry = Registry {
    address: "example.com/we/tiny",
    version: "0.0.0",
    doc: "",
    provider: &Tiny,
    resources: &[&Things, &Vaults],
    data_sources: &[],
    functions: &[&Double],
    ephemerals: &[],
};

fn service() -> Service {
    Service::new(&REGISTRY, Lifecycle::default())
}

fn thing(name: &str, id: Value) -> Value {
    let text = Value::string;
    Value::object([("name", text(name)), ("secret_wo", Value::Null), ("id", id), ("timeouts", Value::Null)])
}

fn sent(value: &Value) -> Option<DynamicValue> {
    let limits = ["create", "read", "update", "delete"].map(|verb| (verb, Type::String));
    let ty = Type::object([
        ("name", Type::String),
        ("secret_wo", Type::String),
        ("id", Type::String),
        ("timeouts", Type::object(limits)),
    ]);
    codec::encode(value, &ty).ok()
}

fn messages(diagnostics: &[tfplugin5::Diagnostic]) -> String {
    diagnostics.iter().map(|d| format!("{}: {}", d.summary, d.detail)).collect::<Vec<_>>().join("\n")
}

async fn apply(service: &Service, prior: Value, planned: Value) -> apply_resource_change::Response {
    let request = apply_resource_change::Request {
        type_name: "tiny_thing".into(),
        prior_state: sent(&prior),
        planned_state: sent(&planned),
        config: sent(&planned),
        planned_private: Bytes::from_static(br#"{"kept":1}"#),
        ..Default::default()
    };
    service.apply_resource_change(Request::new(request)).await.unwrap().into_inner()
}

#[tokio::test]
async fn what_only_newer_clients_ask_is_answered_without_an_error() {
    let service = service();
    let metadata = service.get_metadata(Request::new(get_metadata::Request {})).await.unwrap().into_inner();
    assert_eq!(metadata.resources[0].type_name, "tiny_thing");
    assert_eq!(metadata.functions[0].name, "double");
    assert!(metadata.diagnostics.is_empty());
    let functions =
        service.get_functions(Request::new(get_functions::Request {})).await.unwrap().into_inner();
    assert!(functions.functions.contains_key("double"));
    let identities = get_resource_identity_schemas::Request {};
    let identities =
        service.get_resource_identity_schemas(Request::new(identities)).await.unwrap().into_inner();
    assert!(identities.identity_schemas.is_empty() && identities.diagnostics.is_empty());
    let list = service.list_resource(Request::new(list_resource::Request::default())).await;
    assert_eq!(list.err().map(|status| status.code()), Some(Code::Unimplemented));
}

#[tokio::test]
async fn schemas_need_no_configuration_and_every_block_is_there() {
    let schema =
        service().get_schema(Request::new(get_provider_schema::Request {})).await.unwrap().into_inner();
    let resource = schema.resource_schemas["tiny_thing"].block.as_ref().unwrap();
    assert!(schema.provider.unwrap().block.is_some());
    assert!(resource.block_types.iter().all(|nested| nested.block.is_some()));
    let types: Vec<&[u8]> = resource.attributes.iter().map(|a| a.r#type.as_ref()).collect();
    assert_eq!(types, [br#""string""#; 3]);
}

#[tokio::test]
async fn a_crash_costs_one_answer_and_no_state() {
    let service = service();
    let prior = thing("calm", Value::string("1"));
    let crashed = apply(&service, prior.clone(), thing("boom", Value::string("1"))).await;
    assert!(messages(&crashed.diagnostics).starts_with("The provider crashed"), "{crashed:?}");
    assert_eq!(crashed.new_state, sent(&prior));
    assert_eq!(crashed.private, br#"{"kept":1}"#.as_slice());
    let fine = apply(&service, prior, thing("calmer", Value::string("1"))).await;
    assert!(fine.diagnostics.is_empty(), "{fine:?}");
}

async fn make_vault(name: &str) -> (apply_resource_change::Response, Type) {
    let limits = ["create", "read", "update", "delete"].map(|verb| (verb, Type::String));
    let ty = Type::object([
        ("name", Type::String),
        ("key", Type::String),
        ("pin", Type::Number),
        ("note", Type::Dynamic),
        ("timeouts", Type::object(limits)),
    ]);
    let planned = Value::object([
        ("name", Value::string(name)),
        ("key", Value::UNKNOWN),
        ("pin", Value::UNKNOWN),
        ("note", Value::UNKNOWN),
        ("timeouts", Value::Null),
    ]);
    let request = apply_resource_change::Request {
        type_name: "tiny_vault".into(),
        planned_state: codec::encode(&planned, &ty).ok(),
        ..Default::default()
    };
    (service().apply_resource_change(Request::new(request)).await.unwrap().into_inner(), ty)
}

/// It exists, and whoever forgets it over one bad value can never remove it.
#[tokio::test]
async fn what_was_made_is_saved_although_a_value_of_it_does_not_fit_its_schema() {
    let (made, ty) = make_vault("torn").await;
    assert!(messages(&made.diagnostics).contains("note"), "{made:?}");
    let state = codec::decode(made.new_state, &ty).unwrap();
    assert_eq!(state.field("key"), &Value::string("opens torn"));
    assert!(state.field("note").is_null());
    assert_eq!(made.private, br#"{"made":true}"#.as_slice());
}

#[tokio::test]
async fn a_secret_that_the_provider_makes_is_hidden_like_one_that_it_is_given() {
    let (made, _) = make_vault("fresh secret").await;
    assert!(made.diagnostics.is_empty(), "{made:?}");
    assert_eq!(crate::log::secrets().redact("it opens fresh secret."), "it (sensitive).");
    assert_eq!(crate::log::secrets().redact("pin=90210455"), "pin=(sensitive)");
}

#[tokio::test]
async fn a_read_that_crashes_keeps_what_was_known() {
    let request = read_resource::Request {
        type_name: "tiny_thing".into(),
        current_state: sent(&thing("boom", Value::Null)),
        private: Bytes::from_static(br#"{"kept":1}"#),
        ..Default::default()
    };
    let answer = service().read_resource(Request::new(request.clone())).await.unwrap().into_inner();
    assert_eq!((answer.new_state, answer.private), (request.current_state, request.private));
    assert_eq!(answer.diagnostics.len(), 1);
}

#[tokio::test]
async fn an_unknown_type_is_named() {
    let request =
        validate_resource_type_config::Request { type_name: "tiny_other".into(), ..Default::default() };
    let answer = service().validate_resource_type_config(Request::new(request)).await.unwrap().into_inner();
    assert!(messages(&answer.diagnostics).contains("no resource type \"tiny_other\""), "{answer:?}");
}

#[tokio::test]
async fn malformed_values_are_diagnostics() {
    for msgpack in [&b"\xc1"[..], b"\x81\xa4name\xa1x", b"\x93\x01", b"\xdf\xff\xff\xff\xff"] {
        let value = DynamicValue { msgpack: Bytes::copy_from_slice(msgpack), json: Bytes::new() };
        let request = plan_resource_change::Request {
            type_name: "tiny_thing".into(),
            proposed_new_state: Some(value),
            ..Default::default()
        };
        let answer = service().plan_resource_change(Request::new(request)).await.unwrap().into_inner();
        assert!(messages(&answer.diagnostics).contains("malformed msgpack"), "{msgpack:x?}: {answer:?}");
    }
}

#[tokio::test]
async fn foreign_private_data_and_ancient_states_are_refused() {
    let read = read_resource::Request {
        type_name: "tiny_thing".into(),
        current_state: sent(&thing("a", Value::Null)),
        private: Bytes::from_static(b"\x00\x01"),
        ..Default::default()
    };
    let answer = service().read_resource(Request::new(read.clone())).await.unwrap().into_inner();
    assert!(messages(&answer.diagnostics).contains("private data"), "{answer:?}");
    assert_eq!(answer.private, read.private);
    let upgrade = upgrade_resource_state::Request {
        type_name: "tiny_thing".into(),
        raw_state: Some(RawState { json: Bytes::new(), flatmap: [("id".into(), "1".into())].into() }),
        ..Default::default()
    };
    let answer = service().upgrade_resource_state(Request::new(upgrade)).await.unwrap().into_inner();
    assert!(messages(&answer.diagnostics).contains("before Terraform 0.12"), "{answer:?}");
}

#[tokio::test]
async fn write_only_values_need_a_client_that_keeps_them_out_of_its_state() {
    let mut config = thing("a", Value::Null);
    if let Value::Map(fields) = &mut config {
        fields.insert("secret_wo".into(), Value::string("hush"));
    }
    for (write_only_attributes_allowed, problems) in [(false, 1), (true, 0)] {
        let request = validate_resource_type_config::Request {
            type_name: "tiny_thing".into(),
            config: sent(&config),
            client_capabilities: Some(ClientCapabilities {
                write_only_attributes_allowed,
                ..Default::default()
            }),
        };
        let answer =
            service().validate_resource_type_config(Request::new(request)).await.unwrap().into_inner();
        assert_eq!(answer.diagnostics.len(), problems, "{answer:?}");
    }
}

#[tokio::test]
async fn a_provider_that_is_not_configured_or_not_known_says_so_to_who_needs_it() {
    let service = service();
    let unknown = Value::object([("address", Value::UNKNOWN)]);
    let ty = Type::object([("address", Type::String)]);
    let made = |answer: apply_resource_change::Response| messages(&answer.diagnostics);
    assert!(made(apply(&service, Value::Null, thing("a", Value::UNKNOWN)).await).contains("not configured"));
    let request = configure::Request { config: codec::encode(&unknown, &ty).ok(), ..Default::default() };
    let answer = service.configure(Request::new(request)).await.unwrap().into_inner();
    assert!(answer.diagnostics.is_empty(), "{answer:?}");
    let problem = made(apply(&service, Value::Null, thing("a", Value::UNKNOWN)).await);
    assert!(problem.contains("provider's address depends on"), "{problem}");
}

#[tokio::test]
async fn a_function_says_which_argument_is_to_blame() {
    let service = service();
    let text = |text: &str| codec::encode(&Value::string(text), &Type::String).unwrap();
    let call = |name: &str, arguments| call_function::Request { name: name.into(), arguments };
    let done =
        service.call_function(Request::new(call("double", vec![text("ab")]))).await.unwrap().into_inner();
    assert_eq!(done.result, Some(text("abab")));
    let refused =
        service.call_function(Request::new(call("double", vec![text("")]))).await.unwrap().into_inner();
    assert_eq!(refused.error.unwrap().function_argument, Some(0));
    for wrong in [call("double", vec![]), call("double", vec![text("a"), text("b")]), call("halve", vec![])] {
        let answer = service.call_function(Request::new(wrong)).await.unwrap().into_inner();
        assert!(answer.error.is_some() && answer.result.is_none(), "{answer:?}");
    }
}

#[tokio::test]
async fn private_data_moves_with_its_object_but_not_between_providers() {
    for (provider, kept) in [("example.com/we/tiny", &br#"{"kept":1}"#[..]), ("example.com/they/big", b"")] {
        let request = move_resource_state::Request {
            source_provider_address: provider.into(),
            target_type_name: "tiny_thing".into(),
            source_state: Some(RawState {
                json: Bytes::from_static(br#"{"name":"a"}"#),
                ..Default::default()
            }),
            source_private: Bytes::from_static(br#"{"kept":1}"#),
            ..Default::default()
        };
        let answer = service().move_resource_state(Request::new(request)).await.unwrap().into_inner();
        assert_eq!(
            (answer.target_private.as_ref(), answer.target_state.is_some()),
            (kept, true),
            "{answer:?}"
        );
    }
}

#[tokio::test]
async fn stop_cancels_what_runs_and_nothing_else() {
    let life = Lifecycle::default();
    let service = Service::new(&REGISTRY, life.clone());
    let running = life.stop_token();
    service.stop(Request::new(stop::Request {})).await.unwrap();
    assert!(running.is_cancelled() && !life.shutdown_token().is_cancelled());
}
