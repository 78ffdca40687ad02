//! The same work on each of some things, by two threads: most machines have a second processor, and few packs would use a
//! third. What comes back is in the order of the things, whoever did them.

use std::cmp::Reverse;
use std::sync::{Mutex, PoisonError};
use std::thread;

/// As much as the first thread has on most systems: how deep a thing may be must not depend on who meets it.
const STACK: usize = 8 << 20;

/// Does the work on each thing. The heaviest are begun first, so that no thread waits for one that the other began last.
pub fn each<T: Send, R: Send>(
    things: Vec<T>,
    weight: impl Fn(&T) -> usize,
    work: impl Fn(T) -> R + Sync,
) -> Vec<R> {
    if things.len() < 2 {
        return things.into_iter().map(work).collect();
    }
    let mut things: Vec<(usize, T)> = things.into_iter().enumerate().collect();
    things.sort_by_key(|(_, thing)| Reverse(weight(thing)));
    let waiting = Mutex::new(things.into_iter());
    let next = || waiting.lock().unwrap_or_else(PoisonError::into_inner).next();
    let some = || std::iter::from_fn(next).map(|(at, thing)| (at, work(thing))).collect::<Vec<_>>();
    let mut done = thread::scope(|scope| {
        let other = thread::Builder::new().stack_size(STACK).spawn_scoped(scope, some);
        let mut done = some();
        // Where no second thread can be had, the first has done everything.
        match other.map(thread::ScopedJoinHandle::join) {
            Ok(Ok(more)) => done.extend(more),
            Ok(Err(panic)) => std::panic::resume_unwind(panic),
            Err(_) => {}
        }
        done
    });
    done.sort_unstable_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, result)| result).collect()
}

#[cfg(test)]
mod tests {
    use super::each;

    #[test]
    fn results_are_in_order() {
        for count in [0, 1, 2, 500] {
            let things: Vec<usize> = (0..count).collect();
            assert_eq!(each(things.clone(), |thing| thing % 7, |thing| thing), things);
        }
    }
}
