//! Becoming root. The sudo here is a stand-in that asks and answers as the real one does; the real one is met on the
//! hosts of the acceptance tests.

use hosts::secrets::Secret;
use hosts::ssh::Host;
use hosts::way::{Cause, Event, Sudo, Task};

use crate::sshd::{Sshd, run};

/// Asks on standard error, reads a line byte by byte, as sudo does with -S.
const FAKE: &str = r#"#!/bin/sh
ask=1 prompt=
while :; do case $1 in -n) ask=; shift;; -S) shift;; -p) prompt=$2; shift 2;; --) shift; break;; *) break;; esac; done
case $MODE in
  open) AS=root exec "$@";;
  forbidden) echo "worker is not in the sudoers file." >&2; exit 1;;
  terminal) echo "sudo: sorry, you must have a tty to run sudo" >&2; exit 1;;
esac
[ "$ask" ] || { echo "sudo: a password is required" >&2; exit 1; }
for try in 1 2 3; do
  printf '%s' "$prompt" >&2
  IFS= read -r line || { echo "sudo: no password was provided" >&2; exit 1; }
  [ "$line" = hunter2 ] && AS=root exec "$@"
  echo "Sorry, try again." >&2
done
echo "sudo: 3 incorrect password attempts" >&2
exit 1
"#;

async fn attempt(mode: &str, password: Option<&str>) -> Option<(Result<Vec<String>, Cause>, Vec<Event>)> {
    let sshd = Sshd::start()?;
    sshd.install("id", "#!/bin/sh\necho 1000\n");
    sshd.install("sudo", &FAKE.replace("$MODE", mode));
    let host = Host { sudo: Sudo::Yes { password: password.map(Secret::new) }, ..sshd.host() };
    let mut task = Task::new("echo \"$AS\"; cat secret; [ \"$LOSTOPS_PEER\" ] || exit 9; echo hunter2 >&2");
    task.files.insert("secret".into(), b"file\n".to_vec());
    let (contact, events) = run(&sshd.client(), &host, &task).await;
    if let Err(fault) = &contact.result {
        assert!(!fault.to_string().contains("hunter"), "{fault}");
    }
    Some((contact.result.map(|answer| answer.said).map_err(|fault| fault.cause().clone()), events))
}

#[tokio::test]
async fn with_and_without_a_password() {
    for (mode, password) in [("open", None), ("open", Some("hunter2")), ("asks", Some("hunter2"))] {
        let Some((result, events)) = attempt(mode, password).await else { return };
        assert_eq!(result.unwrap(), ["root", "file"], "{mode}");
        let shown = if password.is_some() { "(hidden)" } else { "hunter2" };
        assert!(events.contains(&Event::Noise(shown.into())), "{events:?}");
    }
}

#[tokio::test]
async fn what_goes_wrong_is_told_apart() {
    for (mode, password, cause) in [
        ("asks", None, Cause::SudoPassword),
        ("asks", Some("hunter3"), Cause::WrongSudoPassword),
        ("forbidden", Some("hunter2"), Cause::SudoForbidden),
        ("terminal", None, Cause::SudoTerminal),
    ] {
        let Some((result, _)) = attempt(mode, password).await else { return };
        assert_eq!(result.unwrap_err(), cause, "{mode}");
    }
}

#[tokio::test]
async fn without_sudo_there_is_no_way_up() {
    // A machine that has none says this in its place.
    let Some(sshd) = Sshd::start() else { return };
    sshd.install("id", "#!/bin/sh\necho 1000\n");
    let host = Host { sudo: Sudo::Yes { password: None }, ..sshd.host() };
    sshd.install("sudo", "#!/bin/sh\necho '/bin/sh: 1: exec: sudo: not found' >&2; exit 127\n");
    let (contact, _) = run(&sshd.client(), &host, &Task::new("true")).await;
    assert_eq!(*contact.result.unwrap_err().cause(), Cause::SudoMissing);
}

#[tokio::test]
async fn root_needs_no_sudo() {
    let Some(sshd) = Sshd::start() else { return };
    sshd.install("id", "#!/bin/sh\necho 0\n");
    sshd.install("sudo", "#!/bin/sh\nexit 1\n");
    let host = Host { sudo: Sudo::Yes { password: Some(Secret::new("hunter2")) }, ..sshd.host() };
    let (contact, _) = run(&sshd.client(), &host, &Task::new("echo fine")).await;
    assert_eq!(crate::sshd::said(contact), ["fine"]);
}
