//! Who may reach what: the matrix between pools and the world. What is not named is closed.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::Cidr;

/// Who may reach what.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Firewall {
    /// From where people administer: SSH and the APIs. Without any, SSH is open to all (keys guard it) and the APIs to the
    /// cluster only.
    pub admin_cidrs: Vec<Cidr>,
    /// From where hosts of the cluster come, beside the addresses that are known of them: a private network.
    pub cluster_cidrs: Vec<Cidr>,
    /// Further ways in.
    pub rules: Vec<Rule>,
}

/// A way in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rule {
    /// Who comes.
    pub from: Origin,
    /// To which pool.
    pub to_pool: String,
    /// To which ports.
    pub ports: Vec<PortRange>,
    /// How.
    pub protocol: Protocol,
}

/// Who comes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// The hosts of a pool.
    Pool(String),
    /// These networks.
    Cidrs(Vec<Cidr>),
}

/// How packets travel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Protocol {
    /// TCP.
    Tcp,
    /// UDP.
    Udp,
}

impl Protocol {
    /// As nftables calls it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Tcp => "tcp",
            Self::Udp => "udp",
        }
    }
}

/// A port, or all from one to another: `80`, `20000-32000`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PortRange {
    first: u16,
    last: u16,
}

impl PortRange {
    /// One port.
    pub const fn one(port: u16) -> Self {
        Self { first: port, last: port }
    }

    /// All from one to another, in whatever order they are given.
    pub const fn between(one: u16, other: u16) -> Self {
        if one <= other { Self { first: one, last: other } } else { Self { first: other, last: one } }
    }

    /// The first port.
    pub fn first(self) -> u16 {
        self.first
    }

    /// The last port.
    pub fn last(self) -> u16 {
        self.last
    }

    /// They share a port.
    pub fn overlaps(self, other: Self) -> bool {
        self.first <= other.last && other.first <= self.last
    }
}

impl fmt::Display for PortRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.first == self.last {
            write!(f, "{}", self.first)
        } else {
            write!(f, "{}-{}", self.first, self.last)
        }
    }
}

/// A text is not a port or a range of ports.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a port or a range of ports such as 8000-8080")]
pub struct NotAPortRange(String);

impl FromStr for PortRange {
    type Err = NotAPortRange;

    fn from_str(text: &str) -> Result<Self, NotAPortRange> {
        let port = |part: &str| {
            let plain = !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
            plain.then(|| part.parse::<u16>().ok()).flatten().filter(|port| *port > 0)
        };
        let (first, last) = text.split_once('-').unwrap_or((text, text));
        match (port(first), port(last)) {
            (Some(first), Some(last)) if first <= last => Ok(Self { first, last }),
            _ => Err(NotAPortRange(text.to_owned())),
        }
    }
}

impl TryFrom<String> for PortRange {
    type Error = NotAPortRange;

    fn try_from(text: String) -> Result<Self, NotAPortRange> {
        text.parse()
    }
}

impl From<PortRange> for String {
    fn from(range: PortRange) -> Self {
        range.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_ports_and_nothing_else() {
        for good in ["80", "20000-32000", "65535"] {
            assert_eq!(good.parse::<PortRange>().unwrap().to_string(), good);
        }
        for bad in ["", "0", "65536", "-80", "80-", "90-80", "+80", "80 ", "http", "80-90-100"] {
            assert!(bad.parse::<PortRange>().is_err(), "{bad}");
        }
        assert!(PortRange::between(10, 20).overlaps(PortRange::one(20)));
        assert!(!PortRange::between(10, 20).overlaps(PortRange::between(30, 21)));
    }
}
