//! How a provider lives and ends.

use crate::client::{Session, empty, plain, read};
use crate::plugin::{Plugin, command};
use std::time::{Duration, Instant};
use tfplugin5::health::HealthCheckRequest;
use tfplugin5::health::health_check_response::ServingStatus;
use tfplugin5::health::health_client::HealthClient;
use tfplugin5::{
    call_function, get_metadata, get_provider_schema, get_resource_identity_schemas, read_data_source, stop,
};
use tokio::time::{sleep, timeout};
use tonic::Code;

const SOON: Duration = Duration::from_millis(500);
/// Long enough for a call to arrive, also on a busy machine; short beside what the slow ones take.
const A_MOMENT: Duration = Duration::from_millis(400);

#[tokio::test(flavor = "multi_thread")]
async fn check_13_a_shutdown_ends_it_at_once_with_streams_open() {
    let plugin = Plugin::start(&[]);
    let mut session = Session::plain(&plugin).await;
    assert!(timeout(A_MOMENT, session.stdio.message()).await.is_err(), "it says nothing");
    assert!(timeout(A_MOMENT, session.broker.message()).await.is_err(), "it says nothing");
    let asked = Instant::now();
    session.shut_down().await.unwrap();
    let remains = plugin.finish();
    assert!(asked.elapsed() < SOON, "{:?}", asked.elapsed());
    assert_eq!(remains.status.code(), Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn check_13_a_shutdown_ends_it_at_once_with_work_running() {
    let plugin = Plugin::start(&[]);
    let mut session = Session::plain(&plugin).await;
    let slow = tokio::spawn(read(session.provider.clone(), "tiny_slow"));
    let waiting = tokio::spawn(read(session.provider.clone(), "tiny_wait"));
    sleep(A_MOMENT).await;
    let asked = Instant::now();
    session.shut_down().await.unwrap();
    plugin.finish();
    assert!(asked.elapsed() < SOON, "{:?}", asked.elapsed());
    assert!(slow.await.unwrap().is_err(), "it would have taken longer");
    let stopped = waiting.await.unwrap().unwrap();
    assert_eq!(stopped.diagnostics[0].summary, "stopped", "what ends when asked still answers");
}

#[tokio::test(flavor = "multi_thread")]
async fn check_14_an_interrupt_means_nothing() {
    let mut plugin = Plugin::start(&[]);
    let mut session = Session::plain(&plugin).await;
    let waiting = tokio::spawn(read(session.provider.clone(), "tiny_wait"));
    for _ in 0..3 {
        plugin.signal("INT");
        sleep(A_MOMENT).await;
    }
    assert!(plugin.is_running() && !waiting.is_finished());
    assert!(session.read("tiny_nothing").await.is_ok());
}

/// A terminal that is closed hangs up on Terraform and its providers alike; what was begun is not lost by that.
#[tokio::test(flavor = "multi_thread")]
async fn a_closed_terminal_means_nothing_until_terraform_is_gone() {
    let mut plugin = Plugin::start(&[("TF_LOG", "info")]);
    let session = Session::plain(&plugin).await;
    let slow = tokio::spawn(read(session.provider.clone(), "tiny_slow"));
    sleep(A_MOMENT).await;
    plugin.signal("HUP");
    sleep(A_MOMENT).await;
    assert!(plugin.is_running());
    slow.abort();
    drop(session);
    let remains = plugin.finish();
    assert!(remains.stderr.contains("slow work is done"), "{}", remains.stderr);
}

/// A Ctrl-C may reach the provider before anybody has connected.
#[tokio::test(flavor = "multi_thread")]
async fn check_14_an_interrupt_right_after_the_handshake_means_nothing() {
    let plugin = Plugin::start(&[]);
    plugin.signal("INT");
    assert!(Session::plain(&plugin).await.read("tiny_nothing").await.is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn check_15_stop_ends_work_early_and_nothing_else() {
    let mut plugin = Plugin::start(&[]);
    let mut session = Session::plain(&plugin).await;
    let waiting = tokio::spawn(read(session.provider.clone(), "tiny_wait"));
    let slow = tokio::spawn(read(session.provider.clone(), "tiny_slow"));
    sleep(A_MOMENT).await;
    let answer = session.provider.stop(stop::Request {}).await.unwrap().into_inner();
    assert_eq!(answer.error, "");
    assert_eq!(waiting.await.unwrap().unwrap().diagnostics[0].summary, "stopped");
    assert_eq!(slow.await.unwrap().unwrap().diagnostics[0].summary, "finished");
    assert!(plugin.is_running());
    assert!(session.read("tiny_nothing").await.is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn check_16_it_ends_when_its_terraform_is_gone() {
    let plugin = Plugin::start(&[]);
    let mut session = Session::plain(&plugin).await;
    session.read("tiny_nothing").await.unwrap();
    let socket = plugin.socket();
    drop(session);
    let remains = plugin.finish();
    assert_eq!(remains.status.code(), Some(0));
    assert!(!socket.parent().unwrap().exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn check_16_it_finishes_what_it_has_begun_before_it_ends() {
    let plugin = Plugin::start(&[("TF_LOG", "info")]);
    let session = Session::plain(&plugin).await;
    let slow = tokio::spawn(read(session.provider.clone(), "tiny_slow"));
    sleep(A_MOMENT).await;
    slow.abort();
    drop(session);
    let remains = plugin.finish();
    assert_eq!(remains.status.code(), Some(0));
    assert!(remains.stderr.contains("slow work is done"), "{}", remains.stderr);
}

#[tokio::test(flavor = "multi_thread")]
async fn check_16_it_waits_for_who_dials_again() {
    let plugin = Plugin::start(&[]);
    drop(Session::plain(&plugin).await);
    sleep(A_MOMENT).await;
    let mut session = Session::plain(&plugin).await;
    sleep(SOON * 4).await;
    assert!(session.read("tiny_nothing").await.is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_polite_kill_lets_work_save_what_there_is() {
    let plugin = Plugin::start(&[]);
    let session = Session::plain(&plugin).await;
    let waiting = tokio::spawn(read(session.provider.clone(), "tiny_wait"));
    let slow = tokio::spawn(read(session.provider.clone(), "tiny_slow"));
    sleep(A_MOMENT).await;
    plugin.signal("TERM");
    assert_eq!(waiting.await.unwrap().unwrap().diagnostics[0].summary, "stopped");
    assert_eq!(slow.await.unwrap().unwrap().diagnostics[0].summary, "finished");
    let socket = plugin.socket();
    assert_eq!(plugin.finish().status.code(), Some(0));
    assert!(!socket.exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_polite_kill_does_not_wait() {
    let plugin = Plugin::start(&[]);
    let session = Session::plain(&plugin).await;
    let slow = tokio::spawn(read(session.provider.clone(), "tiny_slow"));
    sleep(A_MOMENT).await;
    plugin.signal("TERM");
    sleep(A_MOMENT).await;
    let again = Instant::now();
    plugin.signal("TERM");
    plugin.finish();
    assert!(again.elapsed() < SOON, "{:?}", again.elapsed());
    assert!(slow.await.unwrap().is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn check_19_for_debugging_it_serves_one_session_after_the_other() {
    let mut plugin = Plugin::debug();
    let socket = plugin.socket();
    for _ in 0..3 {
        let mut session = Session::open(plain(socket.clone()).await).await;
        let waiting = tokio::spawn(read(session.provider.clone(), "tiny_wait"));
        session.provider.get_schema(get_provider_schema::Request {}).await.unwrap();
        assert!(session.read("tiny_nothing").await.is_ok());
        assert!(!waiting.is_finished(), "an earlier session's stop means nothing");
        session.provider.stop(stop::Request {}).await.unwrap();
        assert_eq!(waiting.await.unwrap().unwrap().diagnostics[0].summary, "stopped");
        drop(session);
        sleep(SOON * 3).await;
        assert!(plugin.is_running(), "it waits for the next one");
    }
    plugin.signal("INT");
    assert_eq!(plugin.finish().status.code(), Some(0));
    assert!(!socket.parent().unwrap().exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn check_23_messages_may_be_large() {
    let plugin = Plugin::start(&[]);
    let mut session = Session::plain(&plugin).await;
    let mut config = empty();
    config.json = vec![b'x'; 64 << 20].into();
    let request = |config| read_data_source::Request { config: Some(config), ..Default::default() };
    let answer = session.provider.read_data_source(request(config.clone())).await.unwrap().into_inner();
    assert_eq!(answer.state.unwrap(), config);
    config.json = vec![b'x'; 257 << 20].into();
    let refused = session.provider.read_data_source(request(config)).await.unwrap_err();
    assert_eq!(refused.code(), Code::OutOfRange, "{refused}");
    assert!(session.read("tiny_nothing").await.is_ok(), "the next one is served");
}

#[tokio::test(flavor = "multi_thread")]
async fn unknown_calls_are_unimplemented() {
    let plugin = Plugin::start(&[]);
    let provider = &mut Session::plain(&plugin).await.provider;
    let codes = [
        provider.get_metadata(get_metadata::Request {}).await.unwrap_err().code(),
        provider.call_function(call_function::Request::default()).await.unwrap_err().code(),
        provider
            .get_resource_identity_schemas(get_resource_identity_schemas::Request {})
            .await
            .unwrap_err()
            .code(),
    ];
    assert_eq!(codes, [Code::Unimplemented; 3]);
}

#[tokio::test(flavor = "multi_thread")]
async fn it_says_that_it_is_well() {
    let plugin = Plugin::start(&[]);
    let mut health = HealthClient::new(plain(plugin.socket()).await);
    let ask = |service: &str| HealthCheckRequest { service: service.into() };
    for service in ["plugin", ""] {
        let answer = health.check(ask(service)).await.unwrap().into_inner();
        assert_eq!(answer.status(), ServingStatus::Serving);
    }
    assert_eq!(health.check(ask("other")).await.unwrap_err().code(), Code::NotFound);
    let mut watch = health.watch(ask("plugin")).await.unwrap().into_inner();
    assert_eq!(watch.message().await.unwrap().unwrap().status(), ServingStatus::Serving);
    assert!(timeout(A_MOMENT, watch.message()).await.is_err(), "nothing has changed");
}

#[test]
fn a_closed_standard_output_is_an_error() {
    let mut command = command();
    command.env(crate::plugin::COOKIE.0, crate::plugin::COOKIE.1);
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let mut child = command.stdout(writer).spawn().unwrap();
    let status = child.wait().unwrap();
    let stderr = std::io::read_to_string(child.stderr.take().unwrap()).unwrap();
    assert_eq!(status.code(), Some(1));
    assert!(stderr.contains("cannot tell Terraform where to connect"), "{stderr}");
}
