//! What a plan says: known texts, places of mistakes, what hides what, and Nomad's word as warnings.

use kit::{Severity, Type, Value};

use crate::drive::{Driven, errors, told};
use crate::standin::StandIn;

pub fn web(count: u32, more: &str) -> Value {
    Value::string(format!(
        "job \"web\" {{\n  group \"g\" {{\n    count = {count}\n    task \"t\" {{\n      driver = \"raw_exec\"\n      config {{\n        command = \"/bin/true\"\n      }}\n{more}    }}\n  }}\n}}\n"
    ))
}

fn dynamic(value: Value) -> Value {
    Value::Dynamic(Box::new((Type::natural(&value), value)))
}

#[tokio::test]
async fn a_bad_jobspec_fails_with_its_place() {
    let driven = Driven::new("lostops_job", None).await;
    let config = driven.config(&[("jobspec", web(1, "      memry = 3\n"))]);
    let found = driven.validate(&config);
    let text = told(&found);
    assert_eq!(errors(&found).count(), 1, "{text}");
    assert!(text.contains("jobspec:9:7") && text.contains("memry"), "{text}");
    assert_eq!(found[0].path.as_ref().map(ToString::to_string).as_deref(), Some("jobspec"));
}

#[tokio::test]
async fn a_jobspec_or_a_pack_and_not_both() {
    let driven = Driven::new("lostops_job", None).await;
    for fields in [vec![], vec![("jobspec", web(1, "")), ("pack", Value::string("static_site"))]] {
        let found = driven.validate(&driven.config(&fields));
        assert_eq!(found[0].summary, "Either a jobspec or a pack");
    }
}

#[tokio::test]
async fn unknown_packs_and_variables_are_told_with_what_is_near() {
    let driven = Driven::new("lostops_job", None).await;
    let config = driven.config(&[("pack", Value::string("static_sight"))]);
    assert_eq!(driven.validate(&config), [], "only the provider's own folders may know it");
    let planned = driven.plan(&config).await;
    assert!(
        told(&planned.diagnostics).contains("did you mean `static_site`"),
        "{}",
        told(&planned.diagnostics)
    );
    let variables = dynamic(Value::object([("instnces", Value::Number(3_i64.into()))]));
    let config = driven.config(&[("pack", Value::string("static_site")), ("variables", variables)]);
    let found = driven.validate(&config);
    assert!(told(&found).contains("did you mean `instances`"), "{}", told(&found));
}

#[tokio::test]
async fn what_is_not_known_hides_only_what_depends_on_it() {
    let driven = Driven::new("lostops_observability_stack", None).await;
    let loki = driven.block().blocks.iter().find(|nested| nested.name == "loki").unwrap();
    let loki = crate::drive::written(&loki.block, &[("version", Value::UNKNOWN)]);
    let planned = driven.plan(&driven.config(&[("loki", loki)])).await;
    assert_eq!(planned.diagnostics, []);
    let value = planned.value.unwrap();
    assert!(value.field("jobspecs").field("loki").is_unknown());
    assert!(value.field("jobspecs").field("grafana").as_str().is_some());
    assert_eq!(value.field("job_ids").field("loki"), &Value::string("loki"));
}

