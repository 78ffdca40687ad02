//! What a provider says on standard error.

use crate::client::Session;
use crate::plugin::Plugin;
use serde_json::Value;

/// What the example logs, line by line.
async fn log(variables: &[(&str, &str)]) -> Vec<String> {
    let plugin = Plugin::start(variables);
    let mut session = Session::plain(&plugin).await;
    session.read("tiny_log").await.unwrap();
    session.shut_down().await.unwrap();
    plugin.finish().stderr.lines().map(str::to_owned).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn check_17_a_panic_is_reported_and_others_live_on() {
    let plugin = Plugin::start(&[("TF_LOG", "trace")]);
    let mut session = Session::plain(&plugin).await;
    let waiting = tokio::spawn(crate::client::read(session.provider.clone(), "tiny_wait"));
    assert!(session.read("tiny_panic").await.is_err());
    assert!(session.read("tiny_nothing").await.is_ok());
    assert!(!waiting.is_finished());
    session.shut_down().await.unwrap();
    let stderr = plugin.finish().stderr;
    let report: Vec<_> = stderr.lines().skip_while(|line| !line.starts_with("panic: ")).collect();
    assert_eq!(report[0], "panic: tiny panics over (sensitive)", "{stderr}");
    assert!(report[2].starts_with("at provider/serve/examples/tiny.rs:"), "{stderr}");
    assert!(report[3].starts_with("in thread "), "{stderr}");
}

#[tokio::test(flavor = "multi_thread")]
async fn check_20_every_line_is_one_that_terraform_reads() {
    let lines = log(&[("TF_LOG", "trace"), ("TF_LOG_PROVIDER_OTHER", "off")]).await;
    assert!(lines.len() >= 5);
    for line in &lines {
        assert!(line.len() < 64 * 1024);
        let json: Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
        let level = json["@level"].as_str().unwrap();
        assert!(["trace", "debug", "info", "warn", "error"].contains(&level));
        assert!(json["@message"].is_string() && json["@module"].is_string());
        let time = json["@timestamp"].as_str().unwrap();
        let shape: String = time.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
        assert_eq!(shape, "0000-00-00T00:00:00.000000Z");
    }
    let said = |message: &str| -> Value {
        let line = lines.iter().find(|line| line.contains(message)).unwrap();
        serde_json::from_str(line).unwrap()
    };
    let error = said("an error");
    assert_eq!(error["@module"], "tiny");
    assert_eq!((&error["code"], &error["ratio"], &error["fatal"]), (&7.into(), &0.5.into(), &false.into()));
    assert_eq!((&error["tf_rpc"], &error["attempt"]), (&"ReadDataSource".into(), &1.into()));
    assert_eq!(said("a detail")["text"], "two\nlines");
    assert_eq!(said("a warning")["token"], "(sensitive)");
    assert!(said("a long one")["long"].as_str().unwrap().ends_with("… (100000 bytes in all)"));
    assert!(!lines.concat().contains("hunter2"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_level_is_terraforms() {
    for (variables, expected) in [
        (&[][..], 0),
        (&[("TF_LOG", "off")], 0),
        (&[("TF_LOG", "error")], 1),
        (&[("TF_LOG", "trace"), ("TF_LOG_PROVIDER", "warn")], 2),
        (&[("TF_LOG_PROVIDER", "off"), ("TF_LOG_PROVIDER_TINY", "info")], 3),
    ] {
        let lines = log(variables).await;
        assert_eq!(lines.len(), expected, "{variables:?}: {lines:?}");
    }
}
