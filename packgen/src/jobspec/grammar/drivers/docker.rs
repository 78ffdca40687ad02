//! The grammar of the docker driver. Data only.

use super::super::Type::{Bool, Maps, Number, NumberMaps, Str, Strs};
use super::super::{Body, attr, many, one};

/// Settings of the docker driver.
pub static DOCKER: Body = Body {
    name: "docker",
    doc: "Settings of the docker driver.",
    attrs: &[
        attr("image", Str, "", "Image to run.").required(),
        attr("image_pull_timeout", Str, "", "How long a pull may take."),
        attr("force_pull", Bool, "", "Pull even if the image is there."),
        attr("load", Str, "", "Archive to load the image from."),
        attr("entrypoint", Strs, "", "Program that replaces the image's entry point."),
        attr("command", Str, "", "Command that replaces the image's."),
        attr("args", Strs, "", "Arguments of the command."),
        attr("work_dir", Str, "", "Working folder."),
        attr("hostname", Str, "", "Host name of the container."),
        attr("ports", Strs, "", "Port labels that are published."),
        attr("port_map", NumberMaps, "", "Old form of `ports`."),
        attr("network_mode", Str, "", "Network of the container, where the group has none."),
        attr("network_aliases", Strs, "", "Names of the container in its network."),
        attr("ipv4_address", Str, "", "Fixed IPv4 address."),
        attr("ipv6_address", Str, "", "Fixed IPv6 address."),
        attr("mac_address", Str, "", "Fixed MAC address."),
        attr("advertise_ipv6_address", Bool, "", "Announce the IPv6 address."),
        attr("dns_servers", Strs, "", "Name servers."),
        attr("dns_search_domains", Strs, "", "Search domains."),
        attr("dns_options", Strs, "", "Resolver options."),
        attr("extra_hosts", Strs, "", "Lines for `/etc/hosts`, as `name:address`."),
        attr("volumes", Strs, "", "Bind mounts, as `host:container`."),
        attr("volume_driver", Str, "", "Driver for named volumes."),
        attr("auth_soft_fail", Bool, "", "Pull without credentials when they fail."),
        attr("privileged", Bool, "", "Give all rights; the agent must allow it."),
        attr("cap_add", Strs, "", "Capabilities to add."),
        attr("cap_drop", Strs, "", "Capabilities to drop."),
        attr("security_opt", Strs, "", "Security options."),
        attr("userns_mode", Str, "", "User namespace."),
        attr("pid_mode", Str, "", "Process namespace."),
        attr("ipc_mode", Str, "", "IPC namespace."),
        attr("uts_mode", Str, "", "UTS namespace."),
        attr("cgroupns", Str, "", "Cgroup namespace."),
        attr("isolation", Str, "", "Isolation mode on Windows."),
        attr("runtime", Str, "", "Container runtime."),
        attr("readonly_rootfs", Bool, "", "Make the root file system read-only."),
        attr("init", Bool, "", "Run a small init as process 1."),
        attr("interactive", Bool, "", "Keep standard input open."),
        attr("tty", Bool, "", "Give the container a terminal."),
        attr("labels", Maps, "", "Labels of the container."),
        attr("group_add", Strs, "", "Further groups."),
        attr("sysctl", Maps, "", "Kernel settings."),
        attr("ulimit", Maps, "", "Limits, as `soft:hard`."),
        attr("pids_limit", Number, "", "Most processes."),
        attr("shm_size", Number, "", "Size of `/dev/shm` in bytes."),
        attr("storage_opt", Maps, "", "Storage options."),
        attr("memory_hard_limit", Number, "", "Upper bound of memory in MB."),
        attr("cpu_hard_limit", Bool, "", "Never use more CPU than reserved."),
        attr("cpu_cfs_period", Number, "", "Period of the CPU scheduler in microseconds.").default("100000"),
        attr("cpuset_cpus", Str, "", "CPUs that may be used."),
        attr("oom_score_adj", Number, "", "How early the kernel kills the container when memory ends."),
        attr("container_exists_attempts", Number, "", "How often an old container of that name is removed."),
    ],
    blocks: &[
        one("auth", &DOCKER_AUTH, "", "Credentials of the registry."),
        many("devices", &DOCKER_DEVICE, "", "Device of the host."),
        one("healthchecks", &DOCKER_HEALTHCHECKS, "", "Health checks of the image."),
        one("logging", &DOCKER_LOGGING, "", "Where the container's log goes."),
        many("mount", &DOCKER_MOUNT, "", "Mount of a volume, folder or memory disk."),
        many("mounts", &DOCKER_MOUNT, "", "Mounts as a list of objects."),
    ],
    ..Body::EMPTY
};

