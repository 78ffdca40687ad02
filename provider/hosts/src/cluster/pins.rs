//! Releases whose checksums we know, and how the others are known to be the right ones.

use std::collections::BTreeMap;

use crate::blueprint::{Fetch, Proof};
use crate::spec::{Arch, Release, Source, Version};

/// The Nomad that a new cluster gets.
pub const NOMAD: Version = Version::new(2, 0, 5);
/// The Consul that a new cluster gets: the newest line that Nomad's compatibility table names.
pub const CONSUL: Version = Version::new(1, 22, 7);
/// The CNI reference plugins that a new cluster gets.
pub const CNI: Version = Version::new(1, 9, 1);

/// The fingerprint of the key that HashiCorp signs releases with. The key is fetched; this decides whether it is theirs.
const HASHICORP: &str = "C874011F0AB405110D02105534365D9472D7468F";

/// SHA-256 of the archives of pinned releases.
const PINS: &[(&str, &str, Arch, &str)] = &[
    ("nomad", "2.0.5", Arch::Amd64, "6425e43967bb0b2b4979b0d06da9b06772848b658dae372f1256d51ddcfe53c3"),
    ("nomad", "2.0.5", Arch::Arm64, "63186442061f3f86ec7d10615a91435779a84ed2bf6111bfcba3c0acf71dabb7"),
    ("consul", "1.22.7", Arch::Amd64, "fe25cecd8dd3552a8e5b0941cde1d79bb6004eac384aa45679dd1398f947201d"),
    ("consul", "1.22.7", Arch::Arm64, "db54c5fb7c5ceaef97a38ca45dcc0f649ff592a48c73ab320e2d535c78e136cc"),
    ("cni-plugins", "1.9.1", Arch::Amd64, "b98f74a0f8522f0a83867178729c1aa70f2158f90c45a2ca8fa791db1c76b303"),
    ("cni-plugins", "1.9.1", Arch::Arm64, "56171987d3947707c3563db2f4001bccaf50fd63468611b9f3cbecb1375ee7ec"),
];

/// The checksum that we know of a release.
pub fn pinned(product: &str, version: &Version, arch: Arch) -> Option<&'static str> {
    let version = version.to_string();
    let found = PINS.iter().find(|(name, pin, on, _)| *name == product && *pin == version && *on == arch);
    found.map(|(.., sum)| *sum)
}

/// Where a product of HashiCorp is for each architecture, and how it is known to be the right one.
pub fn hashicorp(product: &str, release: &Release) -> BTreeMap<Arch, Fetch> {
    fetches(release, |arch| {
        let version = &release.version;
        let base = format!("https://releases.hashicorp.com/{product}/{version}/{product}_{version}");
        let proof = pinned(product, version, arch).map_or_else(
            || Proof::Signed {
                sums: format!("{base}_SHA256SUMS"),
                signature: format!("{base}_SHA256SUMS.sig"),
                key: "https://www.hashicorp.com/.well-known/pgp-key.txt".into(),
                fingerprint: HASHICORP.into(),
            },
            |sum| Proof::Sha256(sum.into()),
        );
        Some(Fetch { url: format!("{base}_linux_{}.zip", arch.name()), proof })
    })
}

/// Where the CNI plugins are for each architecture: nobody signs them, so they are pinned or come from a mirror.
pub fn cni(release: &Release) -> BTreeMap<Arch, Fetch> {
    fetches(release, |arch| {
        let version = &release.version;
        let base = format!("https://github.com/containernetworking/plugins/releases/download/v{version}");
        let url = format!("{base}/cni-plugins-linux-{}-v{version}.tgz", arch.name());
        let proof = Proof::Sha256(pinned("cni-plugins", version, arch)?.into());
        Some(Fetch { url, proof })
    })
}

fn fetches(release: &Release, official: impl Fn(Arch) -> Option<Fetch>) -> BTreeMap<Arch, Fetch> {
    match &release.source {
        Source::Official => {
            [Arch::Amd64, Arch::Arm64].into_iter().filter_map(|arch| Some((arch, official(arch)?))).collect()
        }
        Source::Mirror(mirror) => mirror
            .iter()
            .map(|(arch, pin)| {
                let proof = Proof::Sha256(pin.sha256.to_ascii_lowercase());
                (*arch, Fetch { url: pin.url.clone(), proof })
            })
            .collect(),
    }
}
