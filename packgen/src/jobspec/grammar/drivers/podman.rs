//! The grammar of the podman driver. Data only.

use super::super::Type::{Any, Bool, Maps, Number, NumberMaps, Str, Strs};
use super::super::{Body, attr, one};

/// Settings of the podman driver.
pub static PODMAN: Body = Body {
    name: "podman",
    doc: "Settings of the podman driver.",
    attrs: &[
        attr("image", Str, "", "Image to run.").required(),
        attr("image_pull_timeout", Str, "", "How long a pull may take.").default("\"5m\""),
        attr("force_pull", Bool, "", "Pull even if the image is there."),
        attr("os", Str, "", "Operating system of the image."),
        attr("arch", Str, "", "Architecture of the image."),
        attr("variant", Str, "", "Variant of the architecture."),
        attr("entrypoint", Any, "", "Program that replaces the image's entry point."),
        attr("command", Str, "", "Command that replaces the image's."),
        attr("args", Strs, "", "Arguments of the command."),
        attr("working_dir", Str, "", "Working folder."),
        attr("hostname", Str, "", "Host name of the container."),
        attr("ports", Strs, "", "Port labels that are published."),
        attr("port_map", NumberMaps, "", "Old form of `ports`."),
        attr("network_mode", Str, "", "Network of the container, where the group has none."),
        attr("ipv4_address", Str, "", "Fixed IPv4 address."),
        attr("ipv6_address", Str, "", "Fixed IPv6 address."),
        attr("static_ips", Strs, "", "Fixed addresses."),
        attr("static_mac", Str, "", "Fixed MAC address."),
        attr("extra_hosts", Strs, "", "Lines for `/etc/hosts`, as `name:address`."),
        attr("volumes", Strs, "", "Bind mounts, as `host:container`."),
        attr("tmpfs", Strs, "", "Memory disks."),
        attr("devices", Strs, "", "Devices of the host."),
        attr("auth_soft_fail", Bool, "", "Pull without credentials when they fail."),
        attr("socket", Str, "", "Name of the podman socket.").default("\"default\""),
        attr("privileged", Bool, "", "Give all rights."),
        attr("cap_add", Strs, "", "Capabilities to add."),
        attr("cap_drop", Strs, "", "Capabilities to drop."),
        attr("security_opt", Strs, "", "Security options."),
        attr("selinux_opts", Strs, "", "SELinux options."),
        attr("apparmor_profile", Str, "", "AppArmor profile."),
        attr("userns", Str, "", "User namespace."),
        attr("ipc_mode", Str, "", "IPC namespace."),
        attr("readonly_rootfs", Bool, "", "Make the root file system read-only."),
        attr("init", Bool, "", "Run a small init as process 1."),
        attr("init_path", Str, "", "Path of that init."),
        attr("tty", Bool, "", "Give the container a terminal."),
        attr("labels", Maps, "", "Labels of the container."),
        attr("sysctl", Maps, "", "Kernel settings."),
        attr("ulimit", Maps, "", "Limits, as `soft:hard`."),
        attr("pids_limit", Number, "", "Most processes."),
        attr("shm_size", Str, "", "Size of `/dev/shm`."),
        attr("memory_reservation", Str, "", "Soft bound of memory."),
        attr("memory_swap", Str, "", "Memory and swap together."),
        attr("memory_swappiness", Number, "", "How readily memory is swapped."),
        attr("cpu_hard_limit", Bool, "", "Never use more CPU than reserved."),
        attr("cpu_cfs_period", Number, "", "Period of the CPU scheduler in microseconds."),
        attr("oom_score_adj", Number, "", "How early the kernel kills the container when memory ends."),
    ],
    blocks: &[
        one("auth", &PODMAN_AUTH, "", "Credentials of the registry."),
        one("logging", &PODMAN_LOGGING, "", "Where the container's log goes."),
    ],
    ..Body::EMPTY
};

/// Credentials of the registry.
pub static PODMAN_AUTH: Body = Body {
    name: "podman.auth",
    doc: "Credentials of the registry.",
    attrs: &[
        attr("username", Str, "", "User name."),
        attr("password", Str, "", "Password."),
        attr("tls_verify", Bool, "", "Verify the registry's certificate.").default("true"),
    ],
    ..Body::EMPTY
};

/// Where the container's log goes.
pub static PODMAN_LOGGING: Body = Body {
    name: "podman.logging",
    doc: "Where the container's log goes.",
    attrs: &[attr("driver", Str, "", "Log driver."), attr("options", Maps, "", "Options of the log driver.")],
    ..Body::EMPTY
};
