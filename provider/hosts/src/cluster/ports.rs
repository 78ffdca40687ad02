//! Who listens where: said once, for configuration, firewall and checks.

use crate::spec::PortRange;

pub const NOMAD_HTTP: u16 = 4646;
pub const NOMAD_RPC: u16 = 4647;
pub const NOMAD_GOSSIP: u16 = 4648;
pub const CONSUL_RPC: u16 = 8300;
pub const CONSUL_GOSSIP: u16 = 8301;
pub const CONSUL_HTTP: u16 = 8500;
pub const CONSUL_HTTPS: u16 = 8501;
/// Where Consul's API is.
pub const fn consul_api(tls: bool) -> u16 {
    if tls { CONSUL_HTTPS } else { CONSUL_HTTP }
}
pub const CONSUL_GRPC: u16 = 8502;
pub const CONSUL_DNS: u16 = 8600;
/// What Nomad gives to tasks that ask for no port of their own.
pub const DYNAMIC: PortRange = PortRange::between(20_000, 32_000);
/// What the kernel gives to outgoing connections: apart from what tasks listen on.
pub const EPHEMERAL: (u16, u16) = (49_152, 65_535);
