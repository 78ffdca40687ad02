//! The grammar of what stands directly in a job. Data only.

use super::Type::{Bool, Str, Strs};
use super::free::{MAP, MAP_REGEX};
use super::group::GROUP;
use super::identity::{SECRET, VAULT};
use super::placement::{AFFINITY, CONSTRAINT, SPREAD};
use super::policies::{MIGRATE, RESCHEDULE, UPDATE};
use super::task::TASK;
use super::{Body, INT, Zero, attr, many, one};

/// A job: what should run, and under which conditions.
pub static JOB: Body = Body {
    name: "Job",
    doc: "A job: what should run, and under which conditions.",
    attrs: &[
        attr("id", Str, "ID", "Name under which the cluster knows the job; the block's label if unset.")
            .null()
            .default("\"<block label>\""),
        attr("name", Str, "Name", "Name shown to people; the block's label if unset.")
            .null()
            .default("\"<block label>\""),
        attr("namespace", Str, "Namespace", "Namespace that the job lives in.").null().default("\"default\""),
        attr("region", Str, "Region", "Region that runs the job; the region of the agent if unset.")
            .null()
            .default("\"agent region (global)\""),
        attr("type", Str, "Type", "How the job is scheduled: until stopped, until done, or on every node.")
            .null()
            .default("\"service\"")
            .only(&["service", "batch", "system", "sysbatch"]),
        attr("priority", INT, "Priority", "Who goes first when capacity is short: a higher number wins.")
            .null()
            .default("50")
            .range(0, 100),
        attr("datacenters", Strs, "Datacenters", "Datacenters that may run the job; entries may hold `*`.")
            .null()
            .default("[\"*\"]"),
        attr("node_pool", Str, "NodePool", "Node pool that the job is placed in.")
            .null()
            .default("\"default\"")
            .since(1, 6, 0),
        attr("all_at_once", Bool, "AllAtOnce", "Place all groups at once or none of them.")
            .null()
            .default("false"),
    ],
    blocks: &[
        one("meta", &MAP_REGEX, "Meta", "Key-value pairs handed to every task as `NOMAD_META_<key>`.")
            .or_attribute(),
        one("ui", &UI, "UI", "What the web interface shows about the job.").since(1, 8, 0),
        one(
            "parameterized",
            &PARAMETERIZED,
            "ParameterizedJob",
            "Makes the job a template that is dispatched with parameters.",
        ),
        one("periodic", &PERIODIC, "Periodic", "Starts the job at set times."),
        many("constraint", &CONSTRAINT, "Constraints", "Condition that a node must meet."),
        many("affinity", &AFFINITY, "Affinities", "Preference for some nodes over others."),
        many("spread", &SPREAD, "Spreads", "How allocations are spread over nodes."),
        one("multiregion", &MULTIREGION, "Multiregion", "Runs the job in several regions (Enterprise)."),
        one("update", &UPDATE, "Update", "How a new version replaces the old one."),
        one("migrate", &MIGRATE, "Migrate", "How allocations leave a node that is drained."),
        one("reschedule", &RESCHEDULE, "Reschedule", "How failed allocations move to other nodes."),
        one("vault", &VAULT, "", "Vault access of every task that has no block of its own."),
        many("secret", &SECRET, "", "Secret made available to every task."),
        many("group", &GROUP, "TaskGroups", "Tasks that are placed together on one node."),
        many("task", &TASK, "", "A task that gets a group of its own name."),
    ],
    fixed: &[
        ("Stop", Zero::Null),
        ("ParentID", Zero::Null),
        ("Dispatched", Zero::False),
        ("DispatchIdempotencyToken", Zero::Null),
        ("Payload", Zero::Null),
        ("ConsulNamespace", Zero::Null),
        ("VaultNamespace", Zero::Null),
        ("NomadTokenID", Zero::Null),
        ("Status", Zero::Null),
        ("StatusDescription", Zero::Null),
        ("Stable", Zero::Null),
        ("Version", Zero::Null),
        ("SubmitTime", Zero::Null),
        ("CreateIndex", Zero::Null),
        ("ModifyIndex", Zero::Null),
        ("JobModifyIndex", Zero::Null),
        ("VersionTag", Zero::Null),
    ],
    ..Body::EMPTY
};

