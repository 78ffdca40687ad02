//! What becomes of jobs: healthy, canary, failed with its last words, gone back, without room, batch, system, later.

use std::time::{Duration, Instant};

use nomad::deployment::{Batch, Canary, Options, Outcome, Progress, watch};
use serde_json::json;

use crate::agent::Agent;
use crate::{job, registered, service, watched, within};

#[tokio::test]
async fn a_service_becomes_healthy_and_says_how() {
    let Some(agent) = Agent::shared().await else { return };
    let client = agent.client();
    let mut job = service("healthy", "sleep 600");
    job["TaskGroups"][0]["Count"] = 2.into();
    let (verdict, told) = watched(&client, &job, &within(60)).await;
    assert_eq!(verdict.outcome, Outcome::Healthy, "{verdict}");
    assert!(verdict.deployment_id.is_some() && verdict.groups["all"].healthy_allocs == 2, "{verdict:?}");
    let told = told.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
    assert!(
        told.contains("group all: 2 of 2 healthy") && told.contains("healthy.all[1] is placed on"),
        "{told}"
    );
    let (again, _) = watched(&client, &job, &within(60)).await;
    assert_eq!(again.outcome, Outcome::Healthy, "nothing changed: {again}");
    let mut batchless = job.clone();
    batchless["TaskGroups"][0]["Count"] = 0.into();
    let (idle, _) = watched(&client, &batchless, &within(60)).await;
    assert!(idle.is_good(), "{idle}");
}

#[tokio::test]
async fn a_failing_task_is_heard() {
    let Some(agent) = Agent::shared().await else { return };
    let client = agent.client();
    let mut job = service("failing", "echo looking; printf '\\033[31mno database\\033[0m\\n' >&2; exit 7");
    job["TaskGroups"][0]["ReschedulePolicy"] = json!({"Attempts": 0, "Unlimited": false});
    job["Update"]["ProgressDeadline"] = 0.into();
    job["Update"]["MinHealthyTime"] = 5_000_000_000_u64.into();
    let (verdict, _) = watched(&client, &job, &within(60)).await;
    let Outcome::Failed { why } = &verdict.outcome else { panic!("{verdict}") };
    assert!(why.contains("unhealthy"), "{why}");
    let task = &verdict.failures[0].tasks[0];
    assert_eq!((task.name.as_str(), task.log.as_slice()), ("main", ["no database".to_owned()].as_slice()));
    assert!(task.events.iter().any(|event| event.contains("Exit Code: 7")), "{:?}", task.events);
    assert!(verdict.to_string().contains("| no database"), "{verdict}");
}

#[tokio::test]
async fn a_program_that_is_not_there_is_named_and_given_up() {
    let Some(agent) = Agent::shared().await else { return };
    let client = agent.client();
    let mut job = service("no-program", "");
    job["TaskGroups"][0]["Tasks"][0]["Config"] = json!({"command": "/no/such/program"});
    job["TaskGroups"][0]["ReschedulePolicy"] =
        json!({"Unlimited": true, "Delay": 5_000_000_000_u64, "DelayFunction": "constant"});
    let options = Options { give_up_after: Some(1), ..within(60) };
    let (verdict, _) = watched(&client, &job, &options).await;
    assert_eq!(verdict.outcome, Outcome::Failed { why: "1 of group all failed".into() }, "{verdict}");
    assert!(verdict.to_string().contains("/no/such/program"), "{verdict}");
}

