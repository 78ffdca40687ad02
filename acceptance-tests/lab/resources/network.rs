//! A network: every way to nest blocks, with defaults and computed values inside them.

use std::collections::BTreeMap;

use kit::{Block, Computed, Cx, Private, Resource, Result, State};

/// A network, all of it in the state.
#[derive(Block)]
pub struct Network {
    /// Its name.
    pub name: String,
    /// The way in, of which there is always one.
    #[block]
    pub entry: Entry,
    /// The way out, if there is one.
    #[block]
    pub exit: Option<Entry>,
    /// What may pass, in order.
    #[block(max = 3)]
    pub rule: Vec<Rule>,
    /// The networks beside it.
    #[block(set)]
    pub peer: Vec<Peer>,
    /// Its parts, by name.
    #[block(max = 4)]
    pub zone: BTreeMap<String, Zone>,
}

/// A way in or out.
#[derive(Block)]
pub struct Entry {
    /// Where it is.
    pub address: String,
    /// How wide it is.
    #[attr(default = 10)]
    pub width: i64,
}

/// What may pass.
#[derive(Block)]
pub struct Rule {
    /// To where.
    #[attr(check = kit::check::between(1, 65535))]
    pub port: i64,
    /// By what.
    #[attr(default = "tcp")]
    pub protocol: String,
    /// The number it got.
    #[attr(stable)]
    pub id: Computed<i64>,
}

/// A network beside it.
#[derive(Block)]
pub struct Peer {
    /// Its name.
    pub name: String,
    /// What crossing over costs.
    #[attr(default = 1)]
    pub cost: i64,
    /// The line that was laid.
    pub line: Computed<String>,
}

/// A part of a network.
#[derive(Block)]
pub struct Zone {
    /// Where it lies; it cannot be moved.
    #[attr(force_new)]
    pub place: String,
    /// How many things are in it; counted if it is not said.
    #[attr(computed)]
    pub size: Option<i64>,
    /// The parts of the part.
    #[block]
    pub subnet: Vec<Subnet>,
}

/// A part of a part of a network.
#[derive(Block)]
pub struct Subnet {
    /// Its range.
    pub range: String,
    /// Its first address.
    pub first: Computed<String>,
}

/// `lab_network`
pub struct NetworkResource;

impl Resource for NetworkResource {
    type Model = Network;
    const NAME: &'static str = "lab_network";

    async fn create(&self, _: &Cx, mut planned: Network, state: &mut State<'_, Network>) -> Result<()> {
        planned.lay_out();
        state.record(&planned);
        Ok(())
    }

    async fn read(&self, _: &Cx, current: Network, _: &mut Private) -> Result<Option<Network>> {
        Ok(Some(current))
    }

    async fn update(
        &self,
        _: &Cx,
        _: Network,
        mut planned: Network,
        state: &mut State<'_, Network>,
    ) -> Result<()> {
        planned.lay_out();
        state.record(&planned);
        Ok(())
    }

    async fn delete(&self, _: &Cx, _: Network, _: &mut State<'_, Network>) -> Result<()> {
        Ok(())
    }
}

impl Network {
    fn lay_out(&mut self) {
        for (rule, id) in self.rule.iter_mut().zip(1..) {
            if rule.id.known().is_none() {
                rule.id.set(id);
            }
        }
        for peer in &mut self.peer {
            peer.line.set(format!("{}-{}", self.name, peer.name));
        }
        for zone in self.zone.values_mut() {
            zone.size.get_or_insert(i64::try_from(zone.subnet.len()).unwrap_or(i64::MAX));
            for subnet in &mut zone.subnet {
                subnet.first.set(subnet.range.replace(".0/24", ".1"));
            }
        }
    }
}
