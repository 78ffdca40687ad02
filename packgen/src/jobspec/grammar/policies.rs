//! The grammar of how allocations are updated, moved, restarted and scaled. Data only.

use super::Type::{Bool, Duration, Str};
use super::free::FREE;
use super::{Body, INT, Zero, attr, one};

/// How a new version of the job replaces the old one.
pub static UPDATE: Body = Body {
    name: "UpdateStrategy",
    doc: "How a new version of the job replaces the old one.",
    attrs: &[
        attr(
            "max_parallel",
            INT,
            "MaxParallel",
            "How many allocations are replaced at once; 0 replaces all.",
        )
        .null()
        .default("1")
        .at_least(0),
        attr(
            "canary",
            INT,
            "Canary",
            "How many allocations of the new version run beside the old ones first.",
        )
        .null()
        .default("0")
        .at_least(0),
        attr("auto_promote", Bool, "AutoPromote", "Promote healthy canaries without being asked.")
            .null()
            .default("false"),
        attr("auto_revert", Bool, "AutoRevert", "Return to the last stable version when the update fails.")
            .null()
            .default("false"),
        attr("health_check", Str, "HealthCheck", "What makes an allocation healthy.")
            .null()
            .default("\"checks\"")
            .only(&["checks", "task_states", "manual"]),
        attr("min_healthy_time", Duration, "MinHealthyTime", "How long an allocation must stay healthy.")
            .pointer()
            .default("10s"),
        attr(
            "healthy_deadline",
            Duration,
            "HealthyDeadline",
            "How long an allocation may take to become healthy.",
        )
        .pointer()
        .default("5m"),
        attr(
            "progress_deadline",
            Duration,
            "ProgressDeadline",
            "How long the update may go without progress; 0 means no limit.",
        )
        .pointer()
        .default("10m"),
        attr("stagger", Duration, "Stagger", "Pause between replacements for system jobs and drains.")
            .pointer()
            .default("30s"),
    ],
    ..Body::EMPTY
};

/// How allocations leave a node that is drained.
pub static MIGRATE: Body = Body {
    name: "MigrateStrategy",
    doc: "How allocations leave a node that is drained.",
    attrs: &[
        attr("max_parallel", INT, "MaxParallel", "How many allocations move at once.")
            .null()
            .default("1")
            .at_least(0),
        attr("health_check", Str, "HealthCheck", "What makes a moved allocation healthy.")
            .null()
            .default("\"checks\"")
            .only(&["checks", "task_states"]),
        attr(
            "min_healthy_time",
            Duration,
            "MinHealthyTime",
            "How long a moved allocation must stay healthy.",
        )
        .pointer()
        .default("10s"),
        attr(
            "healthy_deadline",
            Duration,
            "HealthyDeadline",
            "How long a moved allocation may take to become healthy.",
        )
        .pointer()
        .default("5m"),
    ],
    ..Body::EMPTY
};

/// How failed allocations move to other nodes.
pub static RESCHEDULE: Body = Body {
    name: "ReschedulePolicy",
    doc: "How failed allocations move to other nodes.",
    attrs: &[
        attr("attempts", INT, "Attempts", "How many times within the interval.")
            .null()
            .default("service: 0, batch: 1"),
        attr("interval", Duration, "Interval", "Window in which attempts are counted.")
            .pointer()
            .default("service: 0s, batch: 24h"),
        attr("delay", Duration, "Delay", "Wait before the first attempt.")
            .pointer()
            .default("service: 30s, batch: 5s"),
        attr("delay_function", Str, "DelayFunction", "How the wait grows.")
            .null()
            .default("service: exponential, batch: constant")
            .only(&["constant", "exponential", "fibonacci"]),
        attr("max_delay", Duration, "MaxDelay", "Longest wait.").pointer().default("service: 1h, batch: 0s"),
        attr("unlimited", Bool, "Unlimited", "Try for ever.").null().default("service: true, batch: false"),
    ],
    ..Body::EMPTY
};

