//! Finds a place where Terraform can connect, and clears it away afterwards.
//!
//! Exists because a temporary folder may be missing, read-only, or too deep for a socket's short path; there
//! is nearly always another place. Must never let anybody but the user (and a group that was asked for) in.

use super::launch::Place;
use std::fmt::{self, Display};
use std::io;
use std::net::Ipv4Addr;
#[cfg(unix)]
use std::path::{Path, PathBuf};
use thiserror::Error;

/// A place that is open for connections.
pub(super) struct Endpoint {
    pub(super) listener: Listener,
    pub(super) address: Address,
    /// Where the socket is; it is removed when this is dropped.
    pub(super) folder: Option<Folder>,
}

/// What accepts connections.
pub(super) enum Listener {
    #[cfg(unix)]
    Unix(tokio::net::UnixListener),
    Tcp(tokio::net::TcpListener),
}

/// Where Terraform dials.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Address {
    #[cfg(unix)]
    Unix(String),
    Tcp(std::net::SocketAddr),
}

/// Why nobody could connect.
#[derive(Debug, Error)]
pub(super) enum ListenError {
    #[cfg(unix)]
    #[error(
        "cannot put a socket into {folder}, which PLUGIN_UNIX_SOCKET_DIR names ({cause}); unset it, or name a \
         folder that exists, can be written to and has a path of less than 70 bytes"
    )]
    Demanded { folder: PathBuf, cause: io::Error },
    #[error(
        "cannot listen anywhere ({0}); set TMPDIR to a folder that exists, can be written to and has a path of \
         less than 70 bytes, or let PLUGIN_MIN_PORT and PLUGIN_MAX_PORT span a free port"
    )]
    Nowhere(Refusals),
}

/// Which places were tried, and why each did not do.
#[derive(Debug, Default)]
pub(super) struct Refusals(Vec<(String, io::Error)>);

impl Endpoint {
    /// Opens the first place that will do. Needs a tokio runtime.
    pub(super) fn open(place: &Place) -> Result<Self, ListenError> {
        let mut refusals = Refusals::default();
        #[cfg(unix)]
        if let Some(folder) = &place.demanded {
            return unix(folder, place.group.as_deref())
                .map_err(|cause| ListenError::Demanded { folder: folder.clone(), cause });
        }
        #[cfg(unix)]
        for folder in &place.folders {
            match unix(folder, place.group.as_deref()) {
                Ok(endpoint) => return Ok(endpoint),
                Err(cause) => refusals.add(folder.display().to_string(), cause),
            }
        }
        match tcp(place) {
            Ok(endpoint) => Ok(endpoint),
            Err(cause) => {
                let (from, to) = (place.ports.start(), place.ports.end());
                refusals.add(format!("127.0.0.1, ports {from} to {to}"), cause);
                Err(ListenError::Nowhere(refusals))
            }
        }
    }
}

impl Address {
    /// The kind of network, as Terraform calls it.
    pub(super) fn network(&self) -> &'static str {
        match self {
            #[cfg(unix)]
            Self::Unix(_) => "unix",
            Self::Tcp(_) => "tcp",
        }
    }
}

impl Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            #[cfg(unix)]
            Self::Unix(path) => f.write_str(path),
            Self::Tcp(address) => address.fmt(f),
        }
    }
}

impl Refusals {
    fn add(&mut self, place: String, cause: io::Error) {
        tracing::debug!(place, %cause, "cannot listen here");
        self.0.push((place, cause));
    }
}

impl Display for Refusals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, (place, cause)) in self.0.iter().enumerate() {
            let comma = if index == 0 { "" } else { "; " };
            write!(f, "{comma}{place}: {cause}")?;
        }
        Ok(())
    }
}

fn tcp(place: &Place) -> io::Result<Endpoint> {
    let mut last = io::Error::from(io::ErrorKind::AddrInUse);
    for port in place.ports.clone() {
        match std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, port)) {
            Ok(listener) => {
                listener.set_nonblocking(true)?;
                return Ok(Endpoint {
                    address: Address::Tcp(listener.local_addr()?),
                    listener: Listener::Tcp(tokio::net::TcpListener::from_std(listener)?),
                    folder: None,
                });
            }
            Err(error) => last = error,
        }
    }
    Err(last)
}

