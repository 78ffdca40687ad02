//! What single values of a cluster's configuration must satisfy.

use std::net::IpAddr;
use std::path::{Component, Path};

use hosts::spec::{Cidr, PortRange, Version};
use hosts::ssh::HostKey;
use kit::check::Verdict;

use crate::values::seconds;

/// A release such as `2.0.5`.
pub(super) fn release(text: &str) -> Verdict {
    text.parse::<Version>().map(drop).map_err(|error| error.to_string())
}

/// An IP address.
pub(super) fn address(text: &str) -> Verdict {
    text.parse::<IpAddr>()
        .map(drop)
        .map_err(|_| format!("expected an IP address such as 10.0.0.11, got {text:?}"))
}

/// A network such as `10.0.0.0/16`.
pub(super) fn network(text: &str) -> Verdict {
    text.parse::<Cidr>().map(drop).map_err(|error| error.to_string())
}

/// A port or a range of ports.
pub(super) fn ports(text: &str) -> Verdict {
    text.parse::<PortRange>().map(drop).map_err(|error| error.to_string())
}

/// A path from the root.
pub(super) fn absolute(text: &str) -> Verdict {
    if text.starts_with('/') && !text.split('/').any(|part| part == "..") {
        Ok(())
    } else {
        Err(format!("expected a path that begins with `/` and has no `..`, got {text:?}"))
    }
}

/// A volume on a host.
pub(super) fn host_volume(text: &str) -> Verdict {
    match text.split_once('/') {
        Some((host, volume)) if !host.is_empty() && !volume.is_empty() && !volume.contains('/') => Ok(()),
        _ => Err(format!("expected a host and its volume such as `web/data`, got {text:?}")),
    }
}

/// A SHA-256 in hexadecimal.
pub(super) fn sha256(text: &str) -> Verdict {
    if text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        Ok(())
    } else {
        Err(format!("expected 64 hexadecimal digits, got {} characters", text.chars().count()))
    }
}

/// A host's key.
pub(super) fn host_key(text: &str) -> Verdict {
    text.parse::<HostKey>().map(drop).map_err(|error| error.to_string())
}

/// A length of time.
pub(super) fn span(text: &str) -> Verdict {
    seconds(text).map(drop)
}

/// A folder's path.
pub(super) fn folder(text: &str) -> Verdict {
    if text.trim().is_empty() {
        return Err("expected the path of a folder, got an empty text: write \"${path.module}/seeds\"".into());
    }
    Ok(())
}

/// Whether two texts are the same path: `./seeds/` is `seeds`.
pub(super) fn same_folder(one: &str, other: &str) -> bool {
    let parts = |text: &str| {
        let parts = Path::new(text).components().filter(|part| *part != Component::CurDir);
        parts.map(|part| part.as_os_str().to_owned()).collect::<Vec<_>>()
    };
    parts(one) == parts(other)
}