#[tokio::test]
async fn canaries_wait_or_are_promoted() {
    let Some(agent) = Agent::shared().await else { return };
    let client = agent.client();
    let mut job = service("canary", "sleep 600");
    job["Update"]["Canary"] = 1.into();
    let (first, _) = watched(&client, &job, &within(60)).await;
    assert_eq!(first.outcome, Outcome::Healthy, "a first version has no canaries: {first}");
    job["TaskGroups"][0]["Tasks"][0]["Env"] = json!({"V": "2"});
    let (left, told) = watched(&client, &job, &within(60)).await;
    assert_eq!(left.outcome, Outcome::Canary, "{left} {told:?}");
    assert!(left.is_good() && left.failures.is_empty());
    let promote = Options { canary: Canary::After(Duration::from_millis(1500)), ..within(60) };
    let (promoted, told) = watched(&client, &job, &promote).await;
    assert_eq!(promoted.outcome, Outcome::Healthy, "{promoted}");
    assert!(told.contains(&Progress::Promoted), "{told:?}");
    job["TaskGroups"][0]["Tasks"][0]["Env"] = json!({"V": "3"});
    let promote = Options { canary: Canary::Promote, ..within(60) };
    let (promoted, _) = watched(&client, &job, &promote).await;
    assert_eq!(promoted.outcome, Outcome::Healthy, "{promoted}");
}

#[tokio::test]
async fn nomad_goes_back_by_itself() {
    let Some(agent) = Agent::shared().await else { return };
    let client = agent.client();
    let mut job = service("reverted", "sleep 600");
    job["Update"]["AutoRevert"] = true.into();
    job["Update"]["ProgressDeadline"] = 0.into();
    let (first, _) = watched(&client, &job, &within(60)).await;
    assert_eq!(first.outcome, Outcome::Healthy, "{first}");
    job["Update"]["MinHealthyTime"] = 5_000_000_000_u64.into();
    job["TaskGroups"][0]["Tasks"][0]["Config"] = json!({"command": "/bin/sh", "args": ["-c", "exit 3"]});
    job["TaskGroups"][0]["ReschedulePolicy"] = json!({"Attempts": 0, "Unlimited": false});
    let (second, told) = watched(&client, &job, &within(60)).await;
    assert!(matches!(second.outcome, Outcome::Failed { .. }), "{second}");
    let rollback = second.rollback.expect("it goes back");
    assert_eq!((rollback.to, rollback.healthy), (0, true), "{second} {told:?}");
    assert!(told.contains(&Progress::RollingBack { to: 0 }), "{told:?}");
}

#[tokio::test]
async fn without_room_the_reasons_are_told() {
    let Some(agent) = Agent::shared().await else { return };
    let client = agent.client();
    let options = Options { placement: Duration::from_secs(2), ..within(60) };
    let mut large = service("too-large", "sleep 600");
    large["TaskGroups"][0]["Tasks"][0]["Resources"] = json!({"CPU": 20, "MemoryMB": 9_000_000});
    let (verdict, _) = watched(&client, &large, &options).await;
    assert_eq!(verdict.outcome, Outcome::Unplaced, "{verdict}");
    assert!(verdict.to_string().contains("not enough memory"), "{verdict}");
    let mut elsewhere = job("elsewhere", "batch", "true");
    elsewhere["NodePool"] = "nowhere".into();
    let error = client.jobs().register(&elsewhere, &nomad::jobs::Register::default()).await;
    let error = error.expect_err("there is no such pool").to_string();
    assert!(error.contains("Create the node pool first"), "{error}");
    elsewhere["NodePool"] = "default".into();
    elsewhere["Datacenters"] = json!(["mars"]);
    let (verdict, told) = watched(&client, &elsewhere, &options).await;
    assert_eq!(verdict.outcome, Outcome::Unplaced, "{verdict}");
    assert!(told.iter().any(|progress| matches!(progress, Progress::Unplaced { .. })), "{told:?}");
    assert!(verdict.to_string().contains("datacenter"), "{verdict}");
    let mut volume = job("no-volume", "batch", "true");
    volume["TaskGroups"][0]["Volumes"] = json!({"d": {"Name": "d", "Type": "host", "Source": "nothing"}});
    let (verdict, _) = watched(&client, &volume, &options).await;
    assert!(verdict.to_string().contains("no such host volume"), "{verdict}");
}