/// Credentials of the registry.
pub static DOCKER_AUTH: Body = Body {
    name: "docker.auth",
    doc: "Credentials of the registry.",
    attrs: &[
        attr("username", Str, "", "User name."),
        attr("password", Str, "", "Password."),
        attr("email", Str, "", "Read and ignored.").deprecated("ignored"),
        attr("server_address", Str, "", "Address of the registry."),
    ],
    ..Body::EMPTY
};

/// A device of the host.
pub static DOCKER_DEVICE: Body = Body {
    name: "docker.devices",
    doc: "A device of the host.",
    attrs: &[
        attr("host_path", Str, "", "Path on the host."),
        attr("container_path", Str, "", "Path in the container."),
        attr("cgroup_permissions", Str, "", "Rights, of `r`, `w` and `m`."),
    ],
    ..Body::EMPTY
};

/// Health checks of the image.
pub static DOCKER_HEALTHCHECKS: Body = Body {
    name: "docker.healthchecks",
    doc: "Health checks of the image.",
    attrs: &[attr("disable", Bool, "", "Do not run them.")],
    ..Body::EMPTY
};

/// Where the container's log goes.
pub static DOCKER_LOGGING: Body = Body {
    name: "docker.logging",
    doc: "Where the container's log goes.",
    attrs: &[
        attr("type", Str, "", "Log driver."),
        attr("driver", Str, "", "Old form of `type`."),
        attr("config", Maps, "", "Options of the log driver."),
    ],
    ..Body::EMPTY
};

/// A mount.
pub static DOCKER_MOUNT: Body = Body {
    name: "docker.mount",
    doc: "A mount.",
    attrs: &[
        attr("type", Str, "", "Kind: `bind`, `volume` or `tmpfs`.").default("\"volume\""),
        attr("source", Str, "", "Volume name or path on the host."),
        attr("target", Str, "", "Path in the container."),
        attr("readonly", Bool, "", "Forbid writing."),
    ],
    blocks: &[
        one("bind_options", &DOCKER_BIND, "", "Options of a bind mount."),
        one("tmpfs_options", &DOCKER_TMPFS, "", "Options of a memory disk."),
        one("volume_options", &DOCKER_VOLUME, "", "Options of a volume."),
    ],
    ..Body::EMPTY
};

/// Options of a bind mount.
pub static DOCKER_BIND: Body = Body {
    name: "docker.mount.bind_options",
    doc: "Options of a bind mount.",
    attrs: &[attr("propagation", Str, "", "How mounts travel.")],
    ..Body::EMPTY
};

/// Options of a memory disk.
pub static DOCKER_TMPFS: Body = Body {
    name: "docker.mount.tmpfs_options",
    doc: "Options of a memory disk.",
    attrs: &[attr("mode", Number, "", "File mode as a number."), attr("size", Number, "", "Size in bytes.")],
    ..Body::EMPTY
};

/// Options of a volume.
pub static DOCKER_VOLUME: Body = Body {
    name: "docker.mount.volume_options",
    doc: "Options of a volume.",
    attrs: &[
        attr("no_copy", Bool, "", "Do not copy the image's files into the volume."),
        attr("labels", Maps, "", "Labels of the volume."),
    ],
    blocks: &[one("driver_config", &DOCKER_VOLUME_DRIVER, "", "Driver of the volume.")],
    ..Body::EMPTY
};

/// Driver of the volume.
pub static DOCKER_VOLUME_DRIVER: Body = Body {
    name: "docker.mount.volume_options.driver_config",
    doc: "Driver of the volume.",
    attrs: &[
        attr("name", Str, "", "Name of the driver."),
        attr("options", Maps, "", "Options of the driver."),
    ],
    ..Body::EMPTY
};
