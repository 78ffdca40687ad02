//! Every check of a provider's conformance, by number and name, and the tests that cover it.
//!
//! `wire::…` are tests of the crate `serve`, which talk to the program without Terraform; `cases/…` are folders of
//! steps; all others are functions of the suite. What is true of every test begins with `always:`. That each named
//! test exists, and that no number is missing, is a test itself.

use crate::{cases, suite};
use libtest_mimic::{Failed, Trial};
use std::fs;
use std::path::Path;

const CHECKS: &[(u32, &str, &[&str])] = &[
    // Handshake and transport
    (
        1,
        "no cookie: notice on stderr, exit code 1, empty stdout",
        &["wire::handshake::check_01_run_by_hand_it_says_what_it_is"],
    ),
    (
        2,
        "line of six fields, unpadded standard base64, repeated",
        &["wire::handshake::check_02_the_line_has_six_fields_and_a_certificate_without_padding"],
    ),
    (
        3,
        "protocol versions `5,6`, `6,5`, `5`, `6`, unset",
        &["wire::handshake::check_03_it_answers_five_whatever_is_offered"],
    ),
    (
        4,
        "with and without TLS",
        &[
            "wire::handshake::check_04_without_a_certificate_there_is_no_tls",
            "wire::terraform::check_04_and_12_terraform_is_content_with_tls_and_without",
            "wire::without_tls",
        ],
    ),
    (
        5,
        "mutual TLS: no certificate, another one, the right one with another key",
        &[
            "wire::tls::check_05_the_right_certificate_with_its_key_is_served",
            "wire::tls::check_05_nobody_else_is_served_and_the_right_one_still_is",
            "wire::tls::check_05_without_tls_nobody_is_served",
        ],
    ),
    (6, "ALPN h2", &["wire::tls::check_06_http2_is_agreed_on"]),
    (
        7,
        "a client that knows TLS 1.2 only",
        &["wire::tls::check_07_a_client_that_knows_only_tls_1_2_is_served"],
    ),
    (
        8,
        "socket folder: asked for, too deep, not writable",
        &[
            "wire::handshake::check_08_the_socket_is_where_it_was_asked_for",
            "wire::handshake::check_08_a_demanded_folder_that_will_not_do_is_an_error",
            "wire::handshake::check_08_a_temporary_folder_that_is_too_deep_or_missing_is_passed_over",
            "wire::with_a_temporary_folder_that_is_too_deep",
            "wire::with_a_temporary_folder_that_is_read_only",
        ],
    ),
    (9, "multiplexing: a seventh field", &["wire::handshake::check_09_a_seventh_field_only_for_who_asks"]),
    (
        10,
        "socket removed after exit",
        &[
            "wire::handshake::check_10_and_11_nothing_is_left_behind_and_nothing_more_is_said",
            "always: every test ends with an empty folder for sockets",
        ],
    ),
    (
        11,
        "nothing else on stdout",
        &["wire::handshake::check_10_and_11_nothing_is_left_behind_and_nothing_more_is_said"],
    ),
    // Life
    (
        12,
        "plan leaves no process and ends gracefully",
        &["always: every test ends without a process of the provider and without a reproach in the log"],
    ),
    (
        13,
        "Shutdown ends it within half a second, streams open",
        &[
            "wire::life::check_13_a_shutdown_ends_it_at_once_with_streams_open",
            "wire::life::check_13_a_shutdown_ends_it_at_once_with_work_running",
        ],
    ),
    (
        14,
        "SIGINT ignored",
        &[
            "wire::life::check_14_an_interrupt_means_nothing",
            "wire::life::check_14_an_interrupt_right_after_the_handshake_means_nothing",
        ],
    ),
    (
        15,
        "Ctrl-C in an apply: Stop, partial state saved, exit code 1",
        &[
            "wire::life::check_15_stop_ends_work_early_and_nothing_else",
            "signals::ctrl_c_stops_the_work_and_saves_what_there_is",
            "signals::ctrl_c_waits_for_work_that_cannot_be_stopped",
            "signals::ctrl_c_leaves_something_half_made_that_is_kept",
            "signals::ctrl_c_twice_ends_at_once",
            "signals::ctrl_c_while_planning_leaves_nothing",
        ],
    ),
    (
        16,
        "kill -9 of Terraform: the provider exits",
        &[
            "wire::life::check_16_it_ends_when_its_terraform_is_gone",
            "signals::a_killed_terraform_leaves_no_provider",
            "signals::a_killed_terraform_lets_work_come_to_its_end",
        ],
    ),
    (
        17,
        "panic in a handler: `panic:` box, others survive",
        &[
            "wire::reports::check_17_a_panic_is_reported_and_others_live_on",
            "crashes::a_panic_is_shown_and_others_go_on",
            "crashes::a_crash_while_applying_can_be_repaired",
        ],
    ),
    (18, "start-up time", &["wire::it_starts_quickly"]),
    (
        19,
        "reattach: two applies and a plan on one process; `Test: false`",
        &[
            "wire::attached_one_process_serves_many_commands",
            "wire::terraform::check_19_a_provider_that_is_attached_as_terraforms_own_ends_with_it",
        ],
    ),
    (
        20,
        "every line on stderr is one that Terraform reads",
        &[
            "wire::reports::check_20_every_line_is_one_that_terraform_reads",
            "wire::every_log_line_is_understood",
        ],
    ),
    // Schema
    (21, "`providers schema -json` as agreed", &["schemas::the_schema_is_the_one_that_was_agreed"]),
    (22, "no block is missing", &["schemas::the_schema_is_the_one_that_was_agreed"]),
    (
        23,
        "requests of more than 4 MiB",
        &["wire::life::check_23_messages_may_be_large", "amounts::ten_megabytes_in_one_attribute"],
    ),
    (24, "schema without network or credentials", &["schemas::the_schema_needs_nothing"]),
    // Values
    (
        25,
        "each type; null and empty; nested nulls",
        &["cases/lab_everything/types", "cases/lab_network/blocks"],
    ),
    (26, "numbers: 0.1, 1e400, 2^53+1, 2^64, -2^63, -0, 200 digits", &["cases/lab_everything/numbers"]),
    (
        27,
        "text: composed and decomposed, emoji, megabytes",
        &["cases/lab_everything/text", "amounts::ten_megabytes_in_one_attribute"],
    ),
    (28, "sets reordered, with duplicates", &["cases/lab_everything/sets", "cases/lab_network/blocks"]),
    (
        29,
        "unknown at each depth, refined, whole blocks",
        &["cases/lab_everything/unknown", "cases/lab_network/unknown"],
    ),
    (30, "unknown in the provider's configuration", &["cases/provider/unknown"]),
    // Planning
    (31, "create shows computed values as unknown", &["cases/lab_file/lifecycle"]),
    (
        32,
        "second plan empty",
        &[
            "always: a second plan follows each step of each case",
            "amounts::planned_twice_it_is_the_same_plan",
        ],
    ),
    (33, "no change for an equivalent value", &["cases/lab_disk/plan"]),
    (
        34,
        "update keeps what is stable, volatile is unknown",
        &["cases/lab_file/lifecycle", "cases/lab_disk/plan"],
    ),
    (
        35,
        "replacement: immutable, create_before_destroy, taint, -replace",
        &[
            "cases/lab_file/lifecycle",
            "cases/lab_file/create_before_destroy",
            "cases/lab_file/replace",
            "cases/lab_disk/plan",
            "cases/lab_network/blocks",
            "states::tainted_by_hand_it_is_replaced",
        ],
    ),
    (36, "ignore_changes", &["cases/lab_file/ignore_changes"]),
    (37, "an optional attribute taken away is null", &["cases/lab_file/lifecycle"]),
    (38, "optional and computed: default", &["cases/lab_file/lifecycle", "cases/lab_network/blocks"]),
    (
        39,
        "write-only: never in state or plan; a version triggers the update",
        &["cases/lab_secret/write_only", "states::what_is_only_written_is_nowhere"],
    ),
    (
        40,
        "chains of unknown values end in a consistent plan",
        &["cases/lab_everything/unknown", "cases/lab_disk/late"],
    ),
    // Errors in an apply
    (41, "failure before create: no state", &["cases/lab_trouble/create"]),
    (
        42,
        "failure after create: tainted, then replaced; half-made: neither",
        &["cases/lab_trouble/create", "cases/lab_nap/timeouts", "cases/lab_crew/half_made"],
    ),
    (43, "failure in update keeps the truth", &["cases/lab_trouble/update"]),
    (44, "failure in delete keeps object and private data", &["cases/lab_trouble/delete"]),
    (45, "gone already when deleted: success", &["cases/lab_file/gone_already"]),
    (
        46,
        "private data survives read, plan, apply and errors",
        &[
            "states::what_is_kept_beside_the_state_survives",
            "cases/lab_trouble/update",
            "cases/lab_trouble/delete",
        ],
    ),
    // Read and import
    (47, "gone when read: created anew", &["cases/lab_file/drift"]),
    (48, "drift of a configured attribute is an update", &["cases/lab_file/drift", "cases/lab_crew/drift"]),
    (
        49,
        "import: id, bad id, missing; import block; generated configuration",
        &[
            "states::imported_on_the_command_line",
            "states::a_configuration_is_generated_for_an_import",
            "cases/lab_file/import",
        ],
    ),
    (50, "-refresh-only", &["cases/lab_file/refresh_only", "cases/lab_crew/drift"]),
    // State
    (
        51,
        "older version, missing and surplus keys, newer version",
        &[
            "states::an_older_version_is_upgraded",
            "states::the_version_before_is_upgraded",
            "states::a_state_that_cannot_be_read_says_why",
            "states::missing_and_surplus_attributes_do_not_matter",
            "states::a_newer_version_is_refused",
        ],
    ),
    (52, "moved across types", &["cases/lab_parcel/moved"]),
    // Data, functions, ephemeral resources
    (
        53,
        "data source with unknown input waits",
        &["cases/data_lab_file/read", "runs::data_is_looked_up_once_per_run"],
    ),
    (
        54,
        "function without a configured provider",
        &["cases/functions/call", "runs::a_function_needs_no_configuration"],
    ),
    (
        55,
        "ephemeral: open, renew, close",
        &[
            "runs::an_ephemeral_resource_is_opened_renewed_and_closed",
            "runs::an_ephemeral_resource_configures_a_provider",
        ],
    ),
    // Diagnostics
    (
        56,
        "each kind of path; warnings alone do not fail",
        &["schemas::every_diagnostic_points_at_its_place", "cases/lab_file/checks", "cases/lab_disk/plan"],
    ),
    // Many at once
    (57, "200 resources, 50 at a time", &["amounts::two_hundred_resources_fifty_at_a_time"]),
    (58, "two aliases", &["cases/provider/aliases"]),
    (
        59,
        "`test` with a mocked provider, offline",
        &["runs::tests_run_with_a_mocked_provider", "runs::tests_run_with_the_real_provider"],
    ),
    (60, "the same under OpenTofu", &["always: every test runs with each program that is found"]),
];

