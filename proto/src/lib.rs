//! The messages and services of Terraform's plugin protocol 5, compiled from the `.proto` files of this folder.
//!
//! Exists so that what is generated stays behind one door: only `serve` and tests speak these types. It must
//! never hold a line of behaviour. Services whose calls are not overridden answer "unimplemented".
//!
//! The feature `client` adds the calling side, for tests that play Terraform.

pub use generated::*;

#[expect(missing_docs, clippy::pedantic, reason = "generated; the `.proto` file is what is written and read")]
mod generated {
    tonic::include_proto!("tfplugin5");
}

/// What goes with every plugin, whatever its kind: shutdown, standard output, broker.
#[expect(missing_docs, clippy::pedantic, reason = "generated; the `.proto` file is what is written and read")]
pub mod plugin {
    tonic::include_proto!("plugin");
}

/// The customary gRPC health check.
#[expect(missing_docs, clippy::pedantic, reason = "generated; the `.proto` file is what is written and read")]
pub mod health {
    tonic::include_proto!("grpc.health.v1");
}

#[cfg(test)]
mod tests {
    use super::*;
    use prost::Message;

    /// What counts on the wire is the path of a call; a renamed package or service would still compile.
    #[test]
    fn services_have_the_names_that_terraform_calls() {
        assert_eq!(provider_server::SERVICE_NAME, "tfplugin5.Provider");
        assert_eq!(plugin::grpc_controller_server::SERVICE_NAME, "plugin.GRPCController");
        assert_eq!(plugin::grpc_stdio_server::SERVICE_NAME, "plugin.GRPCStdio");
        assert_eq!(plugin::grpc_broker_server::SERVICE_NAME, "plugin.GRPCBroker");
        assert_eq!(health::health_server::SERVICE_NAME, "grpc.health.v1.Health");
    }

    /// An attribute as its bytes were written down by hand from the field numbers.
    #[test]
    fn an_attribute_encodes_to_the_bytes_of_the_protocol() {
        let attribute = schema::Attribute {
            name: "a".into(),
            r#type: prost::bytes::Bytes::from_static(br#""bool""#),
            optional: true,
            computed: true,
            write_only: true,
            description_kind: StringKind::Markdown.into(),
            ..Default::default()
        };
        let by_hand = b"\x0a\x01a\x12\x06\"bool\"\x28\x01\x30\x01\x40\x01\x50\x01";
        assert_eq!(attribute.encode_to_vec(), by_hand);
        assert_eq!(schema::Attribute::decode(by_hand.as_slice()).unwrap(), attribute);
    }

    /// An absent `private` and an empty one differ only where the protocol says `optional`.
    #[test]
    fn optional_bytes_tell_absent_from_empty() {
        let empty =
            close_ephemeral_resource::Request { private: Some(Vec::new().into()), ..Default::default() };
        assert_eq!(empty.encode_to_vec(), b"\x12\x00");
        assert_eq!(close_ephemeral_resource::Request::default().encode_to_vec(), b"");
    }

    /// Fields that a newer Terraform adds are skipped.
    #[test]
    fn unknown_fields_are_skipped() {
        let newer = b"\x08\x01\x10\x01\x78\x2a";
        let capabilities = ClientCapabilities::decode(newer.as_slice()).unwrap();
        assert!(capabilities.deferral_allowed && capabilities.write_only_attributes_allowed);
    }
}
