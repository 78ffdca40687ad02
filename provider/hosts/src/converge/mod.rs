//! From a blueprint to one script that makes a host so, and what the script says while it does.
//!
//! Pure: it makes text and reads text. Who runs the script, and how its lines come back, is for others.

mod body;
mod event;
mod quote;

use crate::blueprint::Blueprint;
use crate::fault::Fault;
use crate::secrets::Secret;

pub(crate) use body::sha256;
pub use event::{Event, cure};
pub use quote::quote;

/// What all scripts have in common: functions, in shell that dash, busybox and bash read alike.
const LIBRARY: &str = concat!(
    include_str!("library/head.sh"),
    include_str!("library/say.sh"),
    include_str!("library/turn.sh"),
    include_str!("library/people.sh"),
    include_str!("library/files.sh"),
    include_str!("library/disks.sh"),
    include_str!("library/programs.sh"),
    include_str!("library/kernel.sh"),
    include_str!("library/units.sh"),
    include_str!("library/main.sh"),
);

/// A script that makes a host what its blueprint says.
#[derive(Clone, Debug)]
pub struct Script {
    /// The script, to be given to a POSIX shell on its standard input or as a file. It holds secrets.
    ///
    /// Options: `--peer "$SSH_CONNECTION"`, so that a firewall that would lock its caller out is refused; `--check`, to
    /// say what differs and change nothing; `--root DIR`, to work below a folder without being root.
    pub text: Secret,
    /// Tells this blueprint from any other; the script's last line says it when the host is what it should be.
    pub hash: String,
}

/// The script for that blueprint.
pub fn script(blueprint: &Blueprint) -> Result<Script, Fault> {
    let (body, hash) = body::of(blueprint)?;
    Ok(Script { text: Secret::new(format!("{LIBRARY}\n{body}")), hash })
}