#[tokio::test]
async fn nomads_word_is_a_warning_that_names_the_job() {
    let nomad = StandIn::start().await;
    let mut driven = Driven::new("lostops_job", Some(&nomad.address())).await;
    driven.apply(&driven.config(&[("jobspec", web(1, ""))])).await;
    let planned = driven.plan(&driven.config(&[("jobspec", web(3, ""))])).await;
    insta::assert_snapshot!(told(&planned.diagnostics), @r"
    Warning: Job web (namespace default) changes
    What Nomad would do now:
      group g: 1 replaced
      ~ group.g.count: 1 → 3
    ");
}

#[tokio::test]
async fn a_nomad_that_is_down_fails_no_plan() {
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let driven = Driven::new("lostops_job", Some(&format!("http://{nobody}"))).await;
    let planned = driven.plan(&driven.config(&[("jobspec", web(1, ""))])).await;
    assert!(planned.value.is_some());
    let [warning] = planned.diagnostics.as_slice() else { panic!("{}", told(&planned.diagnostics)) };
    assert_eq!(
        (warning.severity, warning.summary.as_str()),
        (Severity::Warning, &*format!("Nomad cannot be reached at http://{nobody}"))
    );
}

#[tokio::test]
async fn a_nomad_that_is_required_is_asked_or_the_plan_fails() {
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    for address in [None, Some(format!("http://{nobody}"))] {
        let driven = Driven::with("lostops_job", address.as_deref(), true).await;
        let planned = driven.plan(&driven.config(&[("jobspec", web(1, ""))])).await;
        assert_eq!(errors(&planned.diagnostics).count(), 1, "{}", told(&planned.diagnostics));
    }
}

#[tokio::test]
async fn an_apply_without_a_nomad_says_what_to_do() {
    let mut driven = Driven::new("lostops_job", None).await;
    let config = driven.config(&[("jobspec", web(1, ""))]);
    let applied = driven.apply(&config).await;
    assert!(told(&applied.diagnostics).contains("NOMAD_ADDR"), "{}", told(&applied.diagnostics));
    let config = driven.config(&[("jobspec", web(1, "")), ("render_only", Value::Bool(true))]);
    let applied = driven.apply(&config).await;
    assert_eq!(applied.diagnostics, []);
    assert_eq!(driven.state.field("status"), &Value::string("rendered"));
    driven.is_settled(&config).await;
}

#[tokio::test]
async fn texts_can_be_kept_out_of_sight() {
    let driven = Driven::new("lostops_job", None).await;
    let config = driven.config(&[("jobspec", web(1, "")), ("sensitive_jobspecs", Value::Bool(true))]);
    let value = driven.plan(&config).await.value.unwrap();
    assert_eq!(value.field("jobspecs"), &Value::Map([].into()));
    assert!(value.field("hidden_jobspecs").field("web").as_str().is_some());
}

#[tokio::test]
async fn another_namespace_is_another_object_and_another_spelling_is_not() {
    let nomad = StandIn::start().await;
    let mut driven = Driven::new("lostops_job", Some(&nomad.address())).await;
    driven.apply(&driven.config(&[("jobspec", web(1, ""))])).await;
    let namespace =
        |name: &str| driven.config(&[("jobspec", web(1, "")), ("namespace", Value::string(name))]);
    assert_eq!(driven.plan(&namespace("default")).await.replace, []);
    assert_eq!(driven.plan(&namespace("other")).await.replace.len(), 1);
    let spelled = Value::string(web(1, "").as_str().unwrap().replace("  ", " "));
    let planned = driven.plan(&driven.config(&[("jobspec", spelled)])).await;
    assert_eq!(planned.value.as_ref(), Some(&driven.state));
}

#[tokio::test]
async fn a_connection_that_comes_later_hides_nothing() {
    let driven = Driven::new("lostops_job", None).await;
    let planned = driven.plan(&driven.config(&[("jobspec", web(1, "")), ("nomad", Value::UNKNOWN)])).await;
    assert_eq!(planned.diagnostics, []);
    let value = planned.value.unwrap();
    assert!(value.field("jobspecs").field("web").as_str().is_some() && value.field("nomad").is_unknown());
}

#[tokio::test]
async fn a_secret_that_nobody_gives_is_told_at_plan() {
    let driven = Driven::new("lostops_observability_stack", None).await;
    let alerting = driven.block().blocks.iter().find(|nested| nested.name == "alerting").unwrap();
    let discord = alerting.block.blocks.iter().find(|nested| nested.name == "discord").unwrap();
    let discord = crate::drive::written(&discord.block, &[]);
    let alerting = crate::drive::written(&alerting.block, &[("discord", discord)]);
    let planned = driven.plan(&driven.config(&[("alerting", alerting.clone())])).await;
    let summaries: Vec<&str> = planned.diagnostics.iter().map(|d| d.summary.as_str()).collect();
    assert_eq!(summaries, ["The secret discord_webhook_url is not given"]);
    let given = ("discord_webhook_url_wo", Value::UNKNOWN);
    assert_eq!(driven.plan(&driven.config(&[("alerting", alerting), given])).await.diagnostics, []);
}

#[tokio::test]
async fn a_nomad_job_of_the_other_provider_is_taken_over() {
    let nomad = StandIn::start().await;
    let text = web(1, "");
    let state = Value::object([
        ("id", Value::string("web")),
        ("name", Value::string("web")),
        ("namespace", Value::string("default")),
        ("json", Value::Bool(false)),
        ("jobspec", text.clone()),
    ]);
    let from = kit::Moved {
        provider: "registry.terraform.io/hashicorp/nomad".into(),
        resource: "nomad_job".into(),
        version: 1,
        state,
        private: kit::Private::default(),
    };
    let mut driven = Driven::new("lostops_job", Some(&nomad.address())).await;
    driven.take_over(&from);
    // As Nomad has it: registered by somebody else, without our mark.
    let mut other = Driven::new("lostops_job", Some(&nomad.address())).await;
    other.apply(&driven.config(&[("jobspec", text.clone())])).await;
    nomad.with(|world| world.jobs.get_mut("web").unwrap().as_object_mut().unwrap().remove("Meta"));
    assert_eq!(driven.refresh().await, []);
    assert_eq!(driven.state.field("drift"), &Value::List(Vec::new()));
    let config = driven.config(&[("jobspec", text)]);
    assert_eq!(driven.plan(&config).await.replace, []);
    let applied = driven.apply(&config).await;
    assert_eq!(errors(&applied.diagnostics).count(), 0, "{}", told(&applied.diagnostics));
    assert_eq!(nomad.with(|world| world.jobs["web"]["Meta"]["lostops"].clone()), "jobspec/web");
    driven.is_settled(&config).await;
}
