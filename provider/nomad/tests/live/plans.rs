//! What Nomad says that a change would do, in our words; and that nothing is said where nothing changes.

use nomad::plan::{Change, Options, describe};
use serde_json::json;

use crate::agent::Agent;
use crate::{registered, service, watched, within};

#[tokio::test]
async fn a_plan_is_told_in_the_words_of_a_jobspec() {
    let Some(agent) = Agent::shared().await else { return };
    let client = agent.client();
    let mut job = service("planned", "sleep 600");
    job["TaskGroups"][0]["Scaling"] = json!({"Min": 1, "Max": 3, "Enabled": true});
    let new = client.jobs().plan(&job).await.expect("a plan");
    assert!(new.is_new() && new.changes_job());
    assert_eq!(describe(&new, &Options::default()).change, Change::Added);
    let (verdict, _) = watched(&client, &job, &within(60)).await;
    assert!(verdict.is_good(), "{verdict}");
    let same = describe(&client.jobs().plan(&job).await.expect("a plan"), &Options::default());
    assert_eq!((same.change, same.lines.len()), (Change::None, 0), "{same}");

    job["TaskGroups"][0]["Count"] = 2.into();
    job["Update"]["MaxParallel"] = 2.into();
    job["TaskGroups"][0]["Tasks"][0]["Env"] = json!({"PASSWORD": "hunter2"});
    job["TaskGroups"][0]["Tasks"][0]["KillTimeout"] = 2_000_000_000.into();
    job["TaskGroups"][0]["Networks"] = json!([{"Mode": "host", "DynamicPorts": [{"Label": "http"}]}]);
    let plan = client.jobs().plan(&job).await.expect("a plan");
    let options = Options { secrets: vec!["hunter2".into()], scaled_groups: ["all".to_owned()].into() };
    let described = describe(&plan, &options);
    let lines = described.lines.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
    insta::assert_snapshot!(lines, @r#"
    group.all.update.max_parallel: 1 → 2
    group.all.network: added (mode "host", port.http)
    group.all.task.main.env.PASSWORD: unset → "(hidden)"
    group.all.task.main.kill_timeout: 1s → 2s
    "#);
    assert_eq!(described.groups["all"].to_string(), "1 placed, 1 replaced");
    job["TaskGroups"][0]["Constraints"] =
        json!([{"LTarget": "${attr.kernel.name}", "RTarget": "plan9", "Operand": "="}]);
    let described = describe(&client.jobs().plan(&job).await.expect("a plan"), &options);
    assert!(
        described.to_string().contains("ruled out by the constraint `${attr.kernel.name} = plan9`"),
        "{described}"
    );
    let untouched = client.jobs().read("planned").await.expect("an answer").expect("it is there");
    assert_eq!(untouched.version, 0, "a plan changes nothing");
}

#[tokio::test]
async fn what_the_servers_add_to_a_job_is_not_told() {
    let Some(agent) = Agent::shared().await else { return };
    let client = agent.client();
    let mut job = service("rich", "sleep 600");
    job["TaskGroups"][0]["Count"] = 0.into();
    job["TaskGroups"][0]["Networks"] = json!([{"Mode": "host", "DynamicPorts": [{"Label": "http"}]}]);
    job["TaskGroups"][0]["Services"] = json!([{
        "Name": "rich", "Provider": "nomad", "PortLabel": "http",
        "Checks": [{"Type": "http", "Path": "/", "Interval": 10_000_000_000_u64, "Timeout": 2_000_000_000}],
    }]);
    let task = &mut job["TaskGroups"][0]["Tasks"][0];
    task["Identities"] = json!([{"Name": "vault", "Audience": ["vault.io"], "TTL": 3_600_000_000_000_u64}]);
    task["Templates"] = json!([{"EmbeddedTmpl": "{{ env \"X\" }}", "DestPath": "local/x", "Envvars": true}]);
    registered(&client, &job).await;
    let same = describe(&client.jobs().plan(&job).await.expect("a plan"), &Options::default());
    assert_eq!(same.change, Change::None, "{same}");
}
