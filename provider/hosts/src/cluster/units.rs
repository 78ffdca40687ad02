//! What systemd is told: our own units as text.

use std::fmt::Write as _;

/// An agent's unit.
pub struct Agent<'a> {
    /// What it is, in a few words.
    pub description: &'a str,
    /// How it is started.
    pub command: &'a str,
    /// As whom it runs.
    pub user: &'a str,
    /// When systemd holds it for started.
    pub kind: &'a str,
    /// The signal that ends it.
    pub signal: &'a str,
    /// The one that ends it to be started again, without leaving the cluster, if it is another.
    pub again: Option<&'a str>,
    /// What is started before it.
    pub after: &'a [&'a str],
    /// What has to be mounted.
    pub mounts: &'a [&'a str],
    /// How willingly the kernel ends it when memory runs out.
    pub oom: i16,
}

/// Tasks outlive their agent (`KillMode=process`), an agent that ends is started again for ever, and ending with 1 when
/// asked to end is no failure: Nomad does.
pub fn agent(agent: &Agent<'_>) -> String {
    let Agent { description, command, user, kind, signal, oom, .. } = agent;
    let again = agent.again.map(|signal| format!("RestartKillSignal={signal}\n")).unwrap_or_default();
    let after: String = agent.after.iter().fold(String::new(), |text, name| text + " " + name);
    let mut text = format!(
        "[Unit]\nDescription={description}\nWants=network-online.target{after}\nAfter=network-online.target{after}\n\
         StartLimitIntervalSec=0\n"
    );
    if !agent.mounts.is_empty() {
        let _ = writeln!(text, "RequiresMountsFor={}", agent.mounts.join(" "));
    }
    let _ = write!(
        text,
        "\n[Service]\nType={kind}\nUser={user}\nGroup={user}\nExecStart={command}\nExecReload=/bin/kill -HUP $MAINPID\n\
         KillMode=process\nKillSignal={signal}\n{again}SuccessExitStatus=1\nRestart=always\nRestartSec=2\nLimitNOFILE=65536\n\
         LimitNPROC=infinity\nTasksMax=infinity\nOOMScoreAdjust={oom}\nUMask=0027\n\n\
         [Install]\nWantedBy=multi-user.target\n"
    );
    text
}

/// The firewall is there before the network is, and its rules are replaced without a gap.
pub const WALL: &str = "\
[Unit]
Description=Firewall of this lostops host
DefaultDependencies=no
Wants=network-pre.target
Before=network-pre.target shutdown.target
Conflicts=shutdown.target

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/usr/sbin/nft -f /etc/lostops/wall.nft
ExecReload=/usr/sbin/nft -f /etc/lostops/wall.nft
ExecStop=/usr/sbin/nft delete table inet lostops

[Install]
WantedBy=sysinit.target
";

/// It waits for the cluster as long as it takes.
pub const BOOTSTRAP: &str = "\
[Unit]
Description=First tokens and policies of this lostops cluster
Wants=network-online.target
After=network-online.target consul.service nomad.service

[Service]
Type=oneshot
ExecStart=/bin/sh /etc/lostops/bootstrap/run
TimeoutStartSec=infinity
Restart=on-failure
RestartSec=5
UMask=0077

[Install]
WantedBy=multi-user.target
";
