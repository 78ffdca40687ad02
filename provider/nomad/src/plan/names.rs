//! What a jobspec calls the things that Nomad's diff calls by the names of its own structures.
//!
//! A name that is not in a table is written in small letters; nothing is left out because it is not known.

/// Blocks whose name in a jobspec is not just the same in small letters.
const BLOCKS: &[(&str, &str)] = &[
    ("Audience", "aud"),
    ("ConsulConnect", "connect"),
    ("ConsulExposeConfig", "expose"),
    ("ConsulExposePath", "path"),
    ("ConsulGateway", "gateway"),
    ("ConsulGatewayProxy", "proxy"),
    ("ConsulProxy", "proxy"),
    ("ConsulTransparentProxy", "transparent_proxy"),
    ("ConsulUpstreams", "upstreams"),
    ("Dynamic Port", "port"),
    ("LogConfig", "logs"),
    ("ParameterizedJob", "parameterized"),
    ("ReschedulePolicy", "reschedule"),
    ("RestartPolicy", "restart"),
    ("SpreadTarget", "target"),
    ("Static Port", "port"),
    ("TaskCSIPluginConfig", "csi_plugin"),
];

/// Attributes whose name in a jobspec is not just the same in small letters.
const ATTRIBUTES: &[(&str, &str)] = &[
    ("DestPath", "destination"),
    ("DiskMB", "disk"),
    ("EmbeddedTmpl", "data"),
    ("Envvars", "env"),
    ("ErrMissingKey", "error_on_missing_key"),
    ("GetterHeaders", "headers"),
    ("GetterInsecure", "insecure"),
    ("GetterMode", "mode"),
    ("GetterOptions", "options"),
    ("GetterSource", "source"),
    ("LTarget", "attribute"),
    ("LeftDelim", "left_delimiter"),
    ("MaxFileSizeMB", "max_file_size"),
    ("MemoryMB", "memory"),
    ("MemoryMaxMB", "memory_max"),
    ("Operand", "operator"),
    ("PortLabel", "port"),
    ("RTarget", "value"),
    ("RelativeDest", "destination"),
    ("RightDelim", "right_delimiter"),
    ("SELinuxLabel", "selinux_label"),
    ("SecretsMB", "secrets"),
    ("SizeMB", "size"),
    ("SourcePath", "source"),
    ("Spec", "crons"),
    ("TaskName", "task"),
];

/// Attributes that hold nanoseconds.
const DURATIONS: &[&str] = &[
    "ConnectTimeout",
    "Delay",
    "Grace",
    "HealthTimeout",
    "HealthyDeadline",
    "Interval",
    "KillTimeout",
    "LostAfter",
    "MaxClientDisconnect",
    "MaxDelay",
    "MaxRunDuration",
    "MinHealthyTime",
    "ProgressDeadline",
    "ShutdownDelay",
    "Splay",
    "Stagger",
    "StopAfterClientDisconnect",
    "StopOnClientAfter",
    "TTL",
    "Timeout",
    "VaultGrace",
];

/// Blocks that hold whatever their owner wants: names in them are kept.
const FREE: &[&str] = &["Config", "Policy"];

/// By which attribute a person tells blocks of the same name apart.
const KEYS: &[(&str, &str)] = &[
    ("Action", "Name"),
    ("Artifact", "RelativeDest"),
    ("Check", "Name"),
    ("ConsulUpstreams", "DestinationName"),
    ("Device", "Name"),
    ("Dynamic Port", "Label"),
    ("Identity", "Name"),
    ("Secret", "Name"),
    ("Service", "Name"),
    ("SpreadTarget", "Value"),
    ("Static Port", "Label"),
    ("Template", "DestPath"),
    ("Volume", "Name"),
    ("VolumeMount", "Volume"),
];

/// A block's name.
pub(super) fn block(name: &str) -> String {
    find(BLOCKS, name).map_or_else(|| small(name), str::to_owned)
}

/// The attribute that tells blocks of this name apart.
pub(super) fn key(block: &str) -> Option<&'static str> {
    find(KEYS, block)
}

/// Whether names in this block are kept.
pub(super) fn is_free(block: &str) -> bool {
    FREE.contains(&block)
}

/// Whether this attribute holds nanoseconds.
pub(super) fn is_duration(attribute: &str) -> bool {
    DURATIONS.contains(&attribute)
}

/// An attribute's name in a block; an entry of a map is one with the map's name before it.
pub(super) fn attribute(block: &str, name: &str) -> String {
    if is_free(block) {
        return name.to_owned();
    }
    if block == "Static Port" && name == "Value" {
        return "static".to_owned();
    }
    let (name, entry) = match name.split_once('[') {
        Some((name, entry)) => (name, Some(entry.trim_end_matches(']'))),
        None => (name, None),
    };
    let name = find(ATTRIBUTES, name).map_or_else(|| small(name), str::to_owned);
    entry.map_or_else(|| name.clone(), |entry| format!("{name}.{entry}"))
}

fn find<T: Copy>(table: &[(&str, T)], name: &str) -> Option<T> {
    table.iter().find(|(known, _)| *known == name).map(|(_, value)| *value)
}

/// `TLSServerName` as `tls_server_name`.
fn small(name: &str) -> String {
    let chars = name.replace(' ', "_").chars().collect::<Vec<_>>();
    let mut small = String::new();
    for (at, c) in chars.iter().enumerate() {
        let before = at.checked_sub(1).map(|at| chars[at]);
        let after = chars.get(at + 1);
        let begins = c.is_uppercase()
            && before.is_some_and(|before| {
                before.is_lowercase()
                    || (before.is_uppercase() && after.is_some_and(|next| next.is_lowercase()))
            });
        if begins {
            small.push('_');
        }
        small.extend(c.to_lowercase());
    }
    small
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_a_jobspec() {
        assert_eq!(attribute("Check", "TLSServerName"), "tls_server_name");
        assert_eq!(attribute("Check", "GRPCUseTLS"), "grpc_use_tls");
        assert_eq!(attribute("", "Meta[a.b]"), "meta.a.b");
        assert_eq!(attribute("Config", "labels[0][Some Key]"), "labels[0][Some Key]");
        assert_eq!(attribute("Resources", "MemoryMaxMB"), "memory_max");
        assert_eq!(attribute("Resources", "CPU"), "cpu");
        assert_eq!(attribute("VolumeMount", "SELinuxLabel"), "selinux_label");
        assert_eq!(attribute("Static Port", "Value"), "static");
        assert_eq!(block("Static Port"), "port");
        assert_eq!(block("EphemeralDisk"), "ephemeral_disk");
        assert_eq!(block("UI"), "ui");
    }

    #[test]
    fn tables_are_in_order() {
        assert!(BLOCKS.is_sorted() && ATTRIBUTES.is_sorted() && DURATIONS.is_sorted() && KEYS.is_sorted());
    }
}
