//! Another Nomad, on a cluster that is written to all the time, and a server that is lost in the middle of it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use acceptance_tests::find;

use super::lab::{Asking, Lab, version};

/// From an older release where one is found. Otherwise the archive is the same by another name: then the order is tested,
/// and what survives it.
pub fn survives_a_loss(lab: &mut Lab) {
    let now = version(&lab.nomad);
    let before = if let Some(older) = find("older-nomad") {
        lab.hosts_get(&older);
        version(&older)
    } else {
        eprintln!("skipped: data of an older release: older-nomad (LOSTOPS_OLDER_NOMAD) not found");
        "2.0.4".to_owned()
    };
    let [older, newer] = [&before, &now].map(|version| format!("nomad_version = {version:?}"));
    lab.config(&[1, 2, 3], &[4], &older);
    lab.apply(&format!("an older cluster, of {before}"));
    lab.nomad_says(&["node", "status"], |said| said.contains("ready"));
    let writer = Writer::start(lab.asking());

    let program = lab.nomad.clone();
    lab.hosts_get(&program);
    lab.config(&[1, 2, 3], &[4], &newer);
    let apply = lab.start();
    lab.told("restarted nomad.service");
    let restarted = |number: usize| lab.progress().contains(&format!("h{number}: restarted nomad.service"));
    let victim = [1, 2, 3].into_iter().find(|number| !restarted(*number)).expect("not all at once");
    lab.say(&format!("h{victim} is lost while another server is changed"));
    lab.fleet.cut(victim - 1);
    let outcome = apply.finish_within(Duration::from_mins(10));
    assert_eq!(outcome.code, Some(1), "{outcome:?}");
    outcome.says(&format!("h{victim}"));
    let busy = lab.progress().lines().filter(|line| line.ends_with("restarted nomad.service")).count();
    assert!(busy < 3, "nobody went on to the last server of three: {}", lab.progress());
    lab.nomad_says(&["server", "members"], |said| said.matches("alive").count() >= 2);
    lab.say("the other two go on");

    lab.fleet.power(victim - 1);
    lab.apply("it is back, and the upgrade is finished");
    let drained = lab.progress().contains("h4: moving its work elsewhere");
    assert!(drained, "a client is emptied before it gets another Nomad: {}", lab.progress());
    let acknowledged = writer.stop();
    lab.say(&format!("{} writes were acknowledged meanwhile", acknowledged.len()));
    assert!(acknowledged.len() > 20, "somebody wrote");
    let (listed, kept) = lab.nomad(&["var", "list", "-out", "terse"]);
    let lost: Vec<&String> =
        acknowledged.iter().filter(|name| !kept.lines().any(|line| line == *name)).collect();
    assert!(listed && lost.is_empty(), "lost: {lost:?}");

    lab.config(&[1, 2, 3], &[4], &older);
    lab.run(&["plan"]).exits(1).says(&format!("Nomad cannot go back from {now} to {before}"));
    lab.config(&[1, 2, 3], &[4], &newer);
    let outcome = lab.run(&["destroy", "-auto-approve"]);
    assert_eq!(outcome.code, Some(0), "{outcome:?}");
    lab.here.check_leftovers();
}

/// Somebody who writes all the time and remembers what was acknowledged.
struct Writer {
    go_on: Arc<AtomicBool>,
    thread: thread::JoinHandle<Vec<String>>,
}

impl Writer {
    fn start(asking: Asking) -> Self {
        let go_on = Arc::new(AtomicBool::new(true));
        let going = Arc::clone(&go_on);
        let thread = thread::spawn(move || {
            let mut acknowledged = Vec::new();
            for number in 0.. {
                if !going.load(Ordering::Relaxed) {
                    break;
                }
                let name = format!("write-{number:05}");
                if asking.say(&["var", "put", "-out", "none", &name, "a=b"]).0 {
                    acknowledged.push(name);
                }
                thread::sleep(Duration::from_millis(200));
            }
            acknowledged
        });
        Self { go_on, thread }
    }

    fn stop(self) -> Vec<String> {
        self.go_on.store(false, Ordering::Relaxed);
        self.thread.join().expect("writing does not panic")
    }
}