#[tokio::test]
async fn batch_and_system_jobs_come_to_their_ends() {
    let Some(agent) = Agent::shared().await else { return };
    let client = agent.client();
    let finished = Options { batch: Batch::Finished, ..within(60) };
    let (ended, _) = watched(&client, &job("ends", "batch", "exit 0"), &finished).await;
    assert_eq!(ended.outcome, Outcome::Healthy, "{ended}");
    let begins = Instant::now();
    let (begun, _) = watched(&client, &job("begins", "batch", "sleep 600"), &within(60)).await;
    assert_eq!(begun.outcome, Outcome::Healthy, "{begun}");
    assert!(
        begins.elapsed() >= Duration::from_secs(10),
        "it was called healthy after {:?}",
        begins.elapsed()
    );
    let mut soon = job("fails-soon", "batch", "sleep 2; echo too soon >&2; exit 1");
    soon["TaskGroups"][0]["ReschedulePolicy"] = json!({"Attempts": 0, "Unlimited": false});
    let (failed, _) = watched(&client, &soon, &within(60)).await;
    assert!(matches!(failed.outcome, Outcome::Failed { .. }), "{failed}");
    assert!(failed.to_string().contains("| too soon"), "{failed}");
    soon["ID"] = "tried-again".into();
    let once = "test -f ../alloc/data/tried || { touch ../alloc/data/tried; sleep 1; exit 1; }";
    soon["TaskGroups"][0]["Tasks"][0]["Config"]["args"][1] = once.into();
    soon["TaskGroups"][0]["Tasks"][0]["RestartPolicy"] =
        json!({"Attempts": 1, "Mode": "fail", "Interval": 60_000_000_000_u64, "Delay": 1_000_000_000});
    let (again, _) = watched(&client, &soon, &within(60)).await;
    assert_eq!(again.outcome, Outcome::Healthy, "what is started again and ends well is well: {again}");
    let mut broken = job("breaks", "batch", "echo why >&2; exit 1");
    broken["TaskGroups"][0]["ReschedulePolicy"] = json!({"Attempts": 0, "Unlimited": false});
    let (broke, _) = watched(&client, &broken, &finished).await;
    assert!(matches!(broke.outcome, Outcome::Failed { .. }), "{broke}");
    assert!(broke.to_string().contains("| why"), "{broke}");
    let (everywhere, _) = watched(&client, &job("everywhere", "system", "sleep 600"), &within(60)).await;
    assert_eq!(everywhere.outcome, Outcome::Healthy, "{everywhere}");
    let (once, _) = watched(&client, &job("once-everywhere", "sysbatch", "true"), &finished).await;
    assert_eq!(once.outcome, Outcome::Healthy, "{once}");
}

#[tokio::test]
async fn what_runs_later_is_not_waited_for() {
    let Some(agent) = Agent::shared().await else { return };
    let client = agent.client();
    let mut clock = job("by-the-clock", "batch", "true");
    clock["Periodic"] = json!({"Spec": "0 0 1 1 *", "SpecType": "cron", "Enabled": true});
    let (verdict, _) = watched(&client, &clock, &within(60)).await;
    assert_eq!(verdict.outcome, Outcome::Scheduled);
    let run = client.jobs().run_periodic("by-the-clock").await.expect("it runs now");
    assert!(run.eval_id.is_some());
}

#[tokio::test]
async fn a_deadline_and_a_second_writer_end_the_watching() {
    let Some(agent) = Agent::shared().await else { return };
    let client = agent.client();
    let mut slow = service("slow", "sleep 600");
    slow["Update"]["MinHealthyTime"] = 15_000_000_000_u64.into();
    let (verdict, _) = watched(&client, &slow, &within(3)).await;
    assert_eq!(verdict.outcome, Outcome::TimedOut, "{verdict}");
    let first = registered(&client, &slow).await;
    let watching = tokio::spawn({
        let client = client.clone();
        async move { watch(&client, "slow", &first, &within(60), &mut |_| {}).await }
    });
    tokio::time::sleep(Duration::from_secs(1)).await;
    slow["TaskGroups"][0]["Tasks"][0]["Env"] = json!({"OTHER": "1"});
    registered(&client, &slow).await;
    let verdict = watching.await.expect("it ends").expect("it can be watched");
    assert_eq!(verdict.outcome, Outcome::Superseded, "{verdict}");
}
