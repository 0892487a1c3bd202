use std::sync::atomic::Ordering;

use crate::endpoints;
use crate::faults::{Fault, FaultRecord};
use crate::handle::MockGreenhouse;

/// Faults and refused connections.
impl MockGreenhouse {
    /// Adds a fault, which counts requests from now on. If several faults are due, the one added
    /// first occurs, so faults for the next request occur one after another. Returns the number of
    /// the fault.
    ///
    /// # Panics
    ///
    /// Panics if the fault can never occur, because its endpoint does not exist, its status is not
    /// from 400 to 599, or it waits for request number 0.
    #[track_caller]
    pub fn add_fault(&self, fault: Fault) -> u64 {
        let problem = endpoints::problem_of(&fault);
        assert!(
            problem.is_none(),
            "{}",
            problem.as_deref().unwrap_or_default()
        );
        self.world.add_fault(fault)
    }

    /// Returns every fault in the order of addition, with its number of occurrences.
    #[must_use]
    pub fn faults(&self) -> Vec<FaultRecord> {
        self.world.faults.all()
    }

    /// Returns the faults that have not occurred as often as planned.
    #[must_use]
    pub fn unused_faults(&self) -> Vec<FaultRecord> {
        let mut faults = self.faults();
        faults.retain(|fault| !fault.is_used());
        faults
    }

    /// Removes a fault. Returns `true` if the fault existed.
    pub fn remove_fault(&self, id: u64) -> bool {
        self.world.faults.remove(id)
    }

    /// Removes every fault.
    pub fn clear_faults(&self) {
        self.world.faults.clear();
    }

    /// Returns the number of stalled requests whose callers are still waiting. A request with
    /// [`FaultKind::StallApplied`](crate::FaultKind::StallApplied) is counted after it has been
    /// applied. A test with a held clock can use this number to decide when to advance the clock.
    #[must_use]
    pub fn stalled_requests(&self) -> usize {
        self.world.stalled_requests.load(Ordering::SeqCst)
    }

    /// Makes the operating system refuse every connection, as if no server were running. The mock
    /// keeps its port. Open connections are closed after the request in progress.
    pub async fn refuse_connections(&self) {
        if let Some(server) = &self.server {
            server.refuse(true).await;
        }
    }

    /// Accepts connections again.
    pub async fn accept_connections(&self) {
        if let Some(server) = &self.server {
            server.refuse(false).await;
        }
    }
}
