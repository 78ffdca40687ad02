//! What the provider offers: schemas, functions, names.

use tfplugin5::{
    ServerCapabilities, get_functions, get_metadata, get_provider_schema, get_resource_identity_schemas,
};

use super::Session;
use super::catalogue::Entry;
use crate::codec;

/// Terraform plans deletions with us, keeps our schemas between processes, and lets us take over other types' states.
const CAPABILITIES: ServerCapabilities = ServerCapabilities {
    plan_destroy: true,
    get_provider_schema_optional: true,
    move_resource_state: true,
    generate_resource_config: false,
};

pub(super) fn schema(session: &Session, _: get_provider_schema::Request) -> get_provider_schema::Response {
    let catalogue = &session.catalogue;
    get_provider_schema::Response {
        provider: Some(codec::schema::schema(catalogue.provider().schema())),
        resource_schemas: catalogue.resources.all().map(named_schema).collect(),
        data_source_schemas: catalogue.data_sources.all().map(named_schema).collect(),
        ephemeral_resource_schemas: catalogue.ephemerals.all().map(named_schema).collect(),
        functions: catalogue
            .functions
            .all()
            .map(|(name, f)| (name, codec::schema::function(f.signature())))
            .collect(),
        server_capabilities: Some(CAPABILITIES),
        ..Default::default()
    }
}

fn named_schema<E>((name, entry): (String, &Entry<E>)) -> (String, tfplugin5::Schema) {
    (name, codec::schema::schema(entry.schema()))
}

pub(super) fn metadata(session: &Session, _: get_metadata::Request) -> get_metadata::Response {
    let catalogue = &session.catalogue;
    get_metadata::Response {
        server_capabilities: Some(CAPABILITIES),
        resources: catalogue
            .resources
            .names()
            .map(|type_name| get_metadata::ResourceMetadata { type_name })
            .collect(),
        data_sources: catalogue
            .data_sources
            .names()
            .map(|type_name| get_metadata::DataSourceMetadata { type_name })
            .collect(),
        functions: catalogue.functions.names().map(|name| get_metadata::FunctionMetadata { name }).collect(),
        ephemeral_resources: catalogue
            .ephemerals
            .names()
            .map(|type_name| get_metadata::EphemeralMetadata { type_name })
            .collect(),
        ..Default::default()
    }
}

pub(super) fn functions(session: &Session, _: get_functions::Request) -> get_functions::Response {
    let functions = session.catalogue.functions.all();
    get_functions::Response {
        functions: functions.map(|(name, f)| (name, codec::schema::function(f.signature()))).collect(),
        ..Default::default()
    }
}

/// No resource of ours has an identity. Saying so by an error would break every plan of Terraform 1.12 and later.
pub(super) fn identities(
    _: &Session,
    _: get_resource_identity_schemas::Request,
) -> get_resource_identity_schemas::Response {
    get_resource_identity_schemas::Response::default()
}
