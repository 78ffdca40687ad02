//! The same work on each of some things, by two threads: most machines have a second processor, and few packs would use a
//! third. What comes back is in the order of the things, whoever did them.

use std::cmp::Reverse;
use std::sync::{Mutex, PoisonError, mpsc};
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
    beside(|| (), || things, weight, work).1
}

/// The same on things that have to be found first; `other` is done by the second thread meanwhile.
pub fn beside<O: Send, T: Send, R: Send>(
    other: impl Fn() -> O + Sync,
    find: impl FnOnce() -> Vec<T>,
    weight: impl Fn(&T) -> usize,
    work: impl Fn(T) -> R + Sync,
) -> (O, Vec<R>) {
    let (give, waiting) = mpsc::channel();
    let waiting = Mutex::new(waiting);
    // Waits until the things are found; there are no more of them once the channel is closed.
    let next = || waiting.lock().unwrap_or_else(PoisonError::into_inner).recv().ok();
    let some = || std::iter::from_fn(next).map(|(at, thing)| (at, work(thing))).collect::<Vec<_>>();
    let (apart, mut done) = thread::scope(|scope| {
        let second = thread::Builder::new().stack_size(STACK).spawn_scoped(scope, || (other(), some()));
        let mut things: Vec<(usize, T)> = find().into_iter().enumerate().collect();
        things.sort_by_key(|(_, thing)| Reverse(weight(thing)));
        for thing in things {
            // There is somebody who takes it: this thread.
            let _ = give.send(thing);
        }
        drop(give);
        let mut done = some();
        match second.map(thread::ScopedJoinHandle::join) {
            Ok(Ok((apart, more))) => {
                done.extend(more);
                (apart, done)
            }
            Ok(Err(panic)) => std::panic::resume_unwind(panic),
            // Where no second thread can be had, the first does everything.
            Err(_) => (other(), done),
        }
    });
    done.sort_unstable_by_key(|(at, _)| *at);
    (apart, done.into_iter().map(|(_, result)| result).collect())
}

#[cfg(test)]
mod tests {
    use super::{beside, each};

    #[test]
    fn results_are_in_order() {
        for count in [0, 1, 2, 500] {
            let things: Vec<usize> = (0..count).collect();
            assert_eq!(each(things.clone(), |thing| thing % 7, |thing| thing), things);
            assert_eq!(beside(|| 7, || things.clone(), |_| 0, |thing| thing), (7, things));
        }
    }

    #[test]
    #[should_panic = "in the work"]
    fn a_panic_is_handed_on() {
        beside(|| (), || vec![1, 2, 3], |_| 0, |_| panic!("in the work"));
    }
}
