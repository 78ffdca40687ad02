//! A cluster's own certificate authority, and the certificates of its agents.
//!
//! The same root and number give the same certificate to the byte, so that a second plan finds nothing to do and a seed is
//! the same on every run. Therefore keys are derived from the root, dates come from the issue and not from a clock, and the
//! authority signs with RSA (PKCS #1), whose signatures, unlike those of ECDSA, have no random part. RSA and P-256 are also
//! what browsers accept.

use std::net::IpAddr;

use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair};
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, PKCS_RSA_SHA256, RsaKeySize, SanType, SerialNumber,
};
use time::OffsetDateTime;
use zeroize::Zeroizing;

use crate::secrets::{Broken, RootSecrets, Secret};

const DAY: i64 = 86_400;
/// How long an authority is good for.
const CA_DAYS: i64 = 3650;
/// How long a certificate is good for: Apple's programs accept 825 days at most.
const DAYS: i64 = 820;
/// Hosts' clocks may be behind by as much.
const SLACK: i64 = DAY;

/// An agent's or a person's certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    /// In PEM form.
    pub cert: String,
    /// Its key, in PEM form.
    pub key: Secret,
}

/// Whose a certificate is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    /// What keys are told apart by: `nomad/web-1`.
    pub id: String,
    /// The names it is good for; the first is what it is called.
    pub names: Vec<String>,
    /// The addresses it is good for.
    pub ips: Vec<IpAddr>,
}

/// Between which moments (seconds since 1970) the certificates of an issue are good.
pub fn validity(root: &RootSecrets) -> (i64, i64) {
    let at = root.issue().at;
    (at - SLACK, at + DAYS * DAY)
}

/// A new authority: its key and its certificate.
pub(crate) fn new_authority(cluster: &str, now: i64) -> Result<(Secret, String), Broken> {
    let key = KeyPair::generate_rsa_for(&PKCS_RSA_SHA256, RsaKeySize::_3072).map_err(crypto)?;
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, format!("{cluster} lostops CA"));
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params.not_before = moment(now - SLACK)?;
    params.not_after = moment(now + CA_DAYS * DAY)?;
    let cert = params.self_signed(&key).map_err(crypto)?;
    Ok((Secret::new(key.serialize_pem()), cert.pem()))
}

/// A cluster's certificate authority, ready to sign.
pub struct Authority<'a> {
    root: &'a RootSecrets,
    issuer: Issuer<'static, KeyPair>,
}

impl<'a> Authority<'a> {
    /// The authority of that root.
    pub fn open(root: &'a RootSecrets) -> Result<Self, Broken> {
        let key = KeyPair::from_pem(root.ca_key().expose()).map_err(crypto)?;
        let issuer = Issuer::from_ca_cert_pem(root.ca_pem(), key).map_err(crypto)?;
        Ok(Self { root, issuer })
    }

    /// The certificate of the current issue for that subject.
    pub fn issue(&self, subject: &Subject) -> Result<Certificate, Broken> {
        let issue = self.root.issue();
        let key = self.key(&format!("key/{}/{}", subject.id, issue.number))?;
        let mut params = CertificateParams::new(subject.names.clone()).map_err(crypto)?;
        params.subject_alt_names.extend(subject.ips.iter().copied().map(SanType::IpAddress));
        if let Some(name) = subject.names.first() {
            params.distinguished_name.push(DnType::CommonName, name);
        }
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages =
            vec![ExtendedKeyUsagePurpose::ServerAuth, ExtendedKeyUsagePurpose::ClientAuth];
        params.use_authority_key_identifier_extension = true;
        let (from, until) = validity(self.root);
        params.not_before = moment(from)?;
        params.not_after = moment(until)?;
        params.serial_number = Some(self.serial(subject, issue.number)?);
        let cert = params.signed_by(&key, &self.issuer).map_err(crypto)?;
        Ok(Certificate { cert: cert.pem(), key: Secret::new(key.serialize_pem()) })
    }

    /// A key that the root and that label give.
    fn key(&self, label: &str) -> Result<KeyPair, Broken> {
        // A number is no key if it is zero or beyond the curve's order: once in 2^32 times for P-256.
        for attempt in 0..8 {
            let scalar: Zeroizing<[u8; 32]> = self.root.derive(&format!("{label}/{attempt}"))?;
            if let Ok(pair) =
                EcdsaKeyPair::from_private_key_der(&ECDSA_P256_SHA256_ASN1_SIGNING, &sec1(&scalar))
            {
                let der = pair.to_pkcs8v1().map_err(|_| Broken::Crypto("a key cannot be written".into()))?;
                return KeyPair::try_from(der.as_ref()).map_err(crypto);
            }
        }
        Err(Broken::Crypto("no key can be derived".into()))
    }