#[cfg(unix)]
fn unix(parent: &Path, group: Option<&str>) -> io::Result<Endpoint> {
    // Terraform may stand in another folder than this process does by the time it dials.
    let folder = Folder::create(&std::path::absolute(parent)?)?;
    let socket = folder.socket();
    let address = socket.to_str().filter(|path| !path.contains(['|', '\n', '\r'])).map(str::to_owned);
    let address = address.ok_or_else(|| {
        io::Error::new(io::ErrorKind::InvalidInput, "the path cannot be written into the handshake")
    })?;
    let listener = tokio::net::UnixListener::bind(&socket)?;
    folder.admit(group)?;
    Ok(Endpoint { listener: Listener::Unix(listener), address: Address::Unix(address), folder: Some(folder) })
}

/// A folder of ours for one socket: whoever may not enter it cannot connect. Removed with what is in it.
#[cfg(unix)]
pub(super) struct Folder(PathBuf);

/// There are no sockets in folders here.
#[cfg(not(unix))]
pub(super) type Folder = std::convert::Infallible;

#[cfg(unix)]
impl Folder {
    fn create(parent: &Path) -> io::Result<Self> {
        use std::os::unix::fs::DirBuilderExt;
        loop {
            let folder = parent.join(format!("tfplugin-{:08x}", random()));
            // Creating fails if the name is taken, so nobody can have prepared the folder.
            match std::fs::DirBuilder::new().mode(0o700).create(&folder) {
                Ok(()) => return Ok(Self(folder)),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
    }

    fn socket(&self) -> PathBuf {
        self.0.join("socket")
    }

    /// Lets the group connect, or nobody but the user.
    fn admit(&self, group: Option<&str>) -> io::Result<()> {
        use std::os::unix::fs::{PermissionsExt, chown};
        let mode = |path: &Path, mode| std::fs::set_permissions(path, PermissionsExt::from_mode(mode));
        let Some(group) = group else {
            return mode(&self.socket(), 0o600);
        };
        let group = group_number(group, &std::fs::read_to_string("/etc/group").unwrap_or_default())?;
        chown(self.socket(), None, Some(group))?;
        mode(&self.socket(), 0o660)?;
        chown(&self.0, None, Some(group))?;
        mode(&self.0, 0o710)
    }
}

#[cfg(unix)]
impl Drop for Folder {
    fn drop(&mut self) {
        // Nothing depends on it, and there is nobody left to tell.
        let _ = std::fs::remove_file(self.socket());
        let _ = std::fs::remove_dir(&self.0);
    }
}

/// A number that others cannot foresee, from the seed that the standard library gives each hash map.
#[cfg(unix)]
fn random() -> u32 {
    use std::hash::{BuildHasher, RandomState};
    let number = RandomState::new().hash_one(std::process::id());
    u32::try_from(number >> 32).unwrap_or_default()
}

/// The number of a group that is named or numbered, by the text of `/etc/group`.
#[cfg(unix)]
fn group_number(group: &str, groups: &str) -> io::Result<u32> {
    if let Ok(number) = group.parse() {
        return Ok(number);
    }
    let number = groups.lines().find_map(|line| {
        let mut fields = line.split(':');
        (fields.next() == Some(group)).then(|| fields.nth(1)).flatten()?.parse().ok()
    });
    number.ok_or_else(|| {
        let text = format!("no group {group:?}, which PLUGIN_UNIX_SOCKET_GROUP names, in /etc/group");
        io::Error::new(io::ErrorKind::NotFound, text)
    })
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;
    use std::os::unix::fs::{MetadataExt, PermissionsExt};

    fn place(folders: &[&Path]) -> Place {
        let folders = folders.iter().map(|folder| folder.to_path_buf()).collect();
        Place { demanded: None, folders, group: None, ports: 0..=0 }
    }

    fn socket(endpoint: &Endpoint) -> PathBuf {
        match &endpoint.address {
            Address::Unix(path) => path.into(),
            Address::Tcp(address) => panic!("{address}"),
        }
    }

    fn mode(path: &Path) -> u32 {
        path.metadata().unwrap().permissions().mode() & 0o777
    }

    #[tokio::test]
    async fn a_socket_is_private_and_goes_with_its_folder() {
        let parent = tempfile::tempdir().unwrap();
        let endpoint = Endpoint::open(&place(&[parent.path()])).unwrap();
        let path = socket(&endpoint);
        assert!(path.starts_with(parent.path()));
        assert_eq!((mode(&path), mode(path.parent().unwrap())), (0o600, 0o700));
        drop(endpoint);
        assert_eq!(parent.path().read_dir().unwrap().count(), 0);
    }

    #[tokio::test]
    async fn an_unusable_folder_is_passed_over_and_left_clean() {
        let parent = tempfile::tempdir().unwrap();
        let [deep, barred, good] =
            ["d".repeat(90), "b|r".into(), "good".into()].map(|n| parent.path().join(n));
        for folder in [&deep, &barred, &good] {
            std::fs::create_dir(folder).unwrap();
        }
        let missing = parent.path().join("missing");
        let endpoint =
            Endpoint::open(&place(&[&deep, &missing, Path::new("/dev/null"), &barred, &good])).unwrap();
        assert!(socket(&endpoint).starts_with(&good));
        for folder in [deep, barred] {
            assert_eq!(folder.read_dir().unwrap().count(), 0);
        }
    }

    #[tokio::test]
    async fn a_demanded_folder_is_used_or_named_in_the_error() {
        let parent = tempfile::tempdir().unwrap();
        let demand = |folder: PathBuf| Place { demanded: Some(folder), ..place(&[Path::new("/tmp")]) };
        let endpoint = Endpoint::open(&demand(parent.path().into())).unwrap();
        assert!(socket(&endpoint).starts_with(parent.path()));
        let error = Endpoint::open(&demand("/dev/null/x".into())).err().unwrap().to_string();
        assert!(error.contains("/dev/null/x, which PLUGIN_UNIX_SOCKET_DIR names"), "{error}");
        assert!(error.contains("unset it, or"), "{error}");
    }

    #[tokio::test]
    async fn the_last_resort_is_tcp_on_this_machine_alone() {
        let endpoint = Endpoint::open(&place(&[Path::new("/dev/null")])).unwrap();
        let Address::Tcp(address) = endpoint.address else { panic!() };
        assert!(address.ip().is_loopback() && address.port() != 0);
        assert_eq!(endpoint.address.network(), "tcp");
    }

    #[tokio::test]
    async fn taken_ports_are_passed_over_until_none_is_left() {
        let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let port = taken.local_addr().unwrap().port();
        let error = Endpoint::open(&Place { ports: port..=port, ..place(&[Path::new("/dev/null")]) });
        let error = error.err().unwrap().to_string();
        assert!(error.starts_with("cannot listen anywhere (/dev/null: "), "{error}");
        assert!(error.contains(&format!("127.0.0.1, ports {port} to {port}: ")), "{error}");
        assert!(error.contains("set TMPDIR to"), "{error}");
        let wider = Place { ports: port..=port.saturating_add(50), ..place(&[]) };
        assert!(Endpoint::open(&wider).is_ok());
    }

    #[tokio::test]
    async fn a_group_is_let_in() {
        let parent = tempfile::tempdir().unwrap();
        // Changing to the group that one has is allowed to everybody.
        let own = parent.path().metadata().unwrap().gid();
        let place = Place { group: Some(own.to_string()), ..place(&[parent.path()]) };
        let endpoint = Endpoint::open(&place).unwrap();
        let path = socket(&endpoint);
        assert_eq!((mode(&path), mode(path.parent().unwrap())), (0o660, 0o710));
        assert_eq!(path.metadata().unwrap().gid(), own);
    }

    #[test]
    fn a_group_is_found_by_name() {
        let groups = "root:x:0:\n# broken\nbuilders:x:1234:ann,bob\n";
        assert_eq!(group_number("builders", groups).unwrap(), 1234);
        assert_eq!(group_number("77", groups).unwrap(), 77);
        let error = group_number("ann", groups).unwrap_err().to_string();
        assert_eq!(error, "no group \"ann\", which PLUGIN_UNIX_SOCKET_GROUP names, in /etc/group");
    }
}
