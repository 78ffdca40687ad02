//! What goes wrong: on which calls, how, and how often.

use std::time::{Duration, Instant};

use super::http::Call;

/// How a call goes wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Does {
    /// It is refused with a status and words; nothing is done.
    Refuse(u16, String),
    /// It is answered only after this time.
    Wait(Duration),
    /// The connection is cut before anything is done.
    Cut,
    /// It is done, and the connection is cut without an answer.
    DoAndCut,
    /// It is done, and half an answer comes.
    Tear,
}

/// Something that goes wrong.
#[derive(Clone, Debug)]
pub struct Fault {
    on: String,
    does: Does,
    left: usize,
    until: Option<Instant>,
}

impl Fault {
    /// On every call whose method and path begin so, such as `POST /v1/jobs`; empty: on every call.
    pub fn on(call: &str, does: Does) -> Self {
        Self { on: call.to_owned(), does, left: usize::MAX, until: None }
    }

    /// So many times.
    #[must_use]
    pub fn times(self, left: usize) -> Self {
        Self { left, ..self }
    }

    /// For this long.
    #[must_use]
    pub fn during(self, time: Duration) -> Self {
        Self { until: Some(Instant::now() + time), ..self }
    }

    /// The servers are gone for this long, and come back with all that they knew.
    pub fn restart(time: Duration) -> Self {
        Self::on("", Does::Cut).during(time)
    }

    /// The servers elect a leader: for this long nobody can decide anything.
    pub fn election(time: Duration) -> Self {
        Self::on("", Does::Refuse(500, "No cluster leader".to_owned())).during(time)
    }
}

/// What goes wrong with a call: the first fault that fits and is not used up.
pub fn strike(faults: &mut Vec<Fault>, call: &Call) -> Option<Does> {
    faults.retain(|fault| fault.left > 0 && fault.until.is_none_or(|until| Instant::now() < until));
    let line = call.line();
    let fault = faults.iter_mut().find(|fault| line.starts_with(&fault.on))?;
    fault.left -= 1;
    Some(fault.does.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(line: &str) -> Call {
        let (method, path) = line.split_once(" /v1/").expect("a line");
        let path = path.split('/').map(str::to_owned).collect();
        Call { method: method.to_owned(), path, ..Call::default() }
    }

    #[test]
    fn a_fault_strikes_what_it_is_for_and_as_often_as_it_may() {
        let mut faults = vec![Fault::on("POST /v1/jobs", Does::Cut).times(2)];
        assert_eq!(strike(&mut faults, &call("GET /v1/jobs")), None);
        for _ in 0..2 {
            assert_eq!(strike(&mut faults, &call("POST /v1/jobs")), Some(Does::Cut));
        }
        assert_eq!(strike(&mut faults, &call("POST /v1/jobs")), None);
        let mut faults = vec![Fault::election(Duration::ZERO)];
        assert_eq!(strike(&mut faults, &call("GET /v1/jobs")), None);
    }
}
