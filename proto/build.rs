//! Compiles the `.proto` files with a compiler written in Rust, so that a build needs no `protoc`.

use std::error::Error;

const PROTOS: [&str; 3] = ["tfplugin5.proto", "plugin.proto", "health.proto"];

fn main() -> Result<(), Box<dyn Error>> {
    for proto in PROTOS {
        println!("cargo::rerun-if-changed={proto}");
    }
    let descriptors = protox::compile(PROTOS, ["."])?;
    tonic_prost_build::configure()
        // Connecting is the business of whoever dials or listens, and no provider does it in the plain way.
        .build_transport(false)
        .build_client(std::env::var_os("CARGO_FEATURE_CLIENT").is_some())
        // A call that a provider does not know answers "unimplemented", as a newer Terraform expects.
        .generate_default_stubs(true)
        // Values of many megabytes are passed on, not copied.
        .bytes(".")
        .compile_fds(descriptors)?;
    Ok(())
}
