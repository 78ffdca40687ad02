//! What a plan leaves open, as Terraform asks for it.

use std::collections::BTreeMap;

use hosts::secrets::RootSecrets;
use kit::engine::{Proposal, ResourceEngine};
use kit::{At, Block, Computed, Cx, Private};

use super::model::Cluster;
use super::{Clusters, connect, sample, seeds};

/// What an apply left of which this server was all that was begun; finished if there is a blueprint.
fn left(blueprint: &str) -> Cluster {
    let mut cluster = sample::cluster(&["s1"]);
    let root = RootSecrets::generate("lab", 0).unwrap();
    let spec = sample::spec(&["s1"]);
    let member = |(pool, what, host): (&str, _, &hosts::spec::Host)| {
        (host.name.clone(), seeds::member(&spec, pool, what, host, blueprint.to_owned()))
    };
    cluster.hosts.set(spec.hosts().map(member).collect::<BTreeMap<_, _>>());
    connect(&mut cluster, &root).unwrap();
    cluster.ca_pem.set(root.ca_pem());
    cluster.steps.set([]);
    cluster.drift.set([]);
    cluster.seeds.set([]);
    cluster.complete.set(false);
    cluster
}

async fn planned(prior: &Cluster) -> Cluster {
    let (prior, config) = (prior.encode(), sample::cluster(&["s1"]).encode());
    let proposal = Proposal { prior, proposed: config.clone(), config, private: Private::default() };
    let planned = ResourceEngine::new(&Clusters).plan(&Cx::default(), proposal).await;
    let value = planned.value.unwrap_or_else(|| panic!("{:?}", planned.diagnostics));
    Cluster::decode(&value, &At::ROOT).unwrap()
}

#[tokio::test]
async fn as_long_as_no_host_was_finished_there_may_be_another_authority() {
    for (blueprint, open) in [("", true), ("unfinished", false), ("abc", false)] {
        let plan = planned(&left(blueprint)).await;
        let unknown = [
            matches!(plan.ca_pem, Computed::Unknown),
            matches!(plan.nomad, Computed::Unknown),
            matches!(plan.consul, Computed::Unknown),
        ];
        assert_eq!(unknown, [open; 3], "{blueprint:?}");
    }
}
