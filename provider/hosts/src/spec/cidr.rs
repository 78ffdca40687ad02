//! A network: an address and how much of it counts.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A network, such as `10.0.0.0/16`; a plain address is a network of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Cidr {
    address: IpAddr,
    bits: u8,
}

impl Cidr {
    /// The network of that size around an address; none if addresses are not that long.
    pub fn around(address: IpAddr, bits: u8) -> Option<Self> {
        (bits <= Self::from(address).bits).then(|| Self { address: masked(address, bits), bits })
    }

    /// The network's first address.
    pub fn address(self) -> IpAddr {
        self.address
    }

    /// How many leading bits count.
    pub fn bits(self) -> u8 {
        self.bits
    }

    /// That address is in it.
    pub fn contains(self, address: IpAddr) -> bool {
        self.address.is_ipv4() == address.is_ipv4() && masked(address, self.bits) == self.address
    }

    /// Every address of that other network is in it.
    pub fn covers(self, other: Self) -> bool {
        self.bits <= other.bits && self.contains(other.address)
    }
}

/// The address with all bits cleared that do not count.
fn masked(address: IpAddr, bits: u8) -> IpAddr {
    match address {
        IpAddr::V4(v4) => {
            let mask = u32::MAX.checked_shl(32 - u32::from(bits.min(32))).unwrap_or(0);
            IpAddr::V4((v4.to_bits() & mask).into())
        }
        IpAddr::V6(v6) => {
            let mask = u128::MAX.checked_shl(128 - u32::from(bits.min(128))).unwrap_or(0);
            IpAddr::V6((v6.to_bits() & mask).into())
        }
    }
}

impl From<IpAddr> for Cidr {
    fn from(address: IpAddr) -> Self {
        Self { address, bits: if address.is_ipv4() { 32 } else { 128 } }
    }
}

impl fmt::Display for Cidr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.address, self.bits)
    }
}

/// A text is not a network.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a network such as 10.0.0.0/16: {why}")]
pub struct NotACidr {
    text: String,
    why: &'static str,
}

impl FromStr for Cidr {
    type Err = NotACidr;

    fn from_str(text: &str) -> Result<Self, NotACidr> {
        let wrong = |why| NotACidr { text: text.to_owned(), why };
        let (address, bits) =
            text.split_once('/').map_or((text, None), |(address, bits)| (address, Some(bits)));
        let address: IpAddr = address.parse().map_err(|_| wrong("it does not begin with an address"))?;
        let whole = Self::from(address);
        let Some(bits) = bits else { return Ok(whole) };
        let plain = (1..=3).contains(&bits.len()) && bits.bytes().all(|byte| byte.is_ascii_digit());
        let bits = plain.then(|| bits.parse::<u8>().ok()).flatten().filter(|bits| *bits <= whole.bits);
        let bits = bits.ok_or_else(|| wrong("what follows the `/` is not a length that it can have"))?;
        if masked(address, bits) != address {
            return Err(wrong("its address has bits set beyond its length"));
        }
        Ok(Self { address, bits })
    }
}

impl TryFrom<String> for Cidr {
    type Error = NotACidr;

    fn try_from(text: String) -> Result<Self, NotACidr> {
        text.parse()
    }
}

impl From<Cidr> for String {
    fn from(cidr: Cidr) -> Self {
        cidr.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_networks_and_nothing_else() {
        for (good, printed) in [
            ("10.0.0.0/16", "10.0.0.0/16"),
            ("::/0", "::/0"),
            ("192.0.2.1", "192.0.2.1/32"),
            ("0.0.0.0/0", "0.0.0.0/0"),
        ] {
            assert_eq!(good.parse::<Cidr>().unwrap().to_string(), printed);
        }
        for bad in
            ["", "10.0.0.1/16", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/-1", "host", "10.0.0/8", "::1/129"]
        {
            assert!(bad.parse::<Cidr>().is_err(), "{bad}");
        }
    }

    #[test]
    fn knows_what_is_in_it() {
        let net: Cidr = "10.1.0.0/16".parse().unwrap();
        assert!(net.contains("10.1.2.3".parse().unwrap()) && !net.contains("10.2.0.0".parse().unwrap()));
        assert!(net.covers("10.1.2.0/24".parse().unwrap()) && !net.covers("10.0.0.0/8".parse().unwrap()));
        assert!(!"::/0".parse::<Cidr>().unwrap().contains("10.1.2.3".parse().unwrap()));
    }
}
