//! Connections that wait for a request, in the order in which they began to wait.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
};

use futures_util::task::AtomicWaker;
use tokio::sync::Notify;

/// Idle connections of a host.
#[derive(Debug, Default)]
pub(super) struct IdleConnections {
    queue: Mutex<IdleQueue>,
    changed: Notify,
    shutting_down: AtomicBool,
}

#[derive(Debug, Default)]
struct IdleQueue {
    waiting: BTreeMap<u64, Arc<CloseSignal>>,
    next_number: u64,
    /// Connection that was signaled to close and has not closed yet.
    closing: Option<u64>,
    /// `true` if `close_longest` found no idle connection, until a connection becomes idle.
    close_next: bool,
}

/// Signal that wakes one connection, which closes if `must_close` is set.
#[derive(Debug, Default)]
pub(super) struct CloseSignal {
    pub(super) waker: AtomicWaker,
    must_close: AtomicBool,
}

impl IdleConnections {
    /// Adds a connection. It is idle until its first request.
    pub(super) fn add(connections: &Arc<Self>) -> IdleHandle {
        let handle = IdleHandle {
            connections: Arc::clone(connections),
            number: Mutex::default(),
            signal: Arc::default(),
        };
        handle.enter();
        handle
    }

    /// Signals the longest idle connection to close, unless another one is about to close. The
    /// connection stays open if data has just arrived.
    pub(super) fn close_longest(&self) {
        let mut queue = lock(&self.queue);
        if queue.closing.is_some() {
            return;
        }
        match queue.waiting.pop_first() {
            Some((number, signal)) => {
                queue.closing = Some(number);
                signal.must_close.store(true, Relaxed);
                signal.waker.wake();
            }
            None => queue.close_next = true,
        }
    }

    /// Waits until another call of [`close_longest`](Self::close_longest) can close a connection.
    pub(super) async fn wait_for_change(&self) {
        self.changed.notified().await;
    }

    /// Signals to every connection that the host is shutting down.
    pub(super) fn shut_down(&self) {
        self.shutting_down.store(true, Relaxed);
        for signal in lock(&self.queue).waiting.values() {
            signal.waker.wake();
        }
    }
}

/// Handle of one connection in [`IdleConnections`]. Removes the connection on drop.
#[derive(Debug)]
pub(super) struct IdleHandle {
    connections: Arc<IdleConnections>,
    /// Number in the queue. `None` while the connection is busy.
    number: Mutex<Option<u64>>,
    pub(super) signal: Arc<CloseSignal>,
}

impl IdleHandle {
    /// Marks the connection as idle from now on, and clears earlier signals.
    pub(super) fn enter(&self) {
        self.leave();
        let mut queue = lock(&self.connections.queue);
        let number = queue.next_number;
        queue.next_number += 1;
        queue.waiting.insert(number, Arc::clone(&self.signal));
        *lock(&self.number) = Some(number);
        if std::mem::take(&mut queue.close_next) {
            self.connections.changed.notify_one();
        }
    }

    /// Marks the connection as busy, and clears earlier signals.
    pub(super) fn leave(&self) {
        let Some(number) = lock(&self.number).take() else {
            return;
        };
        let mut queue = lock(&self.connections.queue);
        queue.waiting.remove(&number);
        self.signal.must_close.store(false, Relaxed);
        if queue.closing == Some(number) {
            queue.closing = None;
            self.connections.changed.notify_one();
        }
    }

    /// Returns `true` if the connection must close to make room for another one.
    pub(super) fn must_close(&self) -> bool {
        self.signal.must_close.load(Relaxed)
    }

    /// Returns `true` if the host is shutting down.
    pub(super) fn is_shutting_down(&self) -> bool {
        self.connections.shutting_down.load(Relaxed)
    }
}

impl Drop for IdleHandle {
    fn drop(&mut self) {
        self.leave();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use greenhouse_core::testing::cut_short;

    use super::*;

    #[tokio::test]
    async fn one_connection_closes_at_a_time_longest_idle_first() {
        let idle = Arc::new(IdleConnections::default());
        let mut all: Vec<_> = (0..4).map(|_| IdleConnections::add(&idle)).collect();
        all[0].enter();
        all[1].leave();
        idle.close_longest();
        idle.close_longest();
        assert_eq!(closing(&all), [2]);
        assert!(!has_changed(&idle).await);
        all.remove(2);
        assert!(has_changed(&idle).await);
        idle.close_longest();
        assert_eq!(closing(&all), [2], "the fourth");
        all.remove(2);
        idle.close_longest();
        assert_eq!(closing(&all), [0]);
    }

    #[tokio::test]
    async fn a_new_request_clears_the_signal() {
        let idle = Arc::new(IdleConnections::default());
        let all: Vec<_> = (0..2).map(|_| IdleConnections::add(&idle)).collect();
        idle.close_longest();
        all[0].leave();
        assert!(has_changed(&idle).await);
        assert_eq!(closing(&all), NONE);
        all[0].enter();
        assert_eq!(closing(&all), NONE, "it is now the last to be closed");
        idle.close_longest();
        assert_eq!(closing(&all), [1]);
    }

    #[tokio::test]
    async fn the_next_idle_connection_is_announced_if_none_was_idle() {
        let idle = Arc::new(IdleConnections::default());
        let all = [IdleConnections::add(&idle)];
        all[0].leave();
        idle.close_longest();
        assert!(!has_changed(&idle).await);
        all[0].enter();
        assert!(has_changed(&idle).await);
        idle.close_longest();
        assert_eq!(closing(&all), [0]);
    }

    fn closing(all: &[IdleHandle]) -> Vec<usize> {
        let closing = all.iter().enumerate();
        let closing = closing.filter(|(_, handle)| handle.must_close());
        closing.map(|(number, _)| number).collect()
    }

    async fn has_changed(idle: &IdleConnections) -> bool {
        cut_short(0, idle.wait_for_change()).await.is_some()
    }

    const NONE: [usize; 0] = [];
}
