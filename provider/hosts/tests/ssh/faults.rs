//! Hosts that cannot be reached, each for its own reason.

use std::net::{Ipv4Addr, TcpListener};
use std::time::{Duration, Instant};

use hosts::ssh::{Client, Host};
use hosts::way::{Cause, Event, Task};

use crate::sshd::{Sshd, run, said};

fn client() -> Client {
    Client { config: Vec::new(), connect_timeout: Duration::from_secs(1), ..Client::default() }
}

fn host(address: &str, port: u16) -> Host {
    Host { name: "db-1".into(), address: address.into(), port: Some(port), ..Host::default() }
}

async fn cause(host: &Host) -> Cause {
    run(&client(), host, &Task::new("true")).await.0.result.unwrap_err().cause().clone()
}

#[tokio::test]
async fn each_reason_has_its_name() {
    if std::process::Command::new("ssh").arg("-V").output().is_err() {
        return;
    }
    assert_eq!(cause(&host("no-such-host.invalid", 22)).await, Cause::NoSuchName);
    let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port();
    assert_eq!(cause(&host("127.0.0.1", free)).await, Cause::Refused);
    let silent = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    assert_eq!(cause(&host("127.0.0.1", silent.local_addr().unwrap().port())).await, Cause::NoAnswer);
    assert!(matches!(cause(&host("-oProxyCommand=true", 22)).await, Cause::Unusable(_)));
    let mut client = client();
    client.program = "/no/such/ssh".into();
    let (contact, _) = run(&client, &host("127.0.0.1", free), &Task::new("true")).await;
    assert!(matches!(contact.result.unwrap_err().cause(), Cause::NoProgram { .. }));
}

#[tokio::test]
async fn who_closes_the_door_is_asked_again_and_then_named() {
    if std::process::Command::new("ssh").arg("-V").output().is_err() {
        return;
    }
    let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let closing = tokio::spawn(async move {
        loop {
            drop(listener.accept().await);
        }
    });
    let (contact, events) = run(&client(), &host("127.0.0.1", port), &Task::new("true")).await;
    assert_eq!(*contact.result.unwrap_err().cause(), Cause::ClosedEarly);
    assert_eq!(events.iter().filter(|event| matches!(event, Event::Again(_))).count(), 6);
    closing.abort();
}

#[tokio::test]
async fn a_host_that_is_still_booting_is_waited_for() {
    let Some(sshd) = Sshd::start() else { return };
    // Until a server listens there, the port is closed.
    let gate = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = gate.local_addr().unwrap().port();
    drop(gate);
    let (mut client, host) = (sshd.client(), Host { port: Some(port), ..sshd.host() });
    client.patience = Duration::from_secs(30);
    let opening = async {
        tokio::time::sleep(Duration::from_secs(1)).await;
        let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await.unwrap();
        let (mut ours, _) = listener.accept().await.unwrap();
        let mut theirs = tokio::net::TcpStream::connect((Ipv4Addr::LOCALHOST, sshd.port)).await.unwrap();
        let _ = tokio::io::copy_bidirectional(&mut ours, &mut theirs).await;
    };
    let task = Task::new("echo up");
    let ((contact, events), ()) = tokio::join!(run(&client, &host, &task), opening);
    assert_eq!(said(contact), ["up"]);
    assert!(events.contains(&Event::Again("the connection is refused".into())), "{events:?}");

    client.patience = Duration::from_secs(1);
    let begun = Instant::now();
    let (contact, _) = run(&client, &host, &task).await;
    assert_eq!(*contact.result.unwrap_err().cause(), Cause::Refused);
    assert!(begun.elapsed() < Duration::from_secs(20));
}
