//! The keys of the hosts on the way to others. They are believed when they are first seen and kept beside the state, as
//! nothing in it is theirs; whoever has another one later is refused.

use std::collections::BTreeMap;

use hosts::ssh::{Bastion, HostKey};
use kit::Private;

use super::reach::Way;

/// Where the private data has them.
const PINS: &str = "bastion_keys";

/// The keys of hosts on the way, by where those are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Pins(BTreeMap<String, Vec<String>>);

impl Pins {
    /// What was kept.
    pub fn of(private: &Private) -> Self {
        Self(private.get(PINS).unwrap_or_default())
    }

    /// Keeps what is known now, which is what was written, what was kept before, or what was seen first.
    pub fn keep(private: &mut Private, way: &Way) {
        let texts = |keys: Vec<HostKey>| keys.iter().map(ToString::to_string).collect::<Vec<_>>();
        let known = way.bastion_keys().into_iter().filter(|(_, keys)| !keys.is_empty());
        let known: BTreeMap<String, Vec<String>> = known.map(|(place, keys)| (place, texts(keys))).collect();
        if Self::of(private) != Self(known.clone()) {
            private.set(PINS, &known);
        }
    }

    /// The bastion, held to the key that was kept of it unless one is written.
    pub fn hold(&self, bastion: Bastion) -> Bastion {
        let kept = self.0.get(&bastion.place()).into_iter().flatten();
        let kept = kept.filter_map(|key| key.parse().ok());
        let keys = if bastion.keys.is_empty() { kept.collect() } else { bastion.keys };
        Bastion { keys, ..bastion }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::model::{self, Cluster};
    use super::super::{reach, sample};
    use super::*;
    use crate::config::Login;

    fn way(cluster: &Cluster, pins: &Pins) -> Way {
        let settings = sample::settings(Some(Login::default()));
        Way::to(&settings, cluster, &reach::hosts(cluster), (BTreeSet::new(), pins)).unwrap()
    }

    #[test]
    fn a_key_is_kept_until_another_is_written() {
        let key = || hosts::ssh::make_key().unwrap().1;
        let (first, second) = (key(), key());
        let mut cluster = sample::cluster(&["s1", "s2"]);
        let on_the_way = |host_key: Option<&String>| model::Bastion {
            address: "gate.example".into(),
            user: None,
            port: Some(2222),
            host_key: host_key.cloned(),
        };
        let held = |way: &Way| {
            let keys = way.bastion_keys().remove("gate.example:2222").unwrap();
            keys.iter().map(ToString::to_string).collect::<String>()
        };
        let mut private = Private::default();
        let mut written = |host_key: Option<&String>| {
            cluster.ssh.as_mut().unwrap().bastion = vec![on_the_way(host_key)];
            let way = way(&cluster, &Pins::of(&private));
            Pins::keep(&mut private, &way);
            held(&way)
        };
        assert_eq!(written(None), "", "whoever is first is believed");
        assert_eq!(written(Some(&first)), first);
        assert_eq!(written(None), first, "and then it is that one");
        assert_eq!(written(Some(&second)), second, "what is written counts");
        assert_eq!(written(None), second);
    }
}
