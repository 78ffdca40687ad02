//! `lostops_cloud_init`: what lets us into a host that somebody else makes. It holds no secret: clouds show user-data to
//! every process on the host.

use hosts::seed::{Carrier, Seed, SeedError, User};
use kit::check::Verdict;
use kit::{Block, Computed, Cx, DataSource, Diagnostic, Result, check};

/// User-data for the first boot of a host that another provider makes: a name, and a user who comes in by key and may
/// become root.
///
/// Every platform that runs cloud-init takes it. It is small, the same on every run, and holds no secret, as clouds show
/// user-data to every process on the host: what a cluster needs comes later, over SSH. Passwords and root's login are off.
#[derive(Block)]
pub struct Model {
    /// The host's name.
    #[attr(check = check::dns_label)]
    pub hostname: String,
    /// The user that is made, who may become root.
    #[attr(default = "ops", check = person)]
    pub user: String,
    /// Whose keys may log in, each as a line of `authorized_keys`.
    #[attr(check = public_key)]
    pub public_keys: Vec<String>,
    /// Who carries it to the host, which decides how large it may be. Unset: what all of these take.
    #[attr(check = check::one_of(&["azure", "digitalocean", "hetzner", "nocloud"]))]
    pub platform: Option<String>,
    /// The user-data: `#cloud-config`, valid for cloud-init 22.4 and later.
    pub user_data: Computed<String>,
    /// The meta-data, for a seed of your own. Clouds have theirs.
    pub meta_data: Computed<String>,
}

/// The data source.
pub struct CloudInit;

impl DataSource for CloudInit {
    type Model = Model;
    const NAME: &'static str = "lostops_cloud_init";

    fn check(&self, model: &Model) -> Vec<Diagnostic> {
        let nobody = || {
            let detail = "Passwords are off, so without a key nobody could log in. Name at least one.";
            Diagnostic::error("Nobody could log in", detail).attribute("public_keys")
        };
        model.public_keys.is_empty().then(nobody).into_iter().collect()
    }

    async fn read(&self, _: &Cx, model: &mut Model) -> Result<()> {
        let seed = Seed {
            instance_id: model.hostname.clone(),
            hostname: model.hostname.clone(),
            users: vec![User::operator(&model.user, model.public_keys.clone())],
            ssh_keys: None,
            network: None,
            task: None,
        };
        let failed = |error: SeedError| {
            let title = format!("The user-data of {} cannot be made", model.hostname);
            Diagnostic::error(title, error.to_string())
        };
        let user_data = seed.user_data(carrier(model.platform.as_deref())).map_err(failed)?;
        let meta_data = seed.meta_data().map_err(failed)?;
        model.user_data.set(user_data);
        model.meta_data.set(meta_data);
        Ok(())
    }
}

/// Without a name, the one that takes the least.
fn carrier(platform: Option<&str>) -> Carrier {
    match platform {
        Some("azure") => Carrier::Azure,
        Some("digitalocean") => Carrier::DigitalOcean,
        Some("nocloud") => Carrier::NoCloud,
        _ => Carrier::Hetzner,
    }
}

fn person(name: &str) -> Verdict {
    if name == "root" {
        return Err("expected a user of its own: cloud-init keeps root from logging in".into());
    }
    check::dns_label(name)
}

/// One line, as `ssh-keygen` writes it.
fn public_key(line: &str) -> Verdict {
    if line.contains("PRIVATE KEY") {
        return Err("expected a public key, got a private one: use the file that ends in `.pub`".into());
    }
    let kind = |word: &str| ["ssh-", "ecdsa-", "sk-"].iter().any(|kind| word.starts_with(kind));
    let mut words = line.split(' ').skip_while(|word| !kind(word));
    if line.trim().contains(['\n', '\r']) || words.next().is_none() || words.next().is_none() {
        return Err("expected a line of `authorized_keys`, such as \"ssh-ed25519 AAAA… ada\"".into());
    }
    Ok(())
}
