//! The grammar of drivers that run programs of the host. Data only.

use super::super::Type::{Maps, Number, Str, Strs};
use super::super::{Body, attr};

/// Settings of the exec driver.
pub static EXEC: Body = Body {
    name: "exec",
    doc: "Settings of the exec driver.",
    attrs: &[
        attr("command", Str, "", "Program to run.").required(),
        attr("args", Strs, "", "Arguments."),
        attr("work_dir", Str, "", "Working folder."),
        attr("pid_mode", Str, "", "Process namespace."),
        attr("ipc_mode", Str, "", "IPC namespace."),
        attr("cap_add", Strs, "", "Capabilities to add."),
        attr("cap_drop", Strs, "", "Capabilities to drop."),
    ],
    ..Body::EMPTY
};

/// Settings of the exec2 driver.
pub static EXEC2: Body = Body {
    name: "exec2",
    doc: "Settings of the exec2 driver.",
    attrs: &[
        attr("command", Str, "", "Program to run.").required(),
        attr("args", Strs, "", "Arguments."),
        attr("unveil", Strs, "", "Paths the task may see, as `rwxc:path`."),
        attr("oom_score_adj", Number, "", "How early the kernel kills the task when memory ends."),
    ],
    ..Body::EMPTY
};

/// Settings of the `raw_exec` driver.
pub static RAW_EXEC: Body = Body {
    name: "raw_exec",
    doc: "Settings of the raw_exec driver.",
    attrs: &[
        attr("command", Str, "", "Program to run.").required(),
        attr("args", Strs, "", "Arguments."),
        attr("work_dir", Str, "", "Working folder."),
        attr("cgroup_v1_override", Maps, "", "Cgroups (version 1) by controller."),
        attr("cgroup_v2_override", Str, "", "Cgroup (version 2)."),
        attr("denied_envvars", Strs, "", "Environment variables that are taken away."),
        attr("oom_score_adj", Number, "", "How early the kernel kills the task when memory ends."),
    ],
    ..Body::EMPTY
};
