//! When to make a call again, and after how long.
//!
//! Must never make a call again that may have been done, unless doing it twice is the same as once.

use std::time::{Duration, Instant};

use backon::{BackoffBuilder, ExponentialBackoff, ExponentialBuilder};

use super::fault::{Fault, Kind};
use super::request::Safety;
use crate::config::Limits;

/// How often a failure that we do not know is worth another try.
const ODD_TRIES: u32 = 2;

/// The course of one call over its attempts.
pub(crate) struct Retry {
    safety: Safety,
    limits: Limits,
    started: Instant,
    delays: ExponentialBackoff,
    odd: u32,
    /// Whether an attempt that failed may have been done.
    pub doubtful: bool,
}

impl Retry {
    pub(crate) fn new(safety: Safety, limits: Limits) -> Self {
        let delays = ExponentialBuilder::new()
            .with_jitter()
            .with_min_delay(Duration::from_millis(50))
            .with_max_delay(Duration::from_secs(2))
            .without_max_times();
        Self { safety, limits, started: Instant::now(), delays: delays.build(), odd: 0, doubtful: false }
    }

    /// How long to wait before the next attempt; nothing if there shall be none.
    pub(crate) fn after(&mut self, fault: &Fault) -> Option<Duration> {
        self.doubtful |= self.safety != Safety::Read && fault.kind == Kind::Unclear;
        if !self.worthwhile(fault.kind) {
            return None;
        }
        let delay = self.delays.next()?.max(fault.wait.unwrap_or_default());
        (self.started.elapsed() + delay <= self.bound(fault.kind)).then_some(delay)
    }

    fn worthwhile(&mut self, kind: Kind) -> bool {
        match kind {
            Kind::Absent | Kind::Rejected => true,
            Kind::Unclear => self.safety != Safety::Once,
            Kind::Odd => {
                self.odd += 1;
                self.safety == Safety::Read && self.odd <= ODD_TRIES
            }
            Kind::Final => false,
        }
    }

    /// How long the whole may take. Each outage of an address that had answered has a clock of its own.
    fn bound(&self, kind: Kind) -> Duration {
        match kind {
            Kind::Absent => self.limits.patience.max(2 * self.limits.outage),
            _ => self.limits.outage,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Problem;

    fn fault(kind: Kind, wait: Option<u64>) -> Fault {
        Fault { problem: Problem::Unusable(String::new()), kind, wait: wait.map(Duration::from_secs) }
    }

    fn again(safety: Safety, kind: Kind) -> bool {
        Retry::new(safety, Limits::default()).after(&fault(kind, None)).is_some()
    }

    #[test]
    fn only_what_is_safe_is_done_again() {
        for safety in [Safety::Read, Safety::Guarded, Safety::Once] {
            assert!(again(safety, Kind::Absent) && again(safety, Kind::Rejected), "{safety:?}");
            assert!(!again(safety, Kind::Final), "{safety:?}");
            assert_eq!(again(safety, Kind::Unclear), safety != Safety::Once, "{safety:?}");
            assert_eq!(again(safety, Kind::Odd), safety == Safety::Read, "{safety:?}");
        }
    }

    #[test]
    fn a_write_whose_fate_is_unclear_leaves_a_doubt() {
        let mut retry = Retry::new(Safety::Once, Limits::default());
        retry.after(&fault(Kind::Rejected, None));
        assert!(!retry.doubtful);
        retry.after(&fault(Kind::Unclear, None));
        assert!(retry.doubtful);
    }

    #[test]
    fn a_server_that_asks_for_more_time_than_there_is_ends_it() {
        let mut retry = Retry::new(Safety::Read, Limits::default());
        let delay = retry.after(&fault(Kind::Rejected, Some(3))).expect("there is time");
        assert!(delay >= Duration::from_secs(3));
        assert_eq!(retry.after(&fault(Kind::Rejected, Some(3600))), None);
    }

    #[test]
    fn an_unknown_failure_is_not_tried_for_ever() {
        let mut retry = Retry::new(Safety::Read, Limits::default());
        let tries = std::iter::from_fn(|| retry.after(&fault(Kind::Odd, None))).count();
        assert_eq!(tries, 2);
    }
}