/// What a dispatch of the job takes.
pub static PARAMETERIZED: Body = Body {
    name: "ParameterizedJobConfig",
    doc: "What a dispatch of the job takes.",
    attrs: &[
        attr("payload", Str, "Payload", "Whether a dispatch carries a payload.").only(&[
            "optional",
            "required",
            "forbidden",
        ]),
        attr("meta_required", Strs, "MetaRequired", "Meta keys that every dispatch must give.").null(),
        attr("meta_optional", Strs, "MetaOptional", "Meta keys that a dispatch may give.").null(),
    ],
    ..Body::EMPTY
};

/// When a periodic job starts.
pub static PERIODIC: Body = Body {
    name: "PeriodicConfig",
    doc: "When a periodic job starts.",
    attrs: &[
        attr("cron", Str, "Spec", "One cron expression; `crons` replaces it.").null().deprecated("use crons"),
        attr(
            "crons",
            Strs,
            "Specs",
            "Cron expressions, each with five to seven fields, or macros such as `@daily`.",
        )
        .null()
        .default("[]")
        .since(1, 6, 2),
        attr("time_zone", Str, "TimeZone", "IANA time zone that the expressions are read in.")
            .null()
            .default("\"UTC\""),
        attr(
            "prohibit_overlap",
            Bool,
            "ProhibitOverlap",
            "Skip a start while the previous run is still going.",
        )
        .null()
        .default("false"),
        attr("enabled", Bool, "Enabled", "Whether the schedule is in force.").null().default("true"),
    ],
    fixed: &[("SpecType", Zero::Null)],
    ..Body::EMPTY
};

/// Regions that the job runs in (Enterprise).
pub static MULTIREGION: Body = Body {
    name: "Multiregion",
    doc: "Regions that the job runs in (Enterprise).",
    blocks: &[
        one("strategy", &MULTIREGION_STRATEGY, "Strategy", "In which steps regions are updated."),
        many("region", &MULTIREGION_REGION, "Regions", "A region and what differs there."),
    ],
    ..Body::EMPTY
};

/// In which steps regions are updated.
pub static MULTIREGION_STRATEGY: Body = Body {
    name: "MultiregionStrategy",
    doc: "In which steps regions are updated.",
    attrs: &[
        attr("max_parallel", INT, "MaxParallel", "How many regions are updated at once; 0 means all.")
            .null()
            .default("0"),
        attr("on_failure", Str, "OnFailure", "What happens to the other regions when one fails.")
            .null()
            .only(&["fail_all", "fail_local"]),
    ],
    ..Body::EMPTY
};

/// A region and what differs there.
pub static MULTIREGION_REGION: Body = Body {
    name: "MultiregionRegion",
    doc: "A region and what differs there.",
    label: Some("Name"),
    attrs: &[
        attr("count", INT, "Count", "Count for groups whose own count is 0.").null().default("1"),
        attr("datacenters", Strs, "Datacenters", "Datacenters of the region that may run the job.")
            .null()
            .default("[]"),
        attr("node_pool", Str, "NodePool", "Node pool of the region.").since(1, 6, 0),
    ],
    blocks: &[one("meta", &MAP, "Meta", "Meta that overrides the job's in this region.")],
    ..Body::EMPTY
};

/// What the web interface shows about the job.
pub static UI: Body = Body {
    name: "JobUIConfig",
    doc: "What the web interface shows about the job.",
    attrs: &[attr(
        "description",
        Str,
        "Description",
        "Text about the job, Markdown allowed, below 1000 characters.",
    )
    .since(1, 8, 0)],
    blocks: &[many("link", &UI_LINK, "Links", "Link shown beside the job.").since(1, 8, 0)],
    ..Body::EMPTY
};

/// A link shown beside the job.
pub static UI_LINK: Body = Body {
    name: "JobUILink",
    doc: "A link shown beside the job.",
    attrs: &[
        attr("label", Str, "Label", "Text of the link.").since(1, 8, 0),
        attr("url", Str, "URL", "Address of the link.").since(1, 8, 0),
    ],
    ..Body::EMPTY
};
