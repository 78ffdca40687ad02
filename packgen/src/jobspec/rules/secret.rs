//! Rules for secrets. Those of the job and the group count for every task.

use crate::source::Diagnostics;

use super::super::cursor::Cursor;
use super::scene::Task;

const RULES: &[fn(&Task<'_, '_>, Cursor<'_>, &mut Diagnostics)] = &[name, needed, blocks, vault];

pub(super) fn check(task: &Task<'_, '_>, out: &mut Diagnostics) {
    let all: Vec<Cursor<'_>> = secrets(task);
    for at in &all {
        for rule in RULES {
            rule(task, *at, out);
        }
    }
    unique(&all, out);
    group_beside_task(task, out);
}

fn secrets<'t>(task: &Task<'_, 't>) -> Vec<Cursor<'t>> {
    let own = task.at.blocks_of("secret").chain(task.group.blocks_of("secret"));
    own.chain(task.job.at.blocks_of("secret")).collect()
}

fn name(_: &Task<'_, '_>, at: Cursor<'_>, out: &mut Diagnostics) {
    let name = at.label();
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    if name.is_empty() || name.len() > 128 || !name.bytes().all(fits) {
        out.push(at.error(
            "secret-name",
            format!("{name:?} is no name for a secret: letters, digits and _, up to 128"),
        ));
    }
}

fn needed(_: &Task<'_, '_>, at: Cursor<'_>, out: &mut Diagnostics) {
    for name in ["provider", "path"] {
        if at.text_or_empty(name).is_some_and(|text| text.is_empty()) {
            out.push(at.error_at(name, "secret-missing", format!("a secret needs `{name}`")));
        }
    }
}

fn blocks(_: &Task<'_, '_>, at: Cursor<'_>, out: &mut Diagnostics) {
    let Some(provider) = at.text("provider").is().filter(|name| !name.is_empty()) else { return };
    let built_in = matches!(provider.as_str(), "nomad" | "vault");
    let wrong = if built_in { "env" } else { "config" };
    if let Some(block) = at.block_of(wrong).filter(|block| !block.block.free_form().is_empty()) {
        let message = format!("a secret of the provider {:?} takes no `{wrong}`", provider.as_str());
        out.push(block.error("secret-block", message));
    }
}

fn vault(task: &Task<'_, '_>, at: Cursor<'_>, out: &mut Diagnostics) {
    let from_vault = at.text("provider").is().is_some_and(|name| name.as_str() == "vault");
    let has_vault =
        task.at.has("vault") || task.group.blocks_of("vault").next().is_some() || task.job.at.has("vault");
    if from_vault && !has_vault {
        out.push(
            at.error_at("provider", "secret-vault", "a secret from Vault needs a `vault` block")
                .help("add `vault {}` to the task"),
        );
    }
}

fn unique(all: &[Cursor<'_>], out: &mut Diagnostics) {
    for (at, second) in all.iter().enumerate() {
        if let Some(first) = all.iter().take(at).find(|other| other.label() == second.label()) {
            let message = format!("there is another secret {:?}", second.label());
            out.push(second.error("secret-twice", message).note("the first is here", first.head()));
        }
    }
}

/// Nomad's parser then repeats the task's own secrets and refuses them.
fn group_beside_task(task: &Task<'_, '_>, out: &mut Diagnostics) {
    if let (Some(of_group), Some(own)) = (task.group.blocks_of("secret").next(), task.at.block_of("secret")) {
        let message = "Nomad cannot join a group's secrets with a task's own";
        let finding = own.error("secret-group", message).note("the group's are here", of_group.head());
        out.push(finding.help("write all of them in the task"));
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{group, job, task, tells};

    const RIGHT: &str = "provider = \"nomad\"\npath = \"p\"";

    fn secret(name: &str, text: &str) -> String {
        format!("secret \"{name}\" {{\n{text}\n}}")
    }

    #[test]
    fn secrets_have_names_and_sources() {
        tells("secret-name", &task(&secret("a-b", RIGHT)), &task(&secret("a_b", RIGHT)));
        tells("secret-missing", &task(&secret("a", "provider = \"nomad\"")), &task(&secret("a", RIGHT)));
        tells("secret-missing", &group(&secret("a", "path = \"p\"")), &group(&secret("a", RIGHT)));
        tells("secret-missing", &job(&secret("a", "path = \"p\"")), &job(&secret("a", RIGHT)));
        tells(
            "secret-vault",
            &task(&secret("a", "provider = \"vault\"\npath = \"p\"")),
            &task(&format!("{}\nvault {{}}", secret("a", "provider = \"vault\"\npath = \"p\""))),
        );
    }

    #[test]
    fn secrets_are_told_apart() {
        let two = |name: &str| task(&format!("{}\n{}", secret("a", RIGHT), secret(name, RIGHT)));
        tells("secret-twice", &two("a"), &two("b"));
        let both =
            group(&secret("a", RIGHT)).replacen("driver =", &format!("{}\ndriver =", secret("b", RIGHT)), 1);
        tells("secret-group", &both, &group(&secret("a", RIGHT)));
    }

    #[test]
    fn blocks_of_secrets() {
        tells(
            "secret-block",
            &task(&secret("a", &format!("{RIGHT}\nenv {{\nA = \"1\"\n}}"))),
            &task(&secret("a", &format!("{RIGHT}\nconfig {{\nA = \"1\"\n}}"))),
        );
        let plugin = "provider = \"mine\"\npath = \"p\"";
        tells(
            "secret-block",
            &task(&secret("a", &format!("{plugin}\nconfig {{\nA = \"1\"\n}}"))),
            &task(&secret("a", &format!("{plugin}\nenv {{\nA = \"1\"\n}}"))),
        );
    }
}
