//! The grammar of volumes and disks. Data only.

use super::Runtime::Regex;
use super::Type::{Bool, Duration, Str, Strs};
use super::{Body, INT, attr, one};

/// A volume that the group's tasks can mount.
pub static VOLUME: Body = Body {
    name: "VolumeRequest",
    doc: "A volume that the group's tasks can mount.",
    label: Some("Name"),
    attrs: &[
        attr("type", Str, "Type", "Kind of volume."),
        attr("source", Str, "Source", "Name of the volume on the node, or its id in the cluster."),
        attr("read_only", Bool, "ReadOnly", "Forbid writing.").default("false"),
        attr(
            "sticky",
            Bool,
            "Sticky",
            "Give the allocation the same dynamic host volume again when it is replaced.",
        )
        .default("false")
        .since(1, 10, 0),
        attr("per_alloc", Bool, "PerAlloc", "Append the allocation's index to `source`.")
            .default("false")
            .since(1, 1, 0),
        attr("access_mode", Str, "AccessMode", "Who may use the volume at once.")
            .known(&[
                "single-node-reader-only",
                "single-node-writer",
                "single-node-single-writer",
                "single-node-multi-writer",
                "multi-node-reader-only",
                "multi-node-single-writer",
                "multi-node-multi-writer",
            ])
            .since(1, 1, 0),
        attr("attachment_mode", Str, "AttachmentMode", "How the volume appears.")
            .known(&["file-system", "block-device"])
            .since(1, 1, 0),
    ],
    blocks: &[one("mount_options", &MOUNT_OPTIONS, "MountOptions", "How a CSI volume is mounted.")],
    ..Body::EMPTY
};

/// How a CSI volume is mounted.
pub static MOUNT_OPTIONS: Body = Body {
    name: "CSIMountOptions",
    doc: "How a CSI volume is mounted.",
    attrs: &[
        attr("fs_type", Str, "FSType", "File system."),
        attr("mount_flags", Strs, "MountFlags", "Mount options.").null(),
    ],
    ..Body::EMPTY
};

/// Where a volume appears in the task.
pub static VOLUME_MOUNT: Body = Body {
    name: "VolumeMount",
    doc: "Where a volume appears in the task.",
    attrs: &[
        attr("volume", Str, "Volume", "Label of the group's `volume` block.").null().rt(Regex),
        attr("destination", Str, "Destination", "Path inside the task.").null().rt(Regex),
        attr("read_only", Bool, "ReadOnly", "Forbid writing.").null().default("false"),
        attr("propagation_mode", Str, "PropagationMode", "How mounts travel between host and task.")
            .null()
            .default("\"private\"")
            .only(&["private", "host-to-task", "bidirectional"])
            .rt(Regex),
        attr("selinux_label", Str, "SELinuxLabel", "Label for SELinux.")
            .null()
            .only(&["z", "Z"])
            .since(1, 8, 0),
    ],
    ..Body::EMPTY
};

/// Disk space shared by the group's tasks.
pub static EPHEMERAL_DISK: Body = Body {
    name: "EphemeralDisk",
    doc: "Disk space shared by the group's tasks.",
    attrs: &[
        attr("size", INT, "SizeMB", "Space in MB.").null().default("300").at_least(10),
        attr("sticky", Bool, "Sticky", "Try to place a replacement where the data is.")
            .null()
            .default("false"),
        attr("migrate", Bool, "Migrate", "Move the data to a replacement elsewhere; needs `sticky`.")
            .null()
            .default("false"),
    ],
    ..Body::EMPTY
};

/// Makes the task a CSI storage plugin.
pub static CSI_PLUGIN: Body = Body {
    name: "TaskCSIPluginConfig",
    doc: "Makes the task a CSI storage plugin.",
    attrs: &[
        attr("id", Str, "ID", "Name of the plugin."),
        attr("type", Str, "Type", "What the plugin does.").only(&["node", "controller", "monolith"]),
        attr("mount_dir", Str, "MountDir", "Folder in the task where the plugin puts its socket.")
            .default("\"/csi\""),
        attr(
            "stage_publish_base_dir",
            Str,
            "StagePublishBaseDir",
            "Folder in the task below which volumes are mounted.",
        )
        .default("\"/local/csi\"")
        .since(1, 3, 3),
        attr("health_timeout", Duration, "HealthTimeout", "How long the plugin may take to answer.")
            .default("30s")
            .since(1, 1, 15),
    ],
    ..Body::EMPTY
};
