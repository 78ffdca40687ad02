//! The grammar of groups and tasks themselves. Data only.

use super::Type::{Bool, Duration};
use super::free::MAP_REGEX;
use super::identity::{CONSUL, SECRET, VAULT};
use super::network::NETWORK;
use super::placement::{AFFINITY, CONSTRAINT, SPREAD};
use super::policies::{DISCONNECT, MIGRATE, RESCHEDULE, RESTART, SCALING, UPDATE};
use super::service::SERVICE;
use super::storage::{EPHEMERAL_DISK, VOLUME};
use super::task::TASK;
use super::{Body, INT, attr, by_label, many, one};

/// Tasks that are placed together on one node and share network and disk.
pub static GROUP: Body = Body {
    name: "TaskGroup",
    doc: "Tasks that are placed together on one node and share network and disk.",
    label: Some("Name"),
    attrs: &[
        attr("count", INT, "Count", "How many instances of the group run.").null().default("1").at_least(0),
        attr(
            "shutdown_delay",
            Duration,
            "ShutdownDelay",
            "Pause between taking services out of the catalogue and stopping the tasks.",
        )
        .pointer(),
        attr(
            "max_run_duration",
            Duration,
            "MaxRunDuration",
            "Longest time that an allocation of a batch job may run.",
        )
        .pointer()
        .since(2, 0, 3),
        attr(
            "stop_after_client_disconnect",
            Duration,
            "StopAfterClientDisconnect",
            "Old form of `disconnect.stop_on_client_after`.",
        )
        .pointer()
        .deprecated("ignored since 1.10"),
        attr(
            "max_client_disconnect",
            Duration,
            "MaxClientDisconnect",
            "Old form of `disconnect.lost_after`.",
        )
        .pointer()
        .since(1, 3, 0)
        .deprecated("ignored since 1.10"),
        attr(
            "prevent_reschedule_on_lost",
            Bool,
            "PreventRescheduleOnLost",
            "Old form of `disconnect.replace = false`.",
        )
        .null()
        .since(1, 7, 2)
        .deprecated("ignored since 1.10"),
    ],
    blocks: &[
        one("meta", &MAP_REGEX, "Meta", "Key-value pairs handed to the group's tasks as `NOMAD_META_<key>`.")
            .or_attribute(),
        many("constraint", &CONSTRAINT, "Constraints", "Condition that a node must meet."),
        many("affinity", &AFFINITY, "Affinities", "Preference for some nodes over others."),
        many("spread", &SPREAD, "Spreads", "How allocations are spread over nodes."),
        many("network", &NETWORK, "Networks", "Network and ports of the group."),
        by_label("volume", &VOLUME, "Volumes", "Volume that the group's tasks can mount."),
        one("ephemeral_disk", &EPHEMERAL_DISK, "EphemeralDisk", "Disk space shared by the group's tasks."),
        one("update", &UPDATE, "Update", "How a new version replaces the old one."),
        one("migrate", &MIGRATE, "Migrate", "How allocations leave a node that is drained."),
        one("reschedule", &RESCHEDULE, "ReschedulePolicy", "How failed allocations move to other nodes."),
        one("restart", &RESTART, "RestartPolicy", "How failed tasks are restarted in place."),
        one(
            "disconnect",
            &DISCONNECT,
            "Disconnect",
            "What happens when the node loses contact with the servers.",
        )
        .since(1, 8, 0),
        one("scaling", &SCALING, "Scaling", "Bounds and policy for scaling the group's count."),
        one("consul", &CONSUL, "Consul", "Consul settings of the group.").since(1, 1, 0),
        one("vault", &VAULT, "", "Vault access of the group's tasks that have no block of their own."),
        many("secret", &SECRET, "", "Secret made available to the group's tasks."),
        many("service", &SERVICE, "Services", "Service that the group offers in the catalogue."),
        many("task", &TASK, "Tasks", "A program to run."),
    ],
    ..Body::EMPTY
};
