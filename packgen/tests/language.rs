//! The language against Nomad's: what each expression is, what each template prints, and that no text,
//! however hostile, ends in anything but a value or a finding.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::format_push_string,
    reason = "a test that cannot go on fails, and one that is skipped says so"
)]

mod language {
    mod functions;
    mod hostile;
    mod oracle;
    mod quoting;
    mod templates;
    mod vectors;
}
