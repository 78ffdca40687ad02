//! Three servers: one dies, the others go on, and whoever asks hardly notices.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use nomad::variables::Cas;
use nomad::{Client, Config, Limits, Secret};

use crate::agent::Agent;

/// Three servers that know each other.
fn servers() -> Option<Vec<Agent>> {
    let text = |join: &str| {
        format!("server {{\n enabled = true\n bootstrap_expect = 3\n {join}\n raft_multiplier = 1\n}}\n")
    };
    let first = Agent::server(&text(""))?;
    let join = text(&format!(
        "server_join {{\n retry_join = [\"127.0.0.1:{}\"]\n retry_interval = \"1s\"\n}}",
        first.serf
    ));
    let others = [Agent::server(&join), Agent::server(&join)];
    let mut all = vec![first];
    all.extend(others.into_iter().flatten());
    Some(all)
}

fn client(servers: &[Agent]) -> Client {
    let addresses = servers.iter().map(|server| format!("http://127.0.0.1:{}", server.http));
    let limits = Limits { patience: Duration::from_mins(1), ..Limits::default() };
    Client::new(&Config { addresses: addresses.collect(), limits, ..Config::default() }).expect("good")
}

async fn leader(client: &Client, servers: &[Agent]) -> String {
    let deadline = Instant::now() + Duration::from_mins(1);
    loop {
        let health = client.operator().health().await;
        let leader = client.operator().leader().await.unwrap_or_default();
        if health.as_ref().is_ok_and(|health| health.servers.len() == 3 && health.healthy)
            && !leader.is_empty()
        {
            return leader;
        }
        assert!(Instant::now() < deadline, "the three do not agree: {health:?}\n{}", servers[0].log());
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

#[tokio::test]
async fn the_loss_of_the_leader_is_borne() {
    let Some(servers) = servers() else { return };
    let client = client(&servers);
    let first = leader(&client, &servers).await;
    let items = |count: usize| BTreeMap::from([("count".to_owned(), Secret::new(count.to_string()))]);
    let mut index =
        client.variables().put("count", &items(0), Cas::Absent).await.expect("it is made").modify_index;
    let dead =
        servers.iter().position(|server| first.ends_with(&format!(":{}", server.rpc))).expect("one of them");
    servers[dead].kill();
    let started = Instant::now();
    for count in 1..=20 {
        let put = client.variables().put("count", &items(count), Cas::At(index)).await;
        index = put.expect("the others go on, and no write is done twice").modify_index;
        let found = client.variables().read("count").await.expect("an answer").expect("it is there");
        assert_eq!(found.items, items(count));
    }
    println!("20 writes and reads after the leader's death: {:?}", started.elapsed());
    assert_ne!(client.operator().leader().await.expect("an answer"), first);
    assert!(started.elapsed() < Duration::from_secs(30));
}
