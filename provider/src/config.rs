//! The provider block. It is the only reader of environment variables in the provider.

use std::env;
use std::path::PathBuf;

use kit::{Block, Cx, Provider, Result};

/// Nothing has to be set: what the provider offers so far works offline.
#[derive(Block)]
pub struct Config {
    /// Folders that hold packs of your own, searched before the built-in ones. Unset: the folders in the environment
    /// variable `LOSTOPS_PACKS`, written like `PATH`.
    pub packs: Option<Vec<String>>,
}

/// What the provider block comes to.
pub struct Settings {
    /// Folders that hold packs.
    pub packs: Vec<PathBuf>,
}

/// The provider.
pub struct Lostops;

impl Provider for Lostops {
    type Config = Config;
    type Data = Settings;

    async fn configure(&self, _: &Cx, config: Config) -> Result<Settings> {
        let packs = match config.packs {
            Some(folders) => folders.into_iter().map(PathBuf::from).collect(),
            None => env::var_os("LOSTOPS_PACKS")
                .map_or_else(Vec::new, |folders| env::split_paths(&folders).collect()),
        };
        Ok(Settings { packs })
    }
}
