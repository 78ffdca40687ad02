//! Many hosts at once.

use std::net::Ipv4Addr;
use std::sync::atomic::{AtomicUsize, Ordering};

use hosts::ssh::{Host, each};
use hosts::way::{Cause, Event, Task};

use crate::sshd::{Sshd, said};

#[tokio::test]
async fn so_many_at_a_time_and_one_failure_hinders_nobody() {
    let Some(sshd) = Sshd::start() else { return };
    let (client, task) = (sshd.client(), Task::new("sleep 0.3; echo fine"));
    let (now, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let contacts = each(4, 0..12, async |number| {
        let port = if number == 5 { 1 } else { sshd.port };
        let host = Host { name: format!("web-{number}"), port: Some(port), ..sshd.host() };
        let listener = |event| {
            if event == Event::Ready {
                most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            }
        };
        let contact = client.run(&host, &task, &listener).await;
        if contact.result.is_ok() {
            now.fetch_sub(1, Ordering::SeqCst);
        }
        contact
    })
    .await;
    let most = most.load(Ordering::SeqCst);
    assert!((2..=4).contains(&most), "{most} at a time");
    for (number, contact) in contacts.into_iter().enumerate() {
        if number == 5 {
            let fault = contact.result.unwrap_err();
            assert_eq!((fault.host(), fault.cause()), ("web-5", &Cause::Refused));
        } else {
            assert_eq!(said(contact), ["fine"]);
        }
    }
}

#[tokio::test]
async fn a_server_that_turns_some_away_gets_them_all_in_the_end() {
    let Some(sshd) = Sshd::start() else { return };
    let gate = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let host = Host { port: Some(gate.local_addr().unwrap().port()), ..sshd.host() };
    let server = sshd.port;
    let gate = tokio::spawn(async move {
        for number in 0.. {
            let (mut ours, _) = gate.accept().await.unwrap();
            tokio::spawn(async move {
                if number >= 8 {
                    let mut theirs =
                        tokio::net::TcpStream::connect((Ipv4Addr::LOCALHOST, server)).await.unwrap();
                    let _ = tokio::io::copy_bidirectional(&mut ours, &mut theirs).await;
                }
            });
        }
    });
    let (client, task) = (sshd.client(), Task::new("echo fine"));
    let again = AtomicUsize::new(0);
    let listener = |event| {
        if matches!(event, Event::Again(_)) {
            again.fetch_add(1, Ordering::SeqCst);
        }
    };
    for contact in each(8, 0..12, async |_| client.run(&host, &task, &listener).await).await {
        assert_eq!(said(contact), ["fine"]);
    }
    assert_eq!(again.into_inner(), 8);
    gate.abort();
}
