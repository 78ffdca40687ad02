//! Applies, drift, conflicts, failures, secrets: from one state to the next.

use kit::{Number, Type, Value};
use serde_json::json;

use crate::drive::{Driven, errors, told};
use crate::plans::web;
use crate::standin::StandIn;

async fn running(nomad: &StandIn) -> (Driven, Value) {
    let mut driven = Driven::new("lostops_job", Some(&nomad.address())).await;
    let config = driven.config(&[("jobspec", web(1, ""))]);
    let applied = driven.apply(&config).await;
    assert_eq!(errors(&applied.diagnostics).count(), 0, "{}", told(&applied.diagnostics));
    (driven, config)
}

#[tokio::test]
async fn what_somebody_changed_is_seen_and_repaired() {
    let nomad = StandIn::start().await;
    let (mut driven, config) = running(&nomad).await;
    driven.is_settled(&config).await;
    nomad.with(|world| {
        world.jobs.get_mut("web").unwrap()["TaskGroups"][0]["Count"] = json!(5);
        world.jobs.get_mut("web").unwrap()["JobModifyIndex"] = json!(99);
    });
    assert_eq!(driven.refresh().await, []);
    assert_eq!(driven.state.field("drift"), &Value::List(vec![Value::string("group.g.count: 1 → 5")]));
    driven.apply(&config).await;
    assert_eq!(nomad.with(|world| world.jobs["web"]["TaskGroups"][0]["Count"].clone()), json!(1));
    driven.is_settled(&config).await;
}

