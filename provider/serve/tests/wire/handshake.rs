//! How a provider introduces itself: options, the line, the socket.

use crate::client::{Identity, Session};
use crate::plugin::{COOKIE, Plugin, command};
use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use std::os::unix::fs::PermissionsExt;
use std::process::Output;

fn run(arguments: &[&str], variables: &[(&str, &str)]) -> (i32, String, String) {
    let Output { status, stdout, stderr } =
        command().args(arguments).envs(variables.iter().copied()).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (status.code().unwrap(), text(stdout), text(stderr))
}

#[test]
fn check_01_run_by_hand_it_says_what_it_is() {
    for variables in [&[][..], &[(COOKIE.0, "wrong")]] {
        let (code, stdout, stderr) = run(&[], variables);
        assert_eq!((code, stdout.as_str()), (1, ""));
        let expected = "terraform-provider-tiny 0.0.1 is a plugin that Terraform and OpenTofu start by \
            themselves: name example.com/lostops/tiny in `required_providers` and run `terraform init` \
            (to debug it, start it with -debug).\n";
        assert_eq!(stderr, expected);
    }
}

#[test]
fn options_are_answered() {
    let (code, stdout, stderr) = run(&["--version"], &[COOKIE]);
    assert_eq!((code, stdout.as_str(), stderr.as_str()), (0, "terraform-provider-tiny 0.0.1\n", ""));
    let (code, stdout, stderr) = run(&["-help"], &[]);
    assert_eq!((code, stderr.as_str()), (0, ""));
    assert!(stdout.contains("-debug    Wait for Terraform"), "{stdout}");
    let (code, stdout, stderr) = run(&["--frob"], &[COOKIE]);
    assert_eq!((code, stdout.as_str()), (1, ""));
    assert_eq!(
        stderr,
        "terraform-provider-tiny: unknown option \"--frob\"; the options are -debug, -version and -help\n"
    );
}

#[test]
fn check_02_the_line_has_six_fields_and_a_certificate_without_padding() {
    let identity = Identity::new();
    let certificate = identity.pem();
    for _ in 0..20 {
        let plugin = Plugin::start(&[("PLUGIN_CLIENT_CERT", &certificate)]);
        let fields = plugin.fields();
        assert_eq!(fields.len(), 6, "{}", plugin.line());
        assert_eq!([fields[0], fields[1], fields[2], fields[4]], ["1", "5", "unix", "grpc"]);
        // Refuses padding and the alphabet of URLs.
        let der = STANDARD_NO_PAD.decode(fields[5]).unwrap();
        assert_eq!(der[0], 0x30, "a sequence, as every certificate is");
    }
}

#[test]
fn check_03_it_answers_five_whatever_is_offered() {
    for offer in [Some("5,6"), Some("6,5"), Some("5"), Some("6"), None] {
        let variables: Vec<_> = offer.map(|offer| ("PLUGIN_PROTOCOL_VERSIONS", offer)).into_iter().collect();
        assert_eq!(Plugin::start(&variables).fields()[1], "5", "{offer:?}");
    }
}

/// Terraform leaves the certificate out when it is told to do without TLS.
#[tokio::test(flavor = "multi_thread")]
async fn check_04_without_a_certificate_there_is_no_tls() {
    let plugin = Plugin::start(&[]);
    assert!(plugin.line().ends_with("|grpc|"), "{}", plugin.line());
    let answer = Session::plain(&plugin).await.read("tiny_nothing").await.unwrap();
    assert_eq!(answer.diagnostics[0].summary, "finished");
}

#[test]
fn check_08_the_socket_is_where_it_was_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let plugin = Plugin::start(&[("PLUGIN_UNIX_SOCKET_DIR", folder.path().to_str().unwrap())]);
    let socket = plugin.socket();
    assert!(socket.starts_with(folder.path()));
    let mode = |path: &std::path::Path| path.metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&socket), mode(socket.parent().unwrap())), (0o600, 0o700));
}

#[test]
fn check_08_a_demanded_folder_that_will_not_do_is_an_error() {
    let (code, stdout, stderr) = run(&[], &[COOKIE, ("PLUGIN_UNIX_SOCKET_DIR", "/dev/null/sockets")]);
    assert_eq!((code, stdout.as_str()), (1, ""));
    assert!(stderr.contains("/dev/null/sockets, which PLUGIN_UNIX_SOCKET_DIR names"), "{stderr}");
}

#[test]
fn check_08_a_temporary_folder_that_is_too_deep_or_missing_is_passed_over() {
    let folder = tempfile::tempdir().unwrap();
    let deep = folder.path().join("d".repeat(100));
    std::fs::create_dir(&deep).unwrap();
    for unusable in [deep.to_str().unwrap(), "/dev/null/tmp", "/nonexistent"] {
        let plugin = Plugin::start(&[("TMPDIR", unusable)]);
        assert!(plugin.socket().starts_with("/tmp"), "{}", plugin.line());
        assert!(plugin.socket().exists());
        plugin.end();
    }
    assert_eq!(deep.read_dir().unwrap().count(), 0);
}

#[test]
fn check_09_a_seventh_field_only_for_who_asks() {
    let plugin = Plugin::start(&[("PLUGIN_MULTIPLEX_GRPC", "true")]);
    assert_eq!(plugin.fields()[4..], ["grpc", "", "false"]);
    assert_eq!(Plugin::start(&[("PLUGIN_MULTIPLEX_GRPC", "")]).fields().len(), 6);
}

#[tokio::test(flavor = "multi_thread")]
async fn check_10_and_11_nothing_is_left_behind_and_nothing_more_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let plugin = Plugin::start(&[("TMPDIR", folder.path().to_str().unwrap())]);
    let line = plugin.line().to_owned();
    let mut session = Session::plain(&plugin).await;
    session.read("tiny_log").await.unwrap();
    session.shut_down().await.unwrap();
    let remains = plugin.finish();
    assert_eq!(remains.status.code(), Some(0));
    assert_eq!(remains.stdout, format!("{line}\n"));
    assert_eq!(remains.stderr, "", "nobody asked for a log");
    assert_eq!(folder.path().read_dir().unwrap().count(), 0);
}

#[test]
fn a_malformed_certificate_is_an_error() {
    let (code, stdout, stderr) = run(&[], &[COOKIE, ("PLUGIN_CLIENT_CERT", "nonsense")]);
    assert_eq!((code, stdout.as_str()), (1, ""));
    assert!(
        stderr.starts_with("terraform-provider-tiny: PLUGIN_CLIENT_CERT holds no certificate"),
        "{stderr}"
    );
    assert_eq!(stderr.lines().count(), 1);
}
