//! Tokens that should count no more: those that were rotated out, and those of hosts that are gone. Nothing that was made
//! by others is touched.
//!
//! Must come last: until then somebody may still use them.

use std::collections::BTreeSet;

use serde::Deserialize;

use super::Reach;
use super::council::{Council, asked};
use super::work::Crew;
use crate::Fault;
use crate::cluster::{MADE, Product};

/// What Consul and Nomad themselves call the first token, as they do each time that it becomes another.
const FIRST: [&str; 3] = ["Bootstrap Token", "Initial Management Token", "Master Token"];

/// A token in a list, without what is secret of it. Nomad calls it by a name, Consul by a description.
#[derive(Deserialize)]
struct Token {
    #[serde(rename = "AccessorID")]
    accessor: String,
    #[serde(rename = "Name", alias = "Description", default)]
    words: String,
}

impl<R: Reach> Crew<'_, R> {
    /// Takes back every token of ours that is none of the present ones.
    pub(super) async fn retire(&self) -> Result<(), Fault> {
        let Some(ours) = &self.tokens else { return Ok(()) };
        for asker in self.askers(true) {
            let failed = |why| asked("Tokens that count no more cannot be taken back", why);
            let council = Council::of(self.reach, &asker, &self.servers);
            let own: Token = council.get("/v1/acl/token/self").await.map_err(failed)?;
            let all: Vec<Token> = council.get("/v1/acl/tokens").await.map_err(failed)?;
            for token in all.iter().filter(|token| token.is_over(&own, ours, asker.product)) {
                let path = format!("/v1/acl/token/{}", token.accessor);
                council.ask("DELETE", &path, None).await.map_err(failed)?;
            }
        }
        Ok(())
    }
}

impl Token {
    fn is_over(&self, own: &Self, ours: &BTreeSet<String>, product: Product) -> bool {
        let rotated = FIRST.contains(&self.words.as_str()) && self.accessor != own.accessor;
        let made = product == Product::Consul && self.words.starts_with(MADE);
        rotated || made && !ours.contains(&self.accessor)
    }
}
