//! The grammar of what stands in a task. Data only.

use super::Runtime::{Regex, Template};
use super::Type::{Bool, Duration, Str, Strs};
use super::free::{CONFIG, MAP_REGEX};
use super::identity::{CONSUL, IDENTITY, SECRET, VAULT};
use super::network::NETWORK;
use super::placement::{AFFINITY, CONSTRAINT};
use super::policies::{RESTART, SCALING_TASK};
use super::service::SERVICE;
use super::storage::{CSI_PLUGIN, VOLUME_MOUNT};
use super::{Body, INT, U64, Zero, attr, many, one};

/// A program that a driver runs.
pub static TASK: Body = Body {
    name: "Task",
    doc: "A program that a driver runs.",
    label: Some("Name"),
    attrs: &[
        attr("driver", Str, "Driver", "Task driver that runs the program.").known(&[
            "docker",
            "podman",
            "exec",
            "exec2",
            "raw_exec",
            "java",
            "qemu",
            "mock_driver",
            "containerd-driver",
            "firecracker-task-driver",
            "nomad-driver-virt",
            "virt",
        ]),
        attr("user", Str, "User", "User that runs the program."),
        attr("leader", Bool, "Leader", "When this task ends, the others of the group are stopped too.")
            .default("false"),
        attr("kind", Str, "Kind", "Set by Nomad for proxies of the service mesh; leave it out."),
        attr("kill_signal", Str, "KillSignal", "Signal that asks the task to stop."),
        attr("kill_timeout", Duration, "KillTimeout", "Time between asking the task to stop and killing it.")
            .pointer()
            .default("5s"),
        attr(
            "shutdown_delay",
            Duration,
            "ShutdownDelay",
            "Pause between taking the task's services out of the catalogue and stopping it.",
        )
        .default("0s"),
    ],
    blocks: &[
        one("config", &CONFIG, "Config", "Settings of the task driver."),
        one("env", &MAP_REGEX, "Env", "Environment variables of the task.").or_attribute(),
        one("meta", &MAP_REGEX, "Meta", "Key-value pairs handed to the task as `NOMAD_META_<key>`.")
            .or_attribute(),
        one("lifecycle", &LIFECYCLE, "Lifecycle", "When the task runs relative to the group's main tasks."),
        one("schedule", &SCHEDULE, "Schedule", "Hours in which the task runs (Enterprise).").since(1, 8, 0),
        many("constraint", &CONSTRAINT, "Constraints", "Condition that a node must meet."),
        many("affinity", &AFFINITY, "Affinities", "Preference for some nodes over others."),
        one("resources", &RESOURCES, "Resources", "What the task reserves on its node."),
        one("restart", &RESTART, "RestartPolicy", "How the failed task is restarted in place."),
        many(
            "scaling",
            &SCALING_TASK,
            "ScalingPolicies",
            "Bounds and policy for scaling the task's `cpu` or `mem`.",
        ),
        one("logs", &LOGS, "LogConfig", "How the task's output is rotated."),
        many("identity", &IDENTITY, "Identities", "Signed identity (JWT) of the task.").since(1, 5, 0),
        one("consul", &CONSUL, "Consul", "Consul settings of the task.").since(1, 7, 0),
        one("vault", &VAULT, "Vault", "Vault access of the task."),
        many("secret", &SECRET, "Secrets", "Secret made available to the task as `secret.<name>.<key>`.")
            .since(1, 11, 0),
        many("artifact", &ARTIFACT, "Artifacts", "File or archive fetched before the task starts."),
        many(
            "template",
            &TEMPLATE,
            "Templates",
            "File rendered before the task starts, and again when its inputs change.",
        ),
        one(
            "dispatch_payload",
            &DISPATCH_PAYLOAD,
            "DispatchPayload",
            "File that receives the payload of a dispatched job.",
        ),
        many(
            "volume_mount",
            &VOLUME_MOUNT,
            "VolumeMounts",
            "Where a volume of the group appears in the task.",
        ),
        one("csi_plugin", &CSI_PLUGIN, "CSIPluginConfig", "Makes the task a CSI storage plugin.").omitted(),
        many("service", &SERVICE, "Services", "Service that the task offers in the catalogue."),
        many("action", &ACTION, "Actions", "Command that an operator may run inside the task.")
            .since(1, 7, 0),
    ],
    fixed: &[("Identity", Zero::Null)],
    ..Body::EMPTY
};

/// When the task runs relative to the group's main tasks.
pub static LIFECYCLE: Body = Body {
    name: "TaskLifecycle",
    doc: "When the task runs relative to the group's main tasks.",
    attrs: &[
        attr("hook", Str, "Hook", "Before, beside or after the main tasks.").required().only(&[
            "prestart",
            "poststart",
            "poststop",
        ]),
        attr("sidecar", Bool, "Sidecar", "Keep running beside the main tasks.").default("false"),
    ],
    ..Body::EMPTY
};

