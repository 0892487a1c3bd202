//! Which connections wait for a request, and since when.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::sync::Notify;

/// The connections that wait for a request, in the order in which they began to.
#[derive(Debug, Default)]
pub(super) struct Seats {
    table: Mutex<Table>,
    changed: Notify,
}

#[derive(Debug, Default)]
struct Table {
    waiting: BTreeMap<u64, Arc<Notify>>,
    /// The next number in the order.
    next: u64,
    /// The one that was told to go, and has not gone yet.
    picked: Option<u64>,
    /// Whether one was to be picked when nobody waited.
    wanted: bool,
}

impl Seats {
    /// One more connection, which waits from now on.
    pub(super) fn one_more(seats: &Arc<Self>) -> Seat {
        let mut seat = Seat {
            seats: Arc::clone(seats),
            number: None,
            told: Arc::new(Notify::new()),
        };
        seat.wait();
        seat
    }

    /// Tells the one that has waited longest to go, unless one was told already. It goes, or stays because it has just been
    /// sent something.
    pub(super) fn pick(&self) {
        let mut table = self.table();
        if table.picked.is_some() {
            return;
        }
        match table.waiting.pop_first() {
            Some((number, told)) => {
                table.picked = Some(number);
                told.notify_one();
            }
            None => table.wanted = true,
        }
    }

    /// Returns when [`pick`](Self::pick) is worth another call: the one that was told stays, or somebody waits.
    pub(super) async fn changed(&self) {
        self.changed.notified().await;
    }

    fn table(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What the table knows of one connection. Dropped, it knows nothing.
#[derive(Debug)]
pub(super) struct Seat {
    seats: Arc<Seats>,
    number: Option<u64>,
    told: Arc<Notify>,
}

impl Seat {
    /// From now on it waits for a request. Whatever it was told before does not count.
    pub(super) fn wait(&mut self) {
        self.leave();
        let mut table = self.seats.table();
        let number = table.next;
        table.next += 1;
        table.waiting.insert(number, Arc::clone(&self.told));
        self.number = Some(number);
        if std::mem::take(&mut table.wanted) {
            self.seats.changed.notify_one();
        }
    }

    /// It does not wait any more. Whatever it was told before does not count.
    pub(super) fn leave(&mut self) {
        let Some(number) = self.number.take() else {
            return;
        };
        let mut table = self.seats.table();
        table.waiting.remove(&number);
        if table.picked == Some(number) {
            table.picked = None;
            self.seats.changed.notify_one();
        }
    }

    /// Returns when it is to go.
    pub(super) async fn told(&self) {
        loop {
            self.told.notified().await;
            let table = self.seats.table();
            if table.picked.is_some() && table.picked == self.number {
                return;
            }
        }
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.leave();
    }
}

#[cfg(test)]
mod tests {
    use greenhouse_core::testing::cut_short;

    use super::*;

    #[tokio::test]
    async fn whoever_has_waited_longest_is_told_and_nobody_else_until_it_has_gone() {
        let seats = Arc::new(Seats::default());
        let mut all: Vec<_> = (0..4).map(|_| Seats::one_more(&seats)).collect();
        all[0].wait();
        all[1].leave();
        seats.pick();
        seats.pick();
        assert_eq!(told(&all).await, [2]);
        assert!(!changed(&seats).await);
        all.remove(2);
        assert!(changed(&seats).await);
        seats.pick();
        assert_eq!(told(&all).await, [2], "the fourth");
        all.remove(2);
        seats.pick();
        assert_eq!(told(&all).await, [0]);
    }

    #[tokio::test]
    async fn whoever_has_a_request_by_then_was_not_told() {
        let seats = Arc::new(Seats::default());
        let mut all: Vec<_> = (0..2).map(|_| Seats::one_more(&seats)).collect();
        seats.pick();
        all[0].leave();
        assert!(changed(&seats).await);
        assert_eq!(told(&all).await, NOBODY);
        all[0].wait();
        assert_eq!(told(&all).await, NOBODY, "it waits anew");
        seats.pick();
        assert_eq!(told(&all).await, [1]);
    }

    #[tokio::test]
    async fn where_nobody_waits_the_first_who_does_is_said() {
        let seats = Arc::new(Seats::default());
        let mut all = [Seats::one_more(&seats)];
        all[0].leave();
        seats.pick();
        assert!(!changed(&seats).await);
        all[0].wait();
        assert!(changed(&seats).await);
        seats.pick();
        assert_eq!(told(&all).await, [0]);
    }

    async fn told(all: &[Seat]) -> Vec<usize> {
        let mut told = Vec::new();
        for (number, seat) in all.iter().enumerate() {
            if cut_short(0, seat.told()).await.is_some() {
                told.push(number);
            }
        }
        told
    }

    async fn changed(seats: &Seats) -> bool {
        cut_short(0, seats.changed()).await.is_some()
    }

    const NOBODY: [usize; 0] = [];
}
