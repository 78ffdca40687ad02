//! How the script's surroundings are started, as root where that is wanted.
//!
//! Must never put a password into a word: it is sent only if sudo asks.

use super::{PROMPT, quote};
use crate::secrets::Secret;

/// How to become root.
#[derive(Clone, Debug, Default)]
pub enum Sudo {
    /// Not at all: the user does what is to be done.
    #[default]
    No,
    /// By sudo, unless the user is root already.
    Yes {
        /// Sent only if sudo asks.
        password: Option<Secret>,
    },
}

impl Sudo {
    pub(crate) fn password(&self) -> Option<&Secret> {
        match self {
            Self::Yes { password } => password.as_ref(),
            Self::No => None,
        }
    }

    /// What a login shell is to run. Every word is quoted, so that it may be a shell of any kind.
    pub(crate) fn command(&self, entry: &[String]) -> String {
        let entry = entry.iter().map(|word| quote(word)).collect::<Vec<_>>().join(" ");
        // Sudo forgets whence we come, so it goes along as a word.
        let shell = "/bin/sh \"$@\" \"${SSH_CONNECTION:-}\"";
        let how = match self {
            Self::No => format!("exec {shell}"),
            Self::Yes { password } => {
                let ask = if password.is_some() { format!("-S -p \"{PROMPT}\"") } else { "-n".to_owned() };
                let sudo = format!("LC_ALL=C; export LC_ALL; exec sudo {ask} -- {shell}");
                format!("if [ \"$(id -u)\" -eq 0 ]; then exec {shell}; fi; {sudo}")
            }
        };
        format!("exec /bin/sh -c {} lostops {entry}", quote(&how))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::way::Task;

    #[test]
    fn what_the_login_shell_runs_is_plain_for_any_shell() {
        let entry = Task::new("true").entry(7);
        for sudo in
            [Sudo::No, Sudo::Yes { password: None }, Sudo::Yes { password: Some(Secret::new("hunter2")) }]
        {
            let words = sudo.command(&entry);
            assert!(!words.contains(['!', '\\', '\n']) && !words.contains("hunter2"), "{words}");
        }
    }
}
