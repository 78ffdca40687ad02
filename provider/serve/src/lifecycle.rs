//! What the work on behalf of Terraform may know of the life of the process that it runs in.
//!
//! Exists because "stop" and "shut down" are two things: `Stop` asks running work to come to an early end
//! while the process stays, answers and lets that work be saved; a shutdown ends the process. Must never
//! end the process itself: `transport` does.

use std::sync::{Arc, Mutex, PoisonError};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// The life of this process: cheap to clone, the same for all who hold one.
#[derive(Clone, Debug, Default)]
pub struct Lifecycle(Arc<State>);

#[derive(Debug)]
struct State {
    stop: Mutex<CancellationToken>,
    shutdown: CancellationToken,
    work: TaskTracker,
}

impl Default for State {
    fn default() -> Self {
        let shutdown = CancellationToken::new();
        let work = TaskTracker::new();
        // A closed tracker still takes work; closing it only lets `idle` return once there is none.
        work.close();
        Self { stop: Mutex::new(shutdown.child_token()), shutdown, work }
    }
}

impl Lifecycle {
    /// Runs a call's work as a task of its own, which the process waits for when it ends politely.
    ///
    /// A panic stays inside the task, and the task goes on when Terraform hangs up. Needs a tokio runtime.
    pub fn spawn<F>(&self, work: F) -> JoinHandle<F::Output>
    where
        F: Future<Output: Send + 'static> + Send + 'static,
    {
        self.0.work.spawn(work)
    }

    /// The token of work that starts now: cancelled when Terraform asks to stop and when the process ends.
    ///
    /// Work that has to be done all the same (closing, cleaning up) does without it.
    pub fn stop_token(&self) -> CancellationToken {
        self.0.stop.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Terraform asked to stop: work that is running, and work that the same session still starts, ends early.
    pub fn stop(&self) {
        self.stop_token().cancel();
    }

    /// The token that ends whatever would otherwise never end, such as a stream that is held open.
    pub fn shutdown_token(&self) -> CancellationToken {
        self.0.shutdown.clone()
    }

    /// Ends the process as soon as what can end quickly has ended.
    pub(crate) fn shut_down(&self) {
        self.0.shutdown.cancel();
    }

    /// A new session begins, to which an old one's stop means nothing.
    pub(crate) fn rearm(&self) {
        let mut stop = self.0.stop.lock().unwrap_or_else(PoisonError::into_inner);
        if stop.is_cancelled() {
            *stop = self.0.shutdown.child_token();
        }
    }

    /// Waits until no work is running.
    pub(crate) async fn idle(&self) {
        self.0.work.wait().await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stop_is_not_shutdown() {
        let life = Lifecycle::default();
        let token = life.stop_token();
        life.stop();
        assert!(token.is_cancelled());
        assert!(life.stop_token().is_cancelled(), "late work of the same session is stopped too");
        assert!(!life.shutdown_token().is_cancelled());
    }

    #[test]
    fn a_new_session_is_not_stopped_by_the_last_ones_stop() {
        let life = Lifecycle::default();
        let old = life.stop_token();
        life.stop();
        life.rearm();
        assert!(old.is_cancelled());
        let new = life.stop_token();
        assert!(!new.is_cancelled());
        life.rearm();
        life.stop();
        assert!(new.is_cancelled(), "re-arming keeps a token that was never used up");
    }

    #[test]
    fn a_shutdown_stops_work_too() {
        let life = Lifecycle::default();
        let token = life.stop_token();
        life.shut_down();
        assert!(token.is_cancelled());
        life.rearm();
        assert!(life.stop_token().is_cancelled(), "no session comes after the end");
    }

    #[tokio::test]
    async fn idle_waits_for_work_and_survives_its_panics() {
        let life = Lifecycle::default();
        life.idle().await;
        let (finish, finished) = tokio::sync::oneshot::channel::<()>();
        life.spawn(finished);
        let crashed = life.spawn(async { panic!("on purpose") });
        assert!(crashed.await.unwrap_err().is_panic());
        let waiting = tokio::spawn({
            let life = life.clone();
            async move { life.idle().await }
        });
        tokio::task::yield_now().await;
        assert!(!waiting.is_finished());
        finish.send(()).unwrap();
        waiting.await.unwrap();
    }
}