#[tokio::test]
async fn a_change_after_the_plan_is_not_overwritten() {
    let nomad = StandIn::start().await;
    let (mut driven, _) = running(&nomad).await;
    let config = driven.config(&[("jobspec", web(2, ""))]);
    let planned = driven.plan(&config).await;
    nomad.with(|world| {
        let job = world.jobs.get_mut("web").unwrap();
        (job["TaskGroups"][0]["Count"], job["JobModifyIndex"]) = (json!(7), json!(99));
    });
    let applied = driven.carry_out(&config, planned).await;
    insta::assert_snapshot!(told(&applied.diagnostics), @r"
    Error: Job web was changed by somebody else since it was planned
    Nothing was overwritten. What is different now:
      group.g.count: 1 → 7
    Plan again to see it, then apply.
    ");
    assert_eq!(nomad.with(|world| world.jobs["web"]["TaskGroups"][0]["Count"].clone()), json!(7));
}

#[tokio::test]
async fn a_job_that_is_gone_or_stopped_is_made_again_but_one_that_is_done_is_done() {
    let nomad = StandIn::start().await;
    let (mut driven, config) = running(&nomad).await;
    for line in ["it was stopped", "it is gone"] {
        nomad.with(|world| match line {
            "it is gone" => drop(world.jobs.remove("web")),
            _ => world.jobs.get_mut("web").unwrap()["Stop"] = json!(true),
        });
        driven.refresh().await;
        assert_eq!(driven.state.field("drift"), &Value::List(vec![Value::string(line)]));
        driven.apply(&config).await;
        assert_eq!(nomad.with(|world| world.jobs["web"]["Stop"].clone()), json!(false));
    }
    let batch = web(1, "").as_str().unwrap().replacen("  group", "  type = \"batch\"\n  group", 1);
    let config = driven.config(&[("jobspec", Value::string(batch))]);
    nomad.with(|world| world.jobs.remove("web"));
    let mut driven = Driven::new("lostops_job", Some(&nomad.address())).await;
    nomad.with(|world| world.ill.clear());
    driven.apply(&config).await;
    nomad.with(|world| {
        world.jobs.remove("web");
        world.writes.clear();
    });
    driven.is_settled(&config).await;
    let patient = driven.config(&[("jobspec", config.field("jobspec").clone()), ("log_lines", number(7))]);
    driven.apply(&patient).await;
    assert_eq!(nomad.with(|world| world.writes.clone()), [""; 0], "it is not run again");
}

fn number(number: i64) -> Value {
    Value::Number(Number::from(number))
}

#[tokio::test]
async fn a_create_that_does_not_become_healthy_is_kept_and_finished_later() {
    let nomad = StandIn::start().await;
    nomad.with(|world| world.ill.push("web".to_owned()));
    let mut driven = Driven::new("lostops_job", Some(&nomad.address())).await;
    let config = driven.config(&[("jobspec", web(1, ""))]);
    let applied = driven.apply(&config).await;
    assert_eq!(errors(&applied.diagnostics).count(), 0, "an error would taint it");
    assert!(told(&applied.diagnostics).contains("Job web: failed: Failed due to unhealthy allocations"));
    assert_eq!(driven.state.field("complete"), &Value::Bool(false));
    assert!(driven.plan(&config).await.value.unwrap().field("complete").is_unknown());
}

#[tokio::test]
async fn an_update_that_does_not_become_healthy_goes_back() {
    let nomad = StandIn::start().await;
    let (mut driven, _) = running(&nomad).await;
    let before = driven.state.field("jobspecs").clone();
    nomad.with(|world| world.ill.push("web".to_owned()));
    let applied = driven.apply(&driven.config(&[("jobspec", web(2, ""))])).await;
    let text = told(&applied.diagnostics);
    assert!(text.starts_with("Error: Job web: failed"), "{text}");
    assert!(text.contains("It went back to version 0, which is healthy."), "{text}");
    assert_eq!(driven.state.field("jobspecs"), &before, "the state says what runs");
    assert_eq!(driven.state.field("complete"), &Value::Bool(false));
}

#[tokio::test]
async fn somebody_elses_job_is_not_touched_and_ours_is_taken_over() {
    let nomad = StandIn::start().await;
    let (_, config) = running(&nomad).await;
    let mut lost = Driven::new("lostops_job", Some(&nomad.address())).await;
    let applied = lost.apply(&config).await;
    assert!(told(&applied.diagnostics).contains("Job web is taken over"), "{}", told(&applied.diagnostics));
    nomad.with(|world| world.jobs.get_mut("web").unwrap()["Meta"] = json!({"lostops": "app/web"}));
    let mut other = Driven::new("lostops_job", Some(&nomad.address())).await;
    let writes = nomad.with(|world| world.writes.len());
    let applied = other.apply(&config).await;
    let text = told(&applied.diagnostics);
    assert!(text.starts_with("Error: Job web is somebody else's") && text.contains("app/web"), "{text}");
    assert_eq!((other.state.clone(), nomad.with(|world| world.writes.len())), (Value::Null, writes));
}

#[tokio::test]
async fn secrets_are_written_first_and_are_in_no_state() {
    let nomad = StandIn::start().await;
    let mut driven = Driven::new("lostops_job", Some(&nomad.address())).await;
    let config = |secret: &str, version: i64, driven: &Driven| {
        let given = Value::object([("key", Value::string(secret))]);
        let given = Value::Dynamic(Box::new((Type::natural(&given), given)));
        let version = ("secrets_wo_version", number(version));
        driven.config(&[("jobspec", web(1, "")), ("secrets_wo", given), version])
    };
    driven.apply(&config("hunter2-one", 1, &driven)).await;
    let stored = || nomad.with(|world| world.variables["nomad/jobs/web"]["Items"]["key"].clone());
    assert_eq!(stored(), json!("hunter2-one"));
    assert_eq!(nomad.with(|world| world.writes[0].clone()), "PUT var/nomad/jobs/web");
    assert!(!format!("{:?} {:?}", driven.state, driven.private).contains("hunter2"));
    driven.apply(&config("hunter2-two", 1, &driven)).await;
    assert_eq!(stored(), json!("hunter2-one"), "nothing is written without a new version");
    driven.apply(&config("hunter2-two", 2, &driven)).await;
    assert_eq!(stored(), json!("hunter2-two"));
    driven.destroy().await;
    assert!(nomad.with(|world| world.variables.is_empty()));
}

#[tokio::test]
async fn what_is_protected_stays_until_it_is_let_go() {
    let nomad = StandIn::start().await;
    let mut driven = Driven::new("lostops_job", Some(&nomad.address())).await;
    let config = driven.config(&[("jobspec", web(1, "")), ("deletion_protection", Value::Bool(true))]);
    driven.apply(&config).await;
    let refused = driven.destroy().await;
    assert_eq!(refused[0].summary, "web is protected");
    driven.apply(&driven.config(&[("jobspec", web(1, ""))])).await;
    assert_eq!(driven.destroy().await, []);
    assert_eq!(nomad.with(|world| world.removed.clone()), ["web"]);
}

#[tokio::test]
async fn what_keeps_data_is_protected_unless_that_is_turned_off() {
    let nomad = StandIn::start().await;
    let folder = tempfile::tempdir().unwrap();
    let write = |keeps: bool| {
        let pack = format!(
            "pack \"store\" {{\n  version = \"1.0.0\"\n  summary = \"A store.\"\n  keeps_data = {keeps}\n}}\njob \"web\" {{}}\nvolume \"d\" {{\n  job = \"web\"\n}}\n"
        );
        std::fs::write(folder.path().join("pack.hcl"), pack).unwrap();
        let volume = "volume \"d\" {\n      type = \"host\"\n      source = pack.volumes.d\n      access_mode = \"single-node-writer\"\n      attachment_mode = \"file-system\"\n    }";
        let job = web(1, "").as_str().unwrap().replace("count = 1", volume);
        std::fs::write(folder.path().join("web.nomad.hcl"), job).unwrap();
    };
    write(true);
    let mut driven = Driven::new("lostops_job", Some(&nomad.address())).await;
    let pack = [("pack", Value::string(folder.path().display().to_string())), ("name", Value::string("s"))];
    let given = |protection: Option<bool>, driven: &Driven| {
        let more = protection.map(|on| ("deletion_protection", Value::Bool(on)));
        driven.config(&[pack.to_vec(), more.into_iter().collect()].concat())
    };
    driven.apply(&given(None, &driven)).await;
    assert_eq!(driven.state.field("deletion_protection"), &Value::Bool(true));
    assert_eq!(driven.destroy().await[0].summary, "s is protected");
    driven.apply(&given(Some(false), &driven)).await;
    write(false);
    driven.apply(&given(None, &driven)).await;
    assert_eq!(driven.state.field("deletion_protection"), &Value::Bool(false));
    assert!(told(&driven.destroy().await).contains("These volumes stay"));
}

#[tokio::test]
async fn volumes_are_made_and_stay_unless_they_are_named() {
    let nomad = StandIn::start().await;
    let mut driven = Driven::new("lostops_static_site", Some(&nomad.address())).await;
    let block = driven.block().blocks.iter().find(|nested| nested.name == "volume").unwrap();
    let volume = crate::drive::written(&block.block, &[]);
    let plain = [("name", Value::string("docs")), ("volume", volume)];
    driven.apply(&driven.config(&plain)).await;
    assert_eq!(nomad.with(|world| world.volumes.clone()), ["docs-pages"]);
    assert!(told(&driven.destroy().await).contains("These volumes stay: docs-pages"));
    let named = ("delete_data", Value::set([Value::string("pages")]));
    driven.apply(&driven.config(&[plain.to_vec(), vec![named]].concat())).await;
    assert_eq!(driven.destroy().await, []);
    assert!(nomad.with(|world| world.volumes.is_empty()));
}

#[tokio::test]
async fn a_job_and_a_use_of_a_pack_are_imported_by_name() {
    let nomad = StandIn::start().await;
    let (_, config) = running(&nomad).await;
    let mut driven = Driven::new("lostops_job", Some(&nomad.address())).await;
    assert_eq!(driven.import("web").await, []);
    driven.apply(&config).await;
    driven.is_settled(&config).await;
    let site = driven.config(&[("pack", Value::string("static_site")), ("name", Value::string("docs"))]);
    let mut made = Driven::new("lostops_job", Some(&nomad.address())).await;
    made.apply(&site).await;
    let mut driven = Driven::new("lostops_job", Some(&nomad.address())).await;
    assert_eq!(driven.import("default/docs").await, []);
    assert_eq!(driven.state.field("pack"), &Value::string("static_site"));
    driven.apply(&site).await;
    driven.is_settled(&site).await;
}

#[tokio::test]
async fn jobs_that_a_pack_no_longer_has_are_taken_away() {
    let nomad = StandIn::start().await;
    let mut driven = Driven::new("lostops_observability_stack", Some(&nomad.address())).await;
    let only = |names: &[&str]| Value::List(names.iter().map(|name| Value::string(*name)).collect());
    driven.apply(&driven.config(&[("components", only(&["prometheus", "loki"]))])).await;
    assert_eq!(nomad.with(|world| world.jobs.len()), 2);
    let config = driven.config(&[("components", only(&["prometheus"]))]);
    driven.apply(&config).await;
    assert_eq!(nomad.with(|world| world.removed.clone()), ["loki"]);
    driven.is_settled(&config).await;
}

#[tokio::test]
async fn an_apply_that_changed_nothing_leaves_what_is_known_as_it_was() {
    let nomad = StandIn::start().await;
    let mut driven = Driven::new("lostops_static_site", Some(&nomad.address())).await;
    let block = driven.block().blocks.iter().find(|nested| nested.name == "volume").unwrap();
    let volume = crate::drive::written(&block.block, &[]);
    let plain = [("name", Value::string("docs"))];
    driven.apply(&driven.config(&[plain.to_vec(), vec![("volume", volume)]].concat())).await;
    let without = driven.config(&plain);
    let planned = driven.plan(&without).await;
    nomad.with(|world| {
        let job = world.jobs.get_mut("docs").unwrap();
        (job["TaskGroups"][0]["Count"], job["JobModifyIndex"]) = (json!(7), json!(99));
    });
    let applied = driven.carry_out(&without, planned).await;
    assert_eq!(errors(&applied.diagnostics).count(), 1, "it was changed by somebody else");
    assert!(told(&driven.destroy().await).contains("These volumes stay: docs-pages"), "it is still known");
}
