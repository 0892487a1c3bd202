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

/// The waiting connections of a host.
#[derive(Debug, Default)]
pub(super) struct Seats {
    table: Mutex<Table>,
    changed: Notify,
    closing: AtomicBool,
}

#[derive(Debug, Default)]
struct Table {
    waiting: BTreeMap<u64, Arc<Signal>>,
    /// The next number in the order.
    next: u64,
    /// The connection that was told to close, until it has.
    told: Option<u64>,
    /// Returns `true` if one was to be picked while none waited.
    wanted: bool,
}

/// Wakes one connection.
#[derive(Debug, Default)]
pub(super) struct Signal {
    pub(super) waker: AtomicWaker,
    told: AtomicBool,
}

impl Seats {
    /// Adds a connection. It waits from now on.
    pub(super) fn add(seats: &Arc<Self>) -> Seat {
        let seat = Seat {
            seats: Arc::clone(seats),
            number: Mutex::default(),
            signal: Arc::default(),
        };
        seat.wait();
        seat
    }

    /// Tells the connection that has waited longest to close, unless one was told already. It closes, or goes on because
    /// data has just arrived.
    pub(super) fn pick(&self) {
        let mut table = lock(&self.table);
        if table.told.is_some() {
            return;
        }
        match table.waiting.pop_first() {
            Some((number, signal)) => {
                table.told = Some(number);
                signal.told.store(true, Relaxed);
                signal.waker.wake();
            }
            None => table.wanted = true,
        }
    }

    /// Returns when [`pick`](Self::pick) is worth another call.
    pub(super) async fn changed(&self) {
        self.changed.notified().await;
    }

    /// Tells every connection that the host is being stopped.
    pub(super) fn close(&self) {
        self.closing.store(true, Relaxed);
        for signal in lock(&self.table).waiting.values() {
            signal.waker.wake();
        }
    }
}

/// The place of one connection. Dropped, it is free.
#[derive(Debug)]
pub(super) struct Seat {
    seats: Arc<Seats>,
    /// Its number while it waits.
    number: Mutex<Option<u64>>,
    pub(super) signal: Arc<Signal>,
}

impl Seat {
    /// It waits for a request from now on. Earlier signals do not count.
    pub(super) fn wait(&self) {
        self.leave();
        let mut table = lock(&self.seats.table);
        let number = table.next;
        table.next += 1;
        table.waiting.insert(number, Arc::clone(&self.signal));
        *lock(&self.number) = Some(number);
        if std::mem::take(&mut table.wanted) {
            self.seats.changed.notify_one();
        }
    }

    /// It does not wait any more. Earlier signals do not count.
    pub(super) fn leave(&self) {
        let Some(number) = lock(&self.number).take() else {
            return;
        };
        let mut table = lock(&self.seats.table);
        table.waiting.remove(&number);
        self.signal.told.store(false, Relaxed);
        if table.told == Some(number) {
            table.told = None;
            self.seats.changed.notify_one();
        }
    }

    /// Returns `true` if it is to close for another connection.
    pub(super) fn is_told(&self) -> bool {
        self.signal.told.load(Relaxed)
    }

    /// Returns `true` if the host is being stopped.
    pub(super) fn is_closing(&self) -> bool {
        self.seats.closing.load(Relaxed)
    }
}

impl Drop for Seat {
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
    async fn the_longest_waiting_is_told_and_no_other_until_it_has_gone() {
        let seats = Arc::new(Seats::default());
        let mut all: Vec<_> = (0..4).map(|_| Seats::add(&seats)).collect();
        all[0].wait();
        all[1].leave();
        seats.pick();
        seats.pick();
        assert_eq!(told(&all), [2]);
        assert!(!changed(&seats).await);
        all.remove(2);
        assert!(changed(&seats).await);
        seats.pick();
        assert_eq!(told(&all), [2], "the fourth");
        all.remove(2);
        seats.pick();
        assert_eq!(told(&all), [0]);
    }

    #[tokio::test]
    async fn one_with_a_request_by_then_was_not_told() {
        let seats = Arc::new(Seats::default());
        let all: Vec<_> = (0..2).map(|_| Seats::add(&seats)).collect();
        seats.pick();
        all[0].leave();
        assert!(changed(&seats).await);
        assert_eq!(told(&all), NONE);
        all[0].wait();
        assert_eq!(told(&all), NONE, "it waits anew");
        seats.pick();
        assert_eq!(told(&all), [1]);
    }

    #[tokio::test]
    async fn if_none_waits_the_first_that_does_is_announced() {
        let seats = Arc::new(Seats::default());
        let all = [Seats::add(&seats)];
        all[0].leave();
        seats.pick();
        assert!(!changed(&seats).await);
        all[0].wait();
        assert!(changed(&seats).await);
        seats.pick();
        assert_eq!(told(&all), [0]);
    }

    fn told(all: &[Seat]) -> Vec<usize> {
        let told = all.iter().enumerate().filter(|(_, seat)| seat.is_told());
        told.map(|(number, _)| number).collect()
    }

    async fn changed(seats: &Seats) -> bool {
        cut_short(0, seats.changed()).await.is_some()
    }

    const NONE: [usize; 0] = [];
}
