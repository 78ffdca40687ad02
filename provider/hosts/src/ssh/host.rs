//! A host that exists, and how to come in there.
//!
//! Must never let a value through that `ssh` could take for an option or for syntax.

use super::HostKey;
use crate::way::{Sudo, Unusable};

/// A host, and what is known about it.
#[derive(Clone, Debug, Default)]
pub struct Host {
    /// What it is called in messages.
    pub name: String,
    /// Name or IP address, or an alias of the user's own SSH configuration.
    pub address: String,
    /// Who to log in as. Unset: what the SSH configuration says.
    pub user: Option<String>,
    /// Which port. Unset: what the SSH configuration says.
    pub port: Option<u16>,
    /// The keys it was seen with. None: whatever it has at first contact is believed and goes back to the caller.
    pub keys: Vec<HostKey>,
    /// How to become root.
    pub sudo: Sudo,
    /// The way there: each is reached through the one before. None: what the SSH configuration says.
    pub bastions: Vec<Bastion>,
}

/// A host on the way to another.
#[derive(Clone, Debug, Default)]
pub struct Bastion {
    /// Name or IP address, or an alias of the user's own SSH configuration.
    pub address: String,
    /// Who to log in as.
    pub user: Option<String>,
    /// Which port.
    pub port: Option<u16>,
    /// The keys it was seen with.
    pub keys: Vec<HostKey>,
}

impl Bastion {
    /// Where it is: its address, with its port if that is said.
    pub fn place(&self) -> String {
        self.port.map_or_else(|| self.address.clone(), |port| format!("{}:{port}", self.address))
    }
}

impl Host {
    pub(super) fn check(&self) -> Result<(), Unusable> {
        check(&self.address, self.user.as_deref())?;
        self.bastions.iter().try_for_each(|bastion| check(&bastion.address, bastion.user.as_deref()))
    }
}

fn check(address: &str, user: Option<&str>) -> Result<(), Unusable> {
    let plain = |text: &str, also: &str| {
        let fits = |c: char| c.is_alphanumeric() || also.contains(c);
        !text.is_empty() && !text.starts_with('-') && text.chars().all(fits)
    };
    if !plain(address, "-._:%") {
        return Err(Unusable(format!("{address:?} is not the name or IP address of a host")));
    }
    match user {
        Some(user) if !plain(user, "-._@+$") => Err(Unusable(format!("{user:?} is not the name of a user"))),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_ssh_could_misunderstand_is_refused() {
        for address in ["", "-oProxyCommand=x", "a b", "*", "!a", "a,b", "user@host", "a\nb", "\"a\""] {
            let host = Host { address: address.into(), ..Host::default() };
            assert!(host.check().is_err(), "{address}");
            let bastion = Bastion { address: address.into(), ..Bastion::default() };
            let host = Host { address: "a".into(), bastions: vec![bastion], ..Host::default() };
            assert!(host.check().is_err(), "{address}");
        }
        for user in ["", "-l", "a b", "a\"b", "a\n"] {
            let host = Host { address: "a".into(), user: Some(user.into()), ..Host::default() };
            assert!(host.check().is_err(), "{user}");
        }
        for address in ["web-1", "10.0.0.1", "fe80::1%eth0", "büro.example"] {
            assert!(Host { address: address.into(), ..Host::default() }.check().is_ok(), "{address}");
        }
    }
}
