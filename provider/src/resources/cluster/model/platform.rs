//! Where a cluster's hosts come from and how they are reached, as a person writes it.

use kit::{Block, check};
use serde::{Deserialize, Serialize};

use super::super::words;

/// This machine. What is done to it is done as root: by `sudo`, unless Terraform runs as root itself.
#[derive(Block, Clone)]
pub struct ThisMachine {}

/// Seeds for hosts on any hypervisor.
#[derive(Block, Clone)]
pub struct NoCloud {
    /// Folder for the seeds and the cluster's root secrets. Everything in it is for its owner alone, since seeds carry
    /// keys. Another one is moved to.
    #[attr(check = words::folder, same = words::same_folder)]
    pub output_dir: String,
    /// The network of hosts without DHCP.
    #[block]
    pub network: Option<Network>,
}

/// The network of hosts without DHCP. Each gets its `private_address`, or else its `address`.
#[derive(Block, Clone, PartialEq, Eq)]
pub struct Network {
    /// How many leading bits of an address are the network's, such as 24.
    #[attr(check = check::between(1, 128))]
    pub prefix: i64,
    /// The router.
    #[attr(check = words::address)]
    pub gateway: String,
    /// Name servers.
    #[attr(check = words::address)]
    pub nameservers: Vec<String>,
    /// Name of the network card on each host, such as `ens18`.
    pub card: String,
}

/// Virtual machines on this machine. Those that stay become what is written here: their host is switched off in order and
/// comes back with other processors, other memory, larger disks, further disks or further ports. No disk becomes smaller.
#[derive(Block, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Qemu {
    /// Folder for the machines, which has to be this cluster's alone. They stay where they were made.
    #[attr(check = words::folder, same = words::same_folder)]
    pub folder: String,
    /// The image that their disks start from: a cloud image of Debian or Ubuntu. It stays as it is, and has to stay where it
    /// is: disks hold what differs from it. Another one counts for machines that are made from then on.
    pub image: String,
    /// The image's format. Unset: what it says of itself.
    #[attr(check = check::one_of(&["qcow2", "raw"]))]
    pub image_format: Option<String>,
    /// How many processors each machine has.
    #[attr(default = 2, check = check::between(1, 256))]
    pub cpus: u16,
    /// How much memory each machine has, in MiB.
    #[attr(default = 2048, check = check::between(512, 4_194_304))]
    pub memory: u32,
    /// How large the disk of each machine is, in GiB. It takes only as much room as was written, and can grow.
    #[attr(default = 20, check = check::between(1, 65_536))]
    pub disk: u32,
    /// The network of the machines among themselves, in which each has its `private_address`. Who runs programs on this
    /// machine can listen there: what agents say is encrypted.
    #[attr(default = "10.77.0.0/24", check = words::network)]
    pub network: String,
    /// How processors come about: `auto` (the kernel's virtualisation where there is any, otherwise in software) or
    /// `software`. It counts when a machine starts.
    #[attr(default = "auto", check = check::one_of(&["auto", "software"]))]
    pub acceleration: String,
    /// A kernel to start instead of the image's own.
    #[block]
    pub kernel: Option<Kernel>,
}

/// A kernel to start instead of the image's own.
#[derive(Block, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kernel {
    /// The kernel.
    pub path: String,
    /// Its first root.
    pub initrd: Option<String>,
    /// What it is told, such as `root=LABEL=root console=ttyS0`.
    pub command_line: String,
}

/// How large machines are. What is unset is as for the others.
#[derive(Block, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MachineSize {
    /// How many processors.
    #[attr(check = check::between(1, 256))]
    pub cpus: Option<u16>,
    /// How much memory, in MiB.
    #[attr(check = check::between(512, 4_194_304))]
    pub memory: Option<u32>,
    /// How large the disk is, in GiB. It can grow.
    #[attr(check = check::between(1, 65_536))]
    pub disk: Option<u32>,
}

/// How the hosts are reached over SSH. Without a block for another platform, they exist already, and lostops makes the
/// cluster on them: by the system's `ssh`, so that a person's agent, configuration, hardware keys and jump hosts just work.
/// Keys and passwords are said in the provider's block `ssh` and are never in the state.
#[derive(Block, Clone)]
pub struct Ssh {
    /// Who logs in, and is root or may become it with `sudo`. With `nocloud` and `qemu`: the user that is made on each host;
    /// unset: `ops`. Otherwise unset: what the provider's block `ssh` says, or else the SSH configuration.
    pub user: Option<String>,
    /// Whose keys may log in as that user, each as a line of `authorized_keys`; no others can then. Where lostops logs in as
    /// that user, the key of the provider's block `ssh` has to be among them. On hosts that exist, unset leaves who may log
    /// in as it is.
    pub public_keys: Option<Vec<String>>,
    /// The port on which hosts answer.
    #[attr(default = 22)]
    pub port: u16,
    /// The hosts on the way, in order. Unset: as the SSH configuration says.
    #[block]
    pub bastion: Vec<Bastion>,
}

/// Who is made on hosts that lostops makes, where nobody else is named.
pub const OPERATOR: &str = "ops";

impl Ssh {
    /// Who is made on hosts that lostops makes.
    pub fn operator(&self) -> &str {
        self.user.as_deref().unwrap_or(OPERATOR)
    }
}

/// A host on the way to the others.
#[derive(Block, Clone)]
pub struct Bastion {
    /// Its name or address.
    pub address: String,
    /// Who logs in there. Unset: what the SSH configuration says.
    pub user: Option<String>,
    /// The port. Unset: what the SSH configuration says.
    pub port: Option<u16>,
    /// Its key, as in `known_hosts`. Unset: what it shows first is believed, and from then on it is that one. Write the new
    /// one when it was installed anew.
    #[attr(check = words::host_key)]
    pub host_key: Option<String>,
}
