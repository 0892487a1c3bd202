use std::sync::atomic::Ordering;

use crate::faults::{Fault, PlannedFault};
use crate::handle::MockGreenhouse;

/// Making things go wrong.
impl MockGreenhouse {
    /// Adds a fault; it counts requests from now on. Of several that are due, the one added first happens: faults of the next request
    /// happen one after the other. Returns its number.
    pub fn add_fault(&self, fault: Fault) -> u64 {
        self.world.add_fault(fault)
    }

    /// Every fault with what became of it, in the order in which they were added.
    #[must_use]
    pub fn faults(&self) -> Vec<PlannedFault> {
        self.world.faults.all()
    }

    /// The faults that have not happened as often as they were to.
    #[must_use]
    pub fn unused_faults(&self) -> Vec<PlannedFault> {
        let mut faults = self.faults();
        faults.retain(|fault| !fault.is_used());
        faults
    }

    /// Removes one fault. Returns whether there was one.
    pub fn remove_fault(&self, id: u64) -> bool {
        self.world.faults.remove(id)
    }

    /// Removes every fault.
    pub fn clear_faults(&self) {
        self.world.faults.clear();
    }

    /// How many requests are being left unanswered by a stall: counted once it is decided what becomes of the request, until its
    /// caller has gone. With a clock that a test holds this tells when to advance it.
    #[must_use]
    pub fn unanswered(&self) -> usize {
        self.world.unanswered.load(Ordering::SeqCst)
    }

    /// Has the system refuse every connection from the return on, as if nothing ran here; the port stays this mock's own. Connections
    /// that are open are closed after the request in progress.
    pub async fn refuse_connections(&self) {
        if let Some(server) = &self.server {
            server.refuse(true).await;
        }
    }

    /// Takes connections again.
    pub async fn accept_connections(&self) {
        if let Some(server) = &self.server {
            server.refuse(false).await;
        }
    }
}
