//! The provider block: which folder the objects live in.

use kit::{Block, Cx, Diagnostic, Provider, Result};

use crate::store::Store;

/// Where the lab is.
#[derive(Block)]
pub struct Config {
    /// The folder whose files are the objects.
    pub folder: String,
    /// Who owns what nobody else is named for.
    #[attr(default = "lab")]
    pub owner: String,
    /// What would be shown to a guard.
    #[attr(sensitive)]
    pub password: Option<String>,
    /// How the lab is reached.
    #[block]
    pub door: Option<Door>,
}

/// How the lab is reached.
#[derive(Block)]
pub struct Door {
    /// Its number.
    #[attr(check = kit::check::between(1, 99))]
    pub number: i64,
}

/// The provider.
pub struct Lab;

impl Provider for Lab {
    type Config = Config;
    type Data = Store;

    async fn configure(&self, _: &Cx, config: Config) -> Result<Store> {
        Ok(Store::new(config.folder, config.owner))
    }

    fn check(&self, config: &Config) -> Vec<Diagnostic> {
        let locked = config.door.is_some() && config.password.is_none();
        let problem =
            Diagnostic::error("The door is locked", "password: a lab with a `door` needs a `password`.");
        locked.then(|| problem.attribute("password")).into_iter().collect()
    }
}