/// Hours in which the task runs (Enterprise).
pub static SCHEDULE: Body = Body {
    name: "TaskSchedule",
    doc: "Hours in which the task runs (Enterprise).",
    blocks: &[one("cron", &SCHEDULE_CRON, "Cron", "Start and end as cron expressions.").since(1, 8, 0)],
    ..Body::EMPTY
};

/// Start and end as cron expressions.
pub static SCHEDULE_CRON: Body = Body {
    name: "TaskScheduleCron",
    doc: "Start and end as cron expressions.",
    attrs: &[
        attr("start", Str, "Start", "When the task starts.").since(1, 8, 0),
        attr("end", Str, "End", "When the task ends.").since(1, 8, 0),
        attr("timezone", Str, "Timezone", "IANA time zone.").since(1, 8, 0),
    ],
    ..Body::EMPTY
};

/// What the task reserves on its node.
pub static RESOURCES: Body = Body {
    name: "Resources",
    doc: "What the task reserves on its node.",
    attrs: &[
        attr("cpu", INT, "CPU", "Share of CPU in MHz.").null().default("100"),
        attr("cores", INT, "Cores", "Whole CPU cores, in place of `cpu`.")
            .null()
            .default("0")
            .at_least(0)
            .since(1, 1, 0),
        attr("memory", INT, "MemoryMB", "Memory in MB.").null().default("300"),
        attr(
            "memory_max",
            INT,
            "MemoryMaxMB",
            "Upper bound of memory in MB where oversubscription is on; -1 means none.",
        )
        .null()
        .since(1, 1, 0),
        attr("secrets", INT, "SecretsMB", "Size of the secrets folder in MB.")
            .null()
            .at_least(0)
            .since(1, 8, 3),
        attr("disk", INT, "DiskMB", "Old form; `ephemeral_disk` replaces it.")
            .null()
            .deprecated("use ephemeral_disk"),
        attr("iops", INT, "IOPS", "Old form without effect.").null().deprecated("removed function"),
    ],
    blocks: &[
        one("numa", &NUMA, "NUMA", "Where cores may lie on machines with several memory nodes.")
            .since(1, 7, 0),
        many("device", &DEVICE, "Devices", "A device such as a GPU."),
        many("network", &NETWORK, "Networks", "Old form; the group's `network` replaces it.")
            .deprecated("the group's network"),
    ],
    ..Body::EMPTY
};

/// A device such as a GPU.
pub static DEVICE: Body = Body {
    name: "RequestedDevice",
    doc: "A device such as a GPU.",
    label: Some("Name"),
    attrs: &[attr("count", U64, "Count", "How many.").null().default("1")],
    blocks: &[
        many("constraint", &CONSTRAINT, "Constraints", "Condition that the device must meet."),
        many("affinity", &AFFINITY, "Affinities", "Preference for some devices over others."),
    ],
    ..Body::EMPTY
};

/// Where cores may lie on machines with several memory nodes.
pub static NUMA: Body = Body {
    name: "NUMAResource",
    doc: "Where cores may lie on machines with several memory nodes.",
    attrs: &[
        attr(
            "affinity",
            Str,
            "Affinity",
            "How strictly cores must share a memory node (others than `none`: Enterprise).",
        )
        .default("\"none\"")
        .only(&["none", "prefer", "require"])
        .since(1, 7, 0),
        attr("devices", Strs, "Devices", "Devices that must be near the cores.").null().since(1, 9, 0),
    ],
    ..Body::EMPTY
};

/// How the task's output is rotated.
pub static LOGS: Body = Body {
    name: "LogConfig",
    doc: "How the task's output is rotated.",
    attrs: &[
        attr("max_files", INT, "MaxFiles", "Files kept per stream.").null().default("10").at_least(1),
        attr("max_file_size", INT, "MaxFileSizeMB", "Size of a file in MB.").null().default("10").at_least(1),
        attr("disabled", Bool, "Disabled", "Collect no output.").null().default("false").since(1, 5, 5),
        attr("enabled", Bool, "Enabled", "Old form of `disabled`.")
            .null()
            .since(1, 5, 4)
            .deprecated("use disabled"),
    ],
    ..Body::EMPTY
};

/// A file or archive fetched before the task starts.
pub static ARTIFACT: Body = Body {
    name: "TaskArtifact",
    doc: "A file or archive fetched before the task starts.",
    attrs: &[
        attr("source", Str, "GetterSource", "Where it is fetched from.").null().rt(Regex),
        attr(
            "destination",
            Str,
            "RelativeDest",
            "Folder or file that receives it, relative to the task's folder.",
        )
        .null()
        .default("\"local/\"")
        .rt(Regex),
        attr("mode", Str, "GetterMode", "Whether a file or a folder is fetched.")
            .null()
            .default("\"any\"")
            .only(&["any", "file", "dir"]),
        attr("insecure", Bool, "GetterInsecure", "Do not verify certificates.")
            .null()
            .default("false")
            .since(1, 8, 0),
        attr("chown", Bool, "Chown", "Give what was fetched to the task's user.")
            .default("false")
            .since(1, 9, 2),
    ],
    blocks: &[
        one("options", &MAP_REGEX, "GetterOptions", "Options of the fetcher, for example `checksum`."),
        one("headers", &MAP_REGEX, "GetterHeaders", "Headers of the request."),
    ],
    ..Body::EMPTY
};

