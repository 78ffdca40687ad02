//! Rules for what is said about the proxies that Nomad adds to a group.

use crate::source::Diagnostics;

use super::super::cursor::Cursor;
use super::scene::Group;
use super::{identity, resources, task};

pub(super) fn check(group: &Group<'_>, out: &mut Diagnostics) {
    for at in group.proxies() {
        name(group, at, out);
        task::negative_times(at, out);
        identity::check_block(at, out);
        at.blocks_of("resources").for_each(|resources| resources::check_proxy(resources, out));
    }
}

fn name(group: &Group<'_>, at: Cursor<'_>, out: &mut Diagnostics) {
    let Some(name) = at.text("name").is().filter(|name| !name.is_empty()) else { return };
    if let Some(problem) = task::wrong_name(&name) {
        out.push(at.error_at("name", "task-name", format!("the proxy's name {problem}")));
    }
    if let Some(first) = group.tasks.iter().find(|task| task.label() == name.as_str()) {
        let message = format!("there is another task {:?} in the group", name.as_str());
        out.push(at.error_at("name", "task-twice", message).note("it is here", first.head()));
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{service, tells};

    fn proxy(text: &str) -> String {
        service(&format!("connect {{\nsidecar_service {{}}\nsidecar_task {{\n{text}\n}}\n}}"))
    }

    #[test]
    fn proxies_have_names_of_their_own() {
        tells("task-name", &proxy("name = \"a/b\""), &proxy("name = \"a\""));
        tells("task-twice", &proxy("name = \"t\""), &proxy("name = \"u\""));
    }

    #[test]
    fn proxies_are_judged_as_tasks_are() {
        tells("negative-duration", &proxy("kill_timeout = \"-1s\""), &proxy("kill_timeout = \"1s\""));
        tells("kill-timeout", &proxy("kill_timeout = \"11m\""), &proxy("kill_timeout = \"10m\""));
        tells(
            "identity-file",
            &proxy("identity {\nfilepath = \"a\"\n}"),
            &proxy("identity {\nfile = true\n}"),
        );
        let mount = |volume: &str| proxy(&format!("volume_mount {{\nvolume = \"{volume}\"\n}}"));
        tells("mount-volume", &mount("a"), &proxy(""));
        tells("logs-disk", &proxy("logs {\nmax_files = 40\n}"), &proxy("logs {\nmax_files = -1\n}"));
    }

    #[test]
    fn what_proxies_reserve_is_laid_over_values_of_nomad() {
        let resources = |text: &str| proxy(&format!("resources {{\n{text}\n}}"));
        tells("resources-cpu", &resources("cores = 1"), &resources("cpu = 0"));
        tells("resources-cpu", &resources("cpu = -1"), &resources("cpu = 1"));
        tells("resources-memory", &resources("memory = 9"), &resources("memory = 0"));
        tells(
            "resources-memory-max",
            &resources("memory = 0\nmemory_max = 127"),
            &resources("memory = 0\nmemory_max = 128"),
        );
    }
}
