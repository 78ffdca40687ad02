//! Several addresses: tried in turn, remembered, borne with while they restart.

use std::time::{Duration, Instant};

use nomad::{Client, Config, Limits};
use tokio::net::TcpListener;

use crate::server::{Server, ok, status};
use crate::{HASTY, client, config};

/// An address where nobody listens.
fn nobody() -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    format!("http://{}", listener.local_addr().expect("an address"))
}

#[tokio::test]
async fn the_next_address_answers_where_one_does_not() {
    let server = Server::saying([ok("[]")]).await;
    let (dead, secret) = (nobody(), "hunter2");
    client(&[&dead, &server.address]).jobs().list("").await.expect("the second answers");
    let request = server.asked().remove(0);
    assert!(request.to_lowercase().contains(&format!("x-nomad-token: {secret}")), "{request}");
    let error = client(&[&dead, &nobody()]).jobs().list("").await.expect_err("nobody answers");
    let text = error.to_string();
    assert!(error.is_unreachable() && !error.may_have_happened(), "{text}");
    assert!(
        text.contains(&dead) && text.contains("connection refused") && text.contains("Check that it runs"),
        "{text}"
    );
    assert!(!text.contains(secret) && !format!("{error:?}").contains(secret));
}

#[tokio::test]
async fn a_server_that_is_not_itself_is_left_for_another() {
    let ill = Server::saying([status(500, "No cluster leader")]).await;
    let well = Server::saying([ok("[]")]).await;
    let client = client(&[&ill.address, &well.address]);
    for _ in 0..3 {
        client.jobs().list("").await.expect("the other one is well");
    }
    assert_eq!((ill.asked().len(), well.asked().len()), (1, 3));
}

#[tokio::test]
async fn thirty_jobs_pay_once_for_a_silent_address() {
    // Reserved for documentation: packets go nowhere, or the system says so at once.
    let client = client(&["http://192.0.2.7:4646"]);
    let started = Instant::now();
    let asked = (0..30).map(|_| {
        let client = client.clone();
        tokio::spawn(async move { client.jobs().list("").await })
    });
    for asked in asked.collect::<Vec<_>>() {
        assert!(asked.await.expect("it ends").expect_err("nobody answers").is_unreachable());
    }
    assert!(started.elapsed() < 2 * HASTY.connect, "{:?}", started.elapsed());
}

#[tokio::test]
async fn a_restart_is_borne_and_a_disappearance_is_not_borne_for_ever() {
    let first = Server::saying([ok("[]")]).await;
    let client = client(&[&first.address]);
    client.jobs().list("").await.expect("it answers");
    let host = first.address.trim_start_matches("http://").to_owned();
    drop(first);
    let later = tokio::spawn(async move {
        tokio::time::sleep(Duration::from_secs(1)).await;
        Server::on(TcpListener::bind(host).await.expect("the port is free again"), [ok("[]")])
    });
    client.jobs().list("").await.expect("it answers again");
    drop(later.await.expect("it was started"));
    let started = Instant::now();
    let error = client.jobs().list("").await.expect_err("it is gone");
    assert!(
        error.is_unreachable() && started.elapsed() < 2 * HASTY.outage + Duration::from_secs(1),
        "{error}"
    );
    let started = Instant::now();
    client.jobs().list("").await.expect_err("it is known to be gone");
    assert!(started.elapsed() < Duration::from_millis(100));
}

#[tokio::test]
async fn a_cluster_in_the_making_is_waited_for_by_who_is_patient() {
    let address = nobody();
    client(&[&address]).jobs().list("").await.expect_err("nobody is there yet");
    let host = address.trim_start_matches("http://").to_owned();
    let later = tokio::spawn(async move {
        tokio::time::sleep(Duration::from_secs(1)).await;
        Server::on(TcpListener::bind(host).await.expect("the port is free"), [ok("[]")])
    });
    let limits = Limits { patience: Duration::from_secs(10), ..HASTY };
    let patient = Client::new(&Config { limits, ..config(&[&address]) }).expect("good");
    patient.jobs().list("").await.expect("now somebody is there");
    client(&[&address]).jobs().list("").await.expect("and everybody knows");
    drop(later.await.expect("it was started"));
}

#[tokio::test]
async fn a_socket_in_the_file_system_is_an_address() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("nomad.sock");
    let address = format!("unix://{}", path.display());
    let error = client(&[&address]).jobs().list("").await.expect_err("there is none");
    assert!(error.to_string().contains("path of its socket"), "{error}");
    let other = folder.path().join("other.sock");
    let listener = tokio::net::UnixListener::bind(&other).expect("a socket");
    let serving = tokio::spawn(async move {
        use tokio::io::{AsyncReadExt, AsyncWriteExt};
        loop {
            let (mut stream, _) = listener.accept().await.expect("somebody comes");
            let mut buffer = [0; 1024];
            if stream.read(&mut buffer).await.is_ok_and(|read| read > 0) {
                let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]";
                stream.write_all(answer).await.expect("it listens");
            }
        }
    });
    client(&[&format!("unix://{}", other.display())]).jobs().list("").await.expect("it answers");
    serving.abort();
}

#[tokio::test]
async fn no_address_and_a_bad_one_are_said() {
    let error = client(&[]).jobs().list("").await.expect_err("there is none");
    assert!(error.to_string().contains("Give at least one address"), "{error}");
    let error = Client::new(&config(&["ftp://x"])).map(drop).expect_err("it is none");
    assert_eq!(error.to_string(), "Nomad: `ftp://x`: unknown scheme `ftp`, use https, http or unix");
    let broken = Config { token: Some("a\nb".into()), ..config(&["http://127.0.0.1:1"]) };
    let error =
        Client::new(&broken).expect("it is looked at later").jobs().list("").await.expect_err("it is none");
    assert!(error.to_string().contains("characters that no token has"), "{error}");
    let error = client(&["http://127.0.0.1:1"]).jobs().read("..").await.expect_err("it is no name");
    assert!(error.to_string().contains("`..` cannot be a name"), "{error}");
}