    /// Certificates that differ have numbers that differ.
    fn serial(&self, subject: &Subject, number: u32) -> Result<SerialNumber, Broken> {
        let Subject { id, names, ips } = subject;
        let mut bytes: Zeroizing<[u8; 16]> =
            self.root.derive(&format!("serial/{id}/{number}/{}/{names:?}/{ips:?}", self.root.issue().at))?;
        bytes[0] = (bytes[0] & 0x7f) | 0x40;
        Ok(SerialNumber::from_slice(bytes.as_ref()))
    }
}

/// A P-256 key as RFC 5915 writes it: version, number, curve.
fn sec1(scalar: &[u8; 32]) -> Zeroizing<Vec<u8>> {
    let mut der = Zeroizing::new(vec![0x30, 0x31, 0x02, 0x01, 0x01, 0x04, 0x20]);
    der.reserve_exact(44);
    der.extend_from_slice(scalar);
    der.extend_from_slice(&[0xa0, 0x0a, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07]);
    der
}

fn moment(seconds: i64) -> Result<OffsetDateTime, Broken> {
    OffsetDateTime::from_unix_timestamp(seconds).map_err(|_| Broken::Crypto("a date is out of range".into()))
}

#[expect(clippy::needless_pass_by_value, reason = "it is what map_err hands over")]
fn crypto(error: rcgen::Error) -> Broken {
    Broken::Crypto(error.to_string())
}

#[cfg(test)]
pub(crate) mod tests {
    use std::process::Command;
    use std::sync::OnceLock;

    use super::*;
    use crate::spec::Rotation;

    /// One root for all tests: a new RSA key takes a while.
    pub(crate) fn root() -> RootSecrets {
        static ROOT: OnceLock<RootSecrets> = OnceLock::new();
        ROOT.get_or_init(|| RootSecrets::generate("demo", 1_795_000_000).unwrap()).clone()
    }

    fn subject() -> Subject {
        Subject {
            id: "nomad/web-1".into(),
            names: vec!["server.global.nomad".into(), "localhost".into()],
            ips: vec!["127.0.0.1".parse().unwrap(), "10.0.0.4".parse().unwrap()],
        }
    }

    #[test]
    fn the_same_to_the_byte_until_the_number_is_raised() {
        let root = root();
        let first = Authority::open(&root).unwrap().issue(&subject()).unwrap();
        let again = RootSecrets::from_text(root.to_text().expose()).unwrap();
        assert_eq!(Authority::open(&again).unwrap().issue(&subject()).unwrap(), first);
        let mut raised = root.clone();
        raised.rotate(Rotation { certs: 1, ..Rotation::default() }, 1_795_000_100);
        let second = Authority::open(&raised).unwrap().issue(&subject()).unwrap();
        assert_ne!(second.key, first.key);
        assert_ne!(second.cert, first.cert);
        let other = Subject { id: "nomad/web-2".into(), ..subject() };
        assert_ne!(Authority::open(&root).unwrap().issue(&other).unwrap().key, first.key);
    }

    #[test]
    fn another_implementation_accepts_them_for_what_they_are_for() {
        if Command::new("openssl").arg("version").output().is_err() {
            println!("skipped: openssl not found");
            return;
        }
        let root = root();
        let issued = Authority::open(&root).unwrap().issue(&subject()).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| {
            let path = folder.path().join(name);
            std::fs::write(&path, text).unwrap();
            path
        };
        let (ca, cert) = (write("ca.pem", root.ca_pem()), write("cert.pem", &issued.cert));
        let key = write("key.pem", issued.key.expose());
        let openssl = |args: &[&str]| {
            let output = Command::new("openssl").args(args).output().unwrap();
            (output.status.success(), String::from_utf8_lossy(&output.stdout).into_owned())
        };
        let [ca, cert, key] = [&ca, &cert, &key].map(|path| path.to_str().unwrap());
        let verify = |purpose: &str, extra: &[&str]| {
            let mut args =
                vec!["verify", "-x509_strict", "-attime", "1795000000", "-CAfile", ca, "-purpose", purpose];
            args.extend(extra);
            args.push(cert);
            openssl(&args).0
        };
        assert!(verify("sslserver", &["-verify_hostname", "server.global.nomad"]));
        assert!(verify("sslserver", &["-verify_ip", "10.0.0.4"]));
        assert!(verify("sslclient", &[]));
        assert!(!verify("sslserver", &["-verify_hostname", "server.other.nomad"]));
        let of_cert = openssl(&["x509", "-in", cert, "-noout", "-pubkey"]).1;
        assert_eq!(of_cert, openssl(&["pkey", "-in", key, "-pubout"]).1);
        assert!(of_cert.starts_with("-----BEGIN PUBLIC KEY-----"));
    }
}