/// The tests of this table.
pub fn trials() -> Vec<Trial> {
    vec![
        Trial::test("conformance::no_number_is_missing", no_number_is_missing),
        Trial::test("conformance::every_test_exists", every_test_exists),
    ]
}

fn no_number_is_missing() -> Result<(), Failed> {
    let numbers = CHECKS.iter().map(|(number, ..)| *number);
    let covered = CHECKS.iter().all(|(_, _, tests)| !tests.is_empty());
    if numbers.eq(1..=60) && covered {
        Ok(())
    } else {
        Err("the numbers are not 1 to 60, each with a test".into())
    }
}

fn every_test_exists() -> Result<(), Failed> {
    let suite = suite::tests().into_iter().map(|test| test.name.to_owned());
    let cases = cases().into_iter().map(|case| format!("cases/{}", case.name));
    let known = suite.chain(cases).collect::<Vec<_>>();
    let named = CHECKS.iter().flat_map(|(_, _, tests)| *tests).filter(|test| !test.starts_with("always: "));
    let missing = named.filter(|test| !known.iter().any(|name| name == *test) && !on_the_wire(test));
    let missing = missing.collect::<Vec<_>>();
    if missing.is_empty() { Ok(()) } else { Err(format!("no such tests: {missing:#?}").into()) }
}

/// Whether the crate `serve` has this test.
fn on_the_wire(test: &str) -> bool {
    let Some((file, function)) = test.strip_prefix("wire::").and_then(|path| path.split_once("::")) else {
        return false;
    };
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../provider/serve/tests/wire");
    let source = fs::read_to_string(folder.join(format!("{file}.rs")));
    source.is_ok_and(|text| text.contains(&format!("fn {function}(")))
}
