//! Rules for what a task reserves, or the proxy beside it.

use crate::source::Diagnostics;

use super::super::cursor::Cursor;
use super::placement;
use super::scene::Task;

/// Memory of a task that reserves something, in MB.
const MEMORY: i64 = 300;

const RULES: &[fn(Cursor<'_>, &mut Diagnostics)] =
    &[cpu_or_cores, least, memory_max, secrets, disk, devices, numa_devices, numa_empty];

const PROXY_RULES: &[fn(Cursor<'_>, &mut Diagnostics)] =
    &[proxy_cores, proxy_least, memory_max, secrets, disk, devices, numa_empty];

pub(super) fn check(task: &Task<'_, '_>, out: &mut Diagnostics) {
    for at in task.at.blocks_of("resources") {
        for rule in RULES {
            rule(at, out);
        }
    }
}

/// What a proxy reserves; Nomad lays it over values of its own, and takes zero for "not written".
pub(super) fn check_proxy(at: Cursor<'_>, out: &mut Diagnostics) {
    for rule in PROXY_RULES {
        rule(at, out);
    }
}

fn cpu_or_cores(at: Cursor<'_>, out: &mut Diagnostics) {
    let positive = |name| at.int(name).is().is_some_and(|count| count > 0);
    if positive("cores") && positive("cpu") {
        out.push(at.error_at("cpu", "resources-cpu", "a task reserves `cpu` or `cores`, not both"));
    }
}

/// A proxy has `cpu` of its own, which stays.
fn proxy_cores(at: Cursor<'_>, out: &mut Diagnostics) {
    if at.int("cores").is().is_some_and(|cores| cores > 0) {
        out.push(at.error_at(
            "cores",
            "resources-cpu",
            "a proxy reserves `cpu`, Nomad refuses `cores` there",
        ));
    }
}

fn least(at: Cursor<'_>, out: &mut Diagnostics) {
    let no_cores = at.int("cores").or(0) == Some(0);
    if no_cores && at.int("cpu").is().is_some_and(|cpu| cpu < 1) {
        out.push(at.error_at("cpu", "resources-cpu", "`cpu` must be at least 1"));
    }
    // With `cores` written as zero there is no default any more.
    if at.int("cores").is() == Some(0) && at.int("cpu").is_absent() {
        out.push(at.error_at("cores", "resources-cpu", "with `cores = 0` a task needs `cpu`"));
    }
    if at.int("memory").is().is_some_and(|memory| memory < 10) {
        out.push(at.error_at("memory", "resources-memory", "`memory` must be at least 10 (MB)"));
    }
}

fn proxy_least(at: Cursor<'_>, out: &mut Diagnostics) {
    if at.int("cpu").is().is_some_and(|cpu| cpu < 0) {
        out.push(at.error_at("cpu", "resources-cpu", "`cpu` cannot be negative"));
    }
    if at.int("memory").is().is_some_and(|memory| memory < 10 && memory != 0) {
        out.push(at.error_at("memory", "resources-memory", "`memory` must be at least 10 (MB)"));
    }
}

/// The memory that counts; zero is refused for tasks and means 128 for a proxy.
fn memory(at: Cursor<'_>) -> Option<i64> {
    at.int("memory").or(MEMORY).map(|memory| if memory == 0 { 128 } else { memory })
}

fn memory_max(at: Cursor<'_>, out: &mut Diagnostics) {
    let (Some(memory), Some(most)) = (memory(at), at.int("memory_max").is()) else { return };
    if most != 0 && most != -1 && most < memory {
        let message = format!("`memory_max` ({most}) must be at least `memory` ({memory})");
        out.push(at.error_at("memory_max", "resources-memory-max", message));
    }
}

fn secrets(at: Cursor<'_>, out: &mut Diagnostics) {
    let (Some(memory), Some(secrets)) = (memory(at), at.int("secrets").is()) else { return };
    if secrets > memory {
        let message = format!("`secrets` ({secrets}) cannot be more than `memory` ({memory})");
        out.push(at.error_at("secrets", "resources-secrets", message));
    }
}

fn disk(at: Cursor<'_>, out: &mut Diagnostics) {
    if at.int("disk").is().is_some_and(|disk| disk > 0) {
        let finding = at.warning_at("disk", "resources-disk", "a task reserves no disk, its group does");
        out.push(finding.help("write `ephemeral_disk { size = … }` in the group"));
    }
}

fn devices(at: Cursor<'_>, out: &mut Diagnostics) {
    for device in at.blocks_of("device") {
        if device.label().is_empty() {
            out.push(
                device.error(
                    "device-name",
                    "the device's name is empty: type, vendor/type or vendor/type/name",
                ),
            );
        }
        for constraint in device.blocks_of("constraint") {
            placement::no_distinct(constraint, "a device", out);
            placement::constraint(constraint, out);
        }
        device.blocks_of("affinity").for_each(|affinity| placement::affinity(affinity, out));
    }
}

fn numa_devices(at: Cursor<'_>, out: &mut Diagnostics) {
    let known: Vec<&str> = at.blocks_of("device").map(Cursor::label).collect();
    for numa in at.blocks_of("numa") {
        for device in numa.texts("devices").iter().filter(|device| !known.contains(&device.as_str())) {
            let message = format!("the task does not ask for the device {:?}", device.as_str());
            out.push(numa.error_at("devices", "numa-device", message));
        }
    }
}

fn numa_empty(at: Cursor<'_>, out: &mut Diagnostics) {
    for numa in at.blocks_of("numa").filter(|numa| numa.attr("affinity").is_none()) {
        out.push(numa.warning("numa-affinity", "`numa` without an `affinity` changes nothing"));
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{task, tells};

    fn resources(text: &str) -> String {
        task(&format!("resources {{\n{text}\n}}"))
    }

    #[test]
    fn processors() {
        tells("resources-cpu", &resources("cpu = 100\ncores = 1"), &resources("cores = 1"));
        tells("resources-cpu", &resources("cpu = 0"), &resources("cpu = 1"));
        tells("resources-cpu", &resources("cores = 0"), &resources("cores = 0\ncpu = 1"));
        tells("range", &resources("cores = -1"), &resources("cores = 1"));
    }

    #[test]
    fn memory_and_disk() {
        tells("resources-memory", &resources("memory = 9"), &resources("memory = 10"));
        tells(
            "resources-memory-max",
            &resources("memory = 20\nmemory_max = 10"),
            &resources("memory = 20\nmemory_max = 20"),
        );
        tells("resources-memory-max", &resources("memory_max = 10"), &resources("memory_max = -1"));
        tells("resources-secrets", &resources("secrets = 301"), &resources("secrets = 300"));
        tells("resources-disk", &resources("disk = 10"), &resources("disk = 0"));
    }

    #[test]
    fn devices() {
        tells("device-name", &resources("device \"\" {}"), &resources("device \"gpu\" {}"));
        let constraint = |text: &str| resources(&format!("device \"gpu\" {{\nconstraint {{\n{text}\n}}\n}}"));
        tells(
            "constraint-distinct",
            &constraint("distinct_hosts = true"),
            &constraint("attribute = \"${device.model}\"\nvalue = \"a\""),
        );
        let numa = |device: &str| {
            resources(&format!(
                "device \"gpu\" {{}}\nnuma {{\naffinity = \"none\"\ndevices = [\"{device}\"]\n}}"
            ))
        };
        tells("numa-device", &numa("fpga"), &numa("gpu"));
        tells("numa-affinity", &resources("numa {}"), &resources("numa {\naffinity = \"none\"\n}"));
    }
}
