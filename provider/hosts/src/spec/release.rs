//! Which release of a program a host gets, where from, and how it is known to be the right one.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A release of a program.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Release {
    /// Which.
    pub version: Version,
    /// Where from.
    pub source: Source,
}

/// Where a release comes from, and how it is known to be the right one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// The maker's own place. Pinned releases are known by checksum, others by the maker's signature.
    Official,
    /// Somewhere else: an address per architecture, and the SHA-256 of what is there.
    Mirror(BTreeMap<Arch, Pinned>),
}

/// An archive or program, known by its checksum.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pinned {
    /// Where it is.
    pub url: String,
    /// Its SHA-256 in hexadecimal.
    pub sha256: String,
}

/// What a processor is, as HashiCorp's releases call it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Arch {
    /// x86-64.
    #[default]
    Amd64,
    /// 64-bit ARM.
    Arm64,
}

impl Arch {
    /// As releases call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Amd64 => "amd64",
            Self::Arm64 => "arm64",
        }
    }

    /// As `uname -m` calls it.
    pub fn machine(self) -> &'static str {
        match self {
            Self::Amd64 => "x86_64",
            Self::Arm64 => "aarch64",
        }
    }
}

/// A version of three numbers, perhaps with a suffix: `2.0.5`, `1.11.0-rc.1`, `1.10.6+ent`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Version {
    /// Major, minor and patch.
    pub numbers: (u64, u64, u64),
    /// What follows, with its `-` or `+`.
    pub suffix: String,
}

impl Version {
    /// A version without a suffix.
    pub const fn new(major: u64, minor: u64, patch: u64) -> Self {
        Self { numbers: (major, minor, patch), suffix: String::new() }
    }

    /// It is that release or a later one.
    pub fn at_least(&self, major: u64, minor: u64) -> bool {
        (self.numbers.0, self.numbers.1) >= (major, minor)
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (major, minor, patch) = self.numbers;
        write!(f, "{major}.{minor}.{patch}{}", self.suffix)
    }
}

/// A text is not a version.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a version such as 2.0.5")]
pub struct NotAVersion(String);

impl FromStr for Version {
    type Err = NotAVersion;

    fn from_str(text: &str) -> Result<Self, NotAVersion> {
        let wrong = || NotAVersion(text.to_owned());
        let (numbers, suffix) = text.split_at(text.find(['-', '+']).unwrap_or(text.len()));
        let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '+');
        if !suffix.is_empty() && (suffix.len() == 1 || !suffix.chars().all(allowed)) {
            return Err(wrong());
        }
        let parts: Vec<&str> = numbers.split('.').collect();
        let [major, minor, patch] = parts.as_slice() else { return Err(wrong()) };
        let number = |part: &str| {
            let plain = !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
            plain.then(|| part.parse::<u64>().ok()).flatten().ok_or_else(wrong)
        };
        Ok(Self { numbers: (number(major)?, number(minor)?, number(patch)?), suffix: suffix.to_owned() })
    }
}

impl TryFrom<String> for Version {
    type Error = NotAVersion;

    fn try_from(text: String) -> Result<Self, NotAVersion> {
        text.parse()
    }
}

impl From<Version> for String {
    fn from(version: Version) -> Self {
        version.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_versions_and_nothing_else() {
        for good in ["2.0.5", "1.11.0-rc.1", "1.10.6+ent"] {
            assert_eq!(good.parse::<Version>().unwrap().to_string(), good);
        }
        for bad in
            ["", "2", "2.0", "2.0.x", "v2.0.5", "2.0.5.1", "2.0.5-", "2.0.+5", "2.0.5-a b", "2.0.5-$(id)"]
        {
            assert!(bad.parse::<Version>().is_err(), "{bad}");
        }
        assert!(Version::new(1, 11, 3) < Version::new(2, 0, 0));
        assert!(Version::new(1, 11, 0).at_least(1, 11) && !Version::new(1, 10, 9).at_least(1, 11));
    }
}
