//! Rules for signed identities.

use crate::source::Diagnostics;

use super::super::cursor::Cursor;
use super::scene::Task;

const RULES: &[fn(Cursor<'_>, &mut Diagnostics)] = &[name, audience, signal, lifetime, file];

pub(super) fn check(task: &Task<'_, '_>, out: &mut Diagnostics) {
    check_block(task.at, out);
}

/// The identities of a task, or of the proxy beside it.
pub(super) fn check_block(task: Cursor<'_>, out: &mut Diagnostics) {
    for at in task.blocks_of("identity") {
        for rule in RULES {
            rule(at, out);
        }
    }
    one_default(task, out);
}

fn is_default(at: Cursor<'_>) -> bool {
    at.text_or_empty("name").is_some_and(|name| matches!(name.as_str(), "" | "default"))
}

fn name(at: Cursor<'_>, out: &mut Diagnostics) {
    let Some(name) = at.text("name").is().filter(|name| !name.is_empty()) else { return };
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    if name.len() > 128 || !name.bytes().all(fits) {
        let message =
            format!("{:?} is no name for an identity: letters, digits, - and _, up to 128", name.as_str());
        out.push(at.error_at("name", "identity-name", message));
    }
}

fn audience(at: Cursor<'_>, out: &mut Diagnostics) {
    if !is_default(at) && at.texts("aud").iter().any(|audience| audience.is_empty()) {
        out.push(at.error_at("aud", "identity-aud", "an entry of `aud` is empty"));
    }
}

fn signal(at: Cursor<'_>, out: &mut Diagnostics) {
    let (Some(mode), Some(signal)) = (at.text_or_empty("change_mode"), at.text_or_empty("change_signal"))
    else {
        return;
    };
    match (mode.as_str(), signal.is_empty()) {
        ("signal", true) => {
            out.push(at.error_at(
                "change_mode",
                "identity-signal",
                "`change_mode = \"signal\"` needs a `change_signal`",
            ));
        }
        ("" | "noop" | "restart", false) => {
            out.push(at.error_at(
                "change_signal",
                "identity-signal",
                "`change_signal` needs `change_mode = \"signal\"`",
            ));
        }
        _ => {}
    }
}

fn lifetime(at: Cursor<'_>, out: &mut Diagnostics) {
    let Some(ttl) = at.nanos("ttl").is() else { return };
    if ttl < 0 {
        out.push(at.error_at("ttl", "negative-duration", "`ttl` cannot be negative"));
    } else if ttl > 0 && is_default(at) {
        out.push(
            at.error_at("ttl", "identity-ttl", "the default identity has no `ttl`")
                .help("give the identity a `name`"),
        );
    }
}

fn file(at: Cursor<'_>, out: &mut Diagnostics) {
    if at.has_text("filepath") && at.bool("file").or(false) == Some(false) {
        out.push(at.error_at("filepath", "identity-file", "`filepath` needs `file = true`"));
    }
}

/// Of two the last one counts; three are refused.
fn one_default(task: Cursor<'_>, out: &mut Diagnostics) {
    let defaults: Vec<Cursor<'_>> = task.blocks_of("identity").filter(|at| is_default(*at)).collect();
    let (Some(first), Some(last)) = (defaults.first(), defaults.last()) else { return };
    let finding = match defaults.len() {
        0 | 1 => return,
        2 => last
            .warning("identity-twice", "a task has one default identity: the one before this does nothing"),
        _ => last.error("identity-twice", "a task has one default identity, this is another"),
    };
    out.push(finding.note("the first is here", first.head()).help("give the identity a `name`"));
}

#[cfg(test)]
mod tests {
    use super::super::testing::{task, tells};

    fn identity(text: &str) -> String {
        task(&format!("identity {{\n{text}\n}}"))
    }

    #[test]
    fn identities_have_names() {
        tells("identity-name", &identity("name = \"a b\""), &identity("name = \"a_b-1\""));
        tells(
            "identity-twice",
            &identity("}\nidentity {\nname = \"default\""),
            &identity("}\nidentity {\nname = \"a\""),
        );
        tells(
            "identity-aud",
            &identity("name = \"a\"\naud = [\"\"]"),
            &identity("name = \"a\"\naud = [\"b\"]"),
        );
    }

    #[test]
    fn what_happens_when_a_token_is_renewed() {
        tells(
            "identity-signal",
            &identity("change_mode = \"signal\""),
            &identity("change_mode = \"signal\"\nchange_signal = \"SIGHUP\""),
        );
        tells(
            "identity-signal",
            &identity("change_signal = \"SIGHUP\""),
            &identity("change_mode = \"noop\""),
        );
        tells("identity-ttl", &identity("ttl = \"1h\""), &identity("name = \"a\"\nttl = \"1h\""));
        tells(
            "negative-duration",
            &identity("name = \"a\"\nttl = \"-1h\""),
            &identity("name = \"a\"\nttl = \"1h\""),
        );
        tells("identity-file", &identity("filepath = \"a\""), &identity("file = true\nfilepath = \"a\""));
    }
}
