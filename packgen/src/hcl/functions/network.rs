//! Functions for IP networks in CIDR notation.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::{Args, Failure, Function, Param, Want};
use crate::hcl::types::Type;
use crate::hcl::value::Value;

const PREFIX: Param = Param::text("prefix");

pub(super) const ROWS: &[Function] = &[
    Function::new("cidrhost", &[PREFIX, Param::number("hostnum")], cidrhost)
        .doc("The address of a host in a network; a negative number counts from its end."),
    Function::new("cidrnetmask", &[PREFIX], cidrnetmask).doc("The mask of a network as an address."),
    Function::new("cidrsubnet", &[PREFIX, Param::number("newbits"), Param::number("netnum")], cidrsubnet)
        .doc("A network in a network, with that many bits more and that number."),
    Function::new("cidrsubnets", &[PREFIX], cidrsubnets)
        .rest(Param::number("newbits"))
        .returns(Want::Strings)
        .doc("Networks one after the other in a network, each with that many bits more."),
];

/// A network: its first address, its bits, and how many of them it fixes.
#[derive(Clone, Copy)]
struct Network {
    address: u128,
    bits: u32,
    prefix: u32,
}

impl Network {
    fn parse(args: &Args<'_>) -> Result<Network, Failure> {
        let text = args.text(0)?;
        let wrong = || Failure::arg(0, format!("{:?} is no network such as 10.0.0.0/16", text.as_str()));
        let (address, prefix) = text.split_once('/').ok_or_else(wrong)?;
        let digits = !prefix.is_empty() && prefix.bytes().all(|byte| byte.is_ascii_digit());
        let prefix: u32 = if digits { prefix.parse().map_err(|_| wrong())? } else { return Err(wrong()) };
        let (address, bits) = match address.parse::<IpAddr>().map_err(|_| wrong())? {
            IpAddr::V4(v4) => (u128::from(u32::from(v4)), 32),
            IpAddr::V6(v6) => (u128::from(v6), 128),
        };
        if prefix > bits {
            return Err(wrong());
        }
        let network = Network { address, bits, prefix };
        Ok(Network { address: address & network.mask(), ..network })
    }

    /// The bits that it fixes.
    fn mask(self) -> u128 {
        let all = if self.bits == 128 { u128::MAX } else { (1 << self.bits) - 1 };
        let host = (self.bits - self.prefix).min(127);
        if self.bits - self.prefix == 128 { 0 } else { all >> host << host & all }
    }

    /// The largest number of a host in it.
    fn last_host(self) -> u128 {
        match self.bits - self.prefix {
            128 => u128::MAX,
            host => (1 << host) - 1,
        }
    }

    fn text(self, address: u128) -> String {
        if self.bits == 32 {
            return Ipv4Addr::from(u32::try_from(address).unwrap_or(u32::MAX)).to_string();
        }
        let address = Ipv6Addr::from(address);
        address.to_ipv4_mapped().map_or_else(|| address.to_string(), |v4| v4.to_string())
    }

    /// An IPv4 network that was written as IPv6 is shown as IPv4.
    fn cidr(self) -> String {
        let mapped =
            self.bits == 128 && self.prefix >= 96 && Ipv6Addr::from(self.address).to_ipv4_mapped().is_some();
        let prefix = if mapped { self.prefix - 96 } else { self.prefix };
        format!("{}/{prefix}", self.text(self.address))
    }
}

fn cidrhost(args: &Args<'_>) -> Result<Value, Failure> {
    let network = Network::parse(args)?;
    let number = args.integer(1)?;
    let size = u128::from(number.unsigned_abs());
    let last = network.last_host();
    let host = if number < 0 { last.checked_sub(size - 1) } else { Some(size).filter(|size| *size <= last) };
    let host = host.ok_or_else(|| Failure::arg(1, format!("the network has no host {number}")))?;
    Ok(Value::string(network.text(network.address | host)))
}

fn cidrnetmask(args: &Args<'_>) -> Result<Value, Failure> {
    let network = Network::parse(args)?;
    Ok(Value::string(network.text(network.mask())))
}

fn cidrsubnet(args: &Args<'_>) -> Result<Value, Failure> {
    let network = Network::parse(args)?;
    let bits = u32::try_from(args.integer(1)?).ok().filter(|bits| *bits <= 32);
    let bits = bits.ok_or_else(|| Failure::arg(1, "a number of bits from 0 to 32 is required"))?;
    let prefix = network.prefix + bits;
    if prefix > network.bits {
        return Err(Failure::arg(
            1,
            format!("the network has only {} bits left", network.bits - network.prefix),
        ));
    }
    let number = u128::try_from(args.integer(2)?).ok().filter(|number| *number < 1 << bits);
    let number =
        number.ok_or_else(|| Failure::arg(2, format!("a number that fits {bits} bits is required")))?;
    let shift = network.bits - prefix;
    let inside = if shift >= 128 { 0 } else { number << shift };
    Ok(Value::string(Network { address: network.address | inside, prefix, ..network }.cidr()))
}

fn cidrsubnets(args: &Args<'_>) -> Result<Value, Failure> {
    let network = Network::parse(args)?;
    if network.address == 0 && args.len() > 1 {
        return Err(Failure::arg(
            0,
            "Nomad cannot divide a network that begins at the address zero; use cidrsubnet",
        ));
    }
    let mut next = Some(network.address);
    let mut found = Vec::new();
    for at in 1..args.len() {
        let bits = u32::try_from(args.integer(at)?).ok().filter(|bits| (1..=32).contains(bits));
        let bits = bits.ok_or_else(|| Failure::arg(at, "a number of bits from 1 to 32 is required"))?;
        let prefix = network.prefix + bits;
        if prefix > network.bits {
            return Err(Failure::arg(
                at,
                format!("the network has only {} bits left", network.bits - network.prefix),
            ));
        }
        let size = 1u128 << (network.bits - prefix);
        let start = next.and_then(|start| start.checked_next_multiple_of(size));
        let start = start.filter(|start| start & network.mask() == network.address);
        let start = start.ok_or_else(|| Failure::arg(at, "the network has no room left"))?;
        found.push(Value::string(Network { address: start, prefix, ..network }.cidr()));
        next = start.checked_add(size);
    }
    Ok(Value::list(Type::String, found))
}
