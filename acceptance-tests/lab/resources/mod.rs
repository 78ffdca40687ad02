//! Every resource of the lab, by name.

mod crew;
mod disk;
mod everything;
mod file;
mod nap;
mod network;
mod noop;
mod parcel;
mod secret;
mod trouble;

use kit::AnyResource;

/// The list that everything else goes by.
pub const ALL: &[&dyn AnyResource] = &[
    &crew::CrewResource,
    &disk::DiskResource,
    &everything::EverythingResource,
    &file::FileResource,
    &nap::NapResource,
    &network::NetworkResource,
    &noop::NoopResource,
    &parcel::ParcelResource,
    &secret::SecretResource,
    &trouble::TroubleResource,
];