/// A file rendered before the task starts, and again when its inputs change.
pub static TEMPLATE: Body = Body {
    name: "Template",
    doc: "A file rendered before the task starts, and again when its inputs change.",
    attrs: &[
        attr("source", Str, "SourcePath", "Template file on the node, relative to the task's folder.")
            .null()
            .rt(Regex),
        attr("data", Str, "EmbeddedTmpl", "Template text.").null().rt(Template),
        attr("destination", Str, "DestPath", "File that receives the result, relative to the task's folder.")
            .null()
            .rt(Regex),
        attr("env", Bool, "Envvars", "Read the result as environment variables.").null().default("false"),
        attr("perms", Str, "Perms", "File mode in octal digits.").null().default("\"0644\""),
        attr("uid", INT, "Uid", "User id of the file.").null().since(1, 3, 3),
        attr("gid", INT, "Gid", "Group id of the file.").null().since(1, 3, 3),
        attr("change_mode", Str, "ChangeMode", "What happens to the task when the result changes.")
            .null()
            .default("\"restart\"")
            .only(&["noop", "restart", "signal", "script"]),
        attr("change_signal", Str, "ChangeSignal", "Signal for `change_mode = \"signal\"`.").null(),
        attr("once", Bool, "Once", "Render once and never again.").null().default("false").since(1, 10, 2),
        attr("splay", Duration, "Splay", "Random wait before the change takes effect.")
            .pointer()
            .default("5s"),
        attr(
            "error_on_missing_key",
            Bool,
            "ErrMissingKey",
            "Fail where the template reads a key that is not there.",
        )
        .null()
        .default("false")
        .since(1, 4, 3),
        attr("left_delimiter", Str, "LeftDelim", "What opens an action in the template.")
            .null()
            .default("\"{{\""),
        attr("right_delimiter", Str, "RightDelim", "What closes an action in the template.")
            .null()
            .default("\"}}\""),
        attr("vault_grace", Duration, "VaultGrace", "Without effect.")
            .pointer()
            .default("0s")
            .deprecated("no effect"),
    ],
    blocks: &[
        one("wait", &WAIT, "Wait", "How long to wait for inputs to settle.").since(1, 2, 4),
        one("change_script", &CHANGE_SCRIPT, "ChangeScript", "Program for `change_mode = \"script\"`.")
            .since(1, 3, 4),
    ],
    ..Body::EMPTY
};

/// How long to wait for inputs to settle before rendering.
pub static WAIT: Body = Body {
    name: "WaitConfig",
    doc: "How long to wait for inputs to settle before rendering.",
    attrs: &[
        attr("min", Duration, "Min", "Shortest wait.").pointer().since(1, 2, 4),
        attr("max", Duration, "Max", "Longest wait.").pointer().since(1, 2, 4),
    ],
    ..Body::EMPTY
};

/// Program that runs when a template changes.
pub static CHANGE_SCRIPT: Body = Body {
    name: "ChangeScript",
    doc: "Program that runs when a template changes.",
    attrs: &[
        attr("command", Str, "Command", "Program inside the task.").null().since(1, 3, 4),
        attr("args", Strs, "Args", "Arguments.").null().default("[]").since(1, 3, 4),
        attr("timeout", Duration, "Timeout", "How long it may run.").pointer().default("5s").since(1, 3, 4),
        attr("fail_on_error", Bool, "FailOnError", "Kill the task if the program fails.")
            .null()
            .default("false")
            .since(1, 3, 4),
        attr("run_on_first_render", Bool, "RunOnFirstRender", "Run it at the first rendering too.")
            .null()
            .default("false")
            .since(2, 0, 5),
    ],
    ..Body::EMPTY
};

/// A file that receives the payload of a dispatched job.
pub static DISPATCH_PAYLOAD: Body = Body {
    name: "DispatchPayloadConfig",
    doc: "A file that receives the payload of a dispatched job.",
    attrs: &[attr("file", Str, "File", "File, relative to the task's `local` folder.")],
    ..Body::EMPTY
};

/// A command that an operator may run inside the task.
pub static ACTION: Body = Body {
    name: "Action",
    doc: "A command that an operator may run inside the task.",
    label: Some("Name"),
    attrs: &[
        attr("command", Str, "Command", "Program.").required().since(1, 7, 0),
        attr("args", Strs, "Args", "Arguments.").null().since(1, 7, 0),
    ],
    ..Body::EMPTY
};
