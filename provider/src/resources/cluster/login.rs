//! Whether whoever runs Terraform can still log in, once hosts let in nobody but those who are named. Who is shut out by an
//! apply is shut out of the next one as well, which could mend it.

use hosts::ssh::HostKey;
use kit::{Diagnostic, Result};

use super::model::{Cluster, Ssh};
use super::reach;
use crate::config::{Login, Settings};

/// Refuses what would lock us out. What cannot be told without asking somebody is believed.
pub(super) async fn check(settings: &Settings, cluster: &Cluster) -> Result<()> {
    let Some((ssh, named)) = named(cluster) else { return Ok(()) };
    let login = reach::login(settings)?;
    if cluster.qemu.is_none() && !enters(cluster, ssh, login) {
        return Ok(());
    }
    // Whoever has a certificate of that authority is let in, which we may have.
    if named.iter().any(|line| line.trim_start().starts_with("cert-authority")) {
        return Ok(());
    }
    let named: Vec<HostKey> = named.iter().filter_map(|line| key(line)).collect();
    let ours = login.credentials.public_keys().await;
    let Some(own) = ours.first().filter(|_| !ours.iter().any(|own| named.contains(own))) else {
        return Ok(());
    };
    let detail = format!(
        "The key of the provider's block `ssh` is not among `public_keys`, and the hosts would let in nobody else as {}. Add it:\n{own}",
        ssh.operator()
    );
    Err(Diagnostic::error("lostops itself could not log in", detail).attribute("ssh.public_keys").into())
}

/// The same as early as it can be told.
pub(super) async fn foresee(settings: &Settings, cluster: &Cluster) -> Result<()> {
    if settings.ssh.is_some() { check(settings, cluster).await } else { Ok(()) }
}

/// Whose keys alone count, where we come in over SSH.
fn named(cluster: &Cluster) -> Option<(&Ssh, &Vec<String>)> {
    if cluster.nocloud.is_some() || cluster.local.is_some() {
        return None;
    }
    let ssh = cluster.ssh.as_ref()?;
    Some((ssh, ssh.public_keys.as_ref().filter(|keys| !keys.is_empty())?))
}

/// Whether we come to one of the hosts as the user whose keys are replaced.
fn enters(cluster: &Cluster, ssh: &Ssh, login: &Login) -> bool {
    let hosts = cluster.pool.values().flat_map(|pool| &pool.host);
    let users = hosts.map(|host| host.user.as_ref().or(ssh.user.as_ref()).or(login.user.as_ref()));
    users.flatten().any(|user| user == ssh.operator())
}

/// The key in a line of `authorized_keys`, which may have options before it.
fn key(line: &str) -> Option<HostKey> {
    let starts = line.match_indices(char::is_whitespace).map(|(at, _)| at);
    std::iter::once(0).chain(starts).find_map(|at| line[at..].parse().ok())
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;
    use hosts::secrets::Secret;
    use hosts::ssh::{Credentials, make_key};

    fn settings(private: &Secret, user: Option<&str>) -> Settings {
        let credentials = Credentials { private_key: Some(private.clone()), ..Credentials::default() };
        let login = Login { credentials, user: user.map(str::to_owned), sudo_password: None };
        sample::settings(Some(login))
    }

    fn on(user: Option<&str>, keys: &[String]) -> Cluster {
        let mut cluster = sample::cluster(&["s1"]);
        let ssh = cluster.ssh.as_mut().unwrap();
        (ssh.user, ssh.public_keys) = (user.map(str::to_owned), Some(keys.to_vec()));
        cluster
    }

    #[tokio::test]
    async fn who_would_be_shut_out_is_told_before() {
        if std::process::Command::new("ssh-keygen").arg("-?").output().is_err() {
            println!("skipped: ssh-keygen not found");
            return;
        }
        let ((private, own), (_, other)) = (make_key().unwrap(), make_key().unwrap());
        let refused = async |user, provider, keys: &[&String]| {
            let keys: Vec<String> = keys.iter().map(|key| (*key).clone()).collect();
            check(&settings(&private, provider), &on(user, &keys)).await.is_err()
        };
        assert!(refused(Some("ops"), None, &[&other]).await);
        assert!(refused(Some("root"), None, &[&other]).await);
        assert!(refused(None, Some("ops"), &[&other]).await, "the operator is `ops` where nobody is named");
        assert!(!refused(Some("ops"), None, &[&other, &own]).await);
        assert!(!refused(None, Some("root"), &[&other]).await, "root's own keys stay");
        assert!(!refused(None, None, &[&other]).await, "the SSH configuration decides who logs in");
        let narrow = format!("from=\"10.0.0.0/8, ::1\",no-pty {own} me");
        assert!(!refused(Some("ops"), None, &[&narrow]).await);
        assert!(!refused(Some("ops"), None, &[&format!("cert-authority {other}")]).await);

        let mut cluster = on(Some("ops"), &[other]);
        cluster.pool.get_mut("servers").unwrap().host[0].user = Some("root".into());
        assert!(check(&settings(&private, None), &cluster).await.is_ok(), "each host has its own user");
    }
}
