//! Words a panic so that Terraform recognises it as one.
//!
//! Exists because Terraform shows its user a crash only if a line on standard error begins with `panic: `;
//! that line and those after it, up to the next line of JSON, become the report. Must never end the
//! process: one call's panic is no reason to lose what the others are doing.

use crate::log::secrets;
use std::backtrace::{Backtrace, BacktraceStatus};
use std::io::Write;
use std::panic::PanicHookInfo;

/// Makes every panic of this process one that Terraform shows.
pub(crate) fn install() {
    std::panic::set_hook(Box::new(|info| {
        let report = report(info, std::thread::current().name(), &Backtrace::capture());
        let report = secrets().redact(&report);
        // In one piece, or a log line of another thread would end the report; and there is nobody to tell
        // if standard error is gone.
        let _ = std::io::stderr().lock().write_all(report.as_bytes());
    }));
}

fn report(info: &PanicHookInfo<'_>, thread: Option<&str>, backtrace: &Backtrace) -> String {
    let message = info.payload_as_str().unwrap_or("(no message)");
    let place = info.location().map_or_else(|| "an unknown place".to_owned(), ToString::to_string);
    let thread = thread.unwrap_or("unnamed");
    let mut report = format!("panic: {message}\n\nat {place}\nin thread {thread}\n");
    match backtrace.status() {
        BacktraceStatus::Captured => report.push_str(&backtrace.to_string()),
        _ => report.push_str("RUST_BACKTRACE=1 in the environment adds a backtrace.\n"),
    }
    report
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc;

    #[test]
    fn a_report_begins_as_terraform_expects_and_says_where() {
        let (sender, reports) = mpsc::channel();
        let usual = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            let _ = sender.send(report(info, Some("worker"), &Backtrace::disabled()));
        }));
        let crash = std::thread::spawn(|| panic!("lost {}", 3)).join();
        std::panic::set_hook(usual);
        assert!(crash.is_err());
        // Other tests panic on purpose at the same time.
        let report = reports.iter().find(|report| report.contains("lost 3")).unwrap();
        assert!(report.starts_with("panic: lost 3\n\nat provider/serve/src/crash.rs:"), "{report}");
        assert!(
            report.ends_with("in thread worker\nRUST_BACKTRACE=1 in the environment adds a backtrace.\n")
        );
    }
}