/// How failed tasks are restarted in place.
pub static RESTART: Body = Body {
    name: "RestartPolicy",
    doc: "How failed tasks are restarted in place.",
    attrs: &[
        attr("attempts", INT, "Attempts", "How many restarts within the interval.")
            .null()
            .default("service: 2, batch: 3, system: 2, sysbatch: 3"),
        attr("interval", Duration, "Interval", "Window in which restarts are counted.")
            .pointer()
            .default("service: 30m, batch: 24h, system: 30m, sysbatch: 24h"),
        attr("delay", Duration, "Delay", "Wait before a restart.").pointer().default("15s"),
        attr("mode", Str, "Mode", "What follows when attempts run out: fail, or wait for the next interval.")
            .null()
            .default("\"fail\"")
            .only(&["fail", "delay"]),
        attr("render_templates", Bool, "RenderTemplates", "Render the templates again at every restart.")
            .null()
            .default("false")
            .since(1, 6, 2),
    ],
    ..Body::EMPTY
};

/// What happens when the node loses contact with the servers.
pub static DISCONNECT: Body = Body {
    name: "DisconnectStrategy",
    doc: "What happens when the node loses contact with the servers.",
    attrs: &[
        attr(
            "lost_after",
            Duration,
            "LostAfter",
            "How long the allocation counts as unknown before it is lost.",
        )
        .pointer()
        .since(1, 8, 0),
        attr(
            "stop_on_client_after",
            Duration,
            "StopOnClientAfter",
            "How long the disconnected node keeps the allocation running.",
        )
        .pointer()
        .since(1, 8, 0),
        attr("replace", Bool, "Replace", "Whether a replacement is placed meanwhile.")
            .null()
            .default("true")
            .since(1, 8, 0),
        attr("reconcile", Str, "Reconcile", "Which allocation stays when the node returns.")
            .null()
            .default("\"best_score\"")
            .only(&["best_score", "longest_running", "keep_original", "keep_replacement"])
            .since(1, 8, 0),
    ],
    ..Body::EMPTY
};

/// Bounds and policy for scaling.
pub static SCALING: Body = Body {
    name: "ScalingPolicy",
    doc: "Bounds and policy for scaling.",
    attrs: &[
        attr("enabled", Bool, "Enabled", "Whether the policy is in force.").null().default("true"),
        attr("type", Str, "Type", "Kind of scaling; Nomad fills it in.")
            .default("\"horizontal\"")
            .known(&["horizontal"]),
        attr("min", INT, "Min", "Lower bound.").null().default("1"),
        attr("max", INT, "Max", "Upper bound.").null(),
    ],
    blocks: &[one("policy", &FREE, "Policy", "Policy for an autoscaler, which alone understands it.")],
    fixed: &[
        ("ID", Zero::Text),
        ("Namespace", Zero::Text),
        ("Target", Zero::Null),
        ("CreateIndex", Zero::Number),
        ("ModifyIndex", Zero::Number),
    ],
    ..Body::EMPTY
};

/// Bounds and policy for scaling a task's resource.
pub static SCALING_TASK: Body = Body {
    name: "ScalingPolicy",
    doc: "Bounds and policy for scaling a task's resource.",
    label: Some(""),
    attrs: &[
        attr("enabled", Bool, "Enabled", "Whether the policy is in force.").null().default("true"),
        attr("type", Str, "Type", "Kind of scaling; Nomad fills it in.")
            .default("\"horizontal\"")
            .known(&["vertical_cpu", "vertical_mem"]),
        attr("min", INT, "Min", "Lower bound.").null().default("1"),
        attr("max", INT, "Max", "Upper bound.").null(),
    ],
    blocks: &[one("policy", &FREE, "Policy", "Policy for an autoscaler, which alone understands it.")],
    fixed: &[
        ("ID", Zero::Text),
        ("Namespace", Zero::Text),
        ("Target", Zero::Null),
        ("CreateIndex", Zero::Number),
        ("ModifyIndex", Zero::Number),
    ],
    ..Body::EMPTY
};
