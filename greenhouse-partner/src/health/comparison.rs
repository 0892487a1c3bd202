use std::time::Duration;

use greenhouse_core::{
    AccountId,
    health::Check,
    later,
    store::{StoreError, TaskKind},
};

use super::Checks;
use crate::texts::{health as texts, time};

impl Checks {
    /// Checks that [`Reconciliation`](crate::Reconciliation) is not overdue. An account has one
    /// such task at any time: the current batch, or the start of the next comparison.
    pub(super) async fn comparison(&self, account: &AccountId) -> Result<Check, StoreError> {
        if !self.reader {
            return Ok(texts::comparison_off());
        }
        let waiting = self.store.backlog(account, &[TaskKind::Reconcile]).await?;
        let now = self.clock.now();
        Ok(match waiting.oldest {
            None => texts::comparison_unscheduled(),
            Some(at) if at > now => texts::comparison_scheduled(&time(at)),
            Some(at) if later(at, OVERDUE) < now => texts::comparison_late(&time(at)),
            Some(at) => texts::comparison_running(&time(at)),
        })
    }
}

/// Time after which a batch is overdue. A batch takes seconds, and is retried several times in this
/// time if Greenhouse does not respond.
const OVERDUE: Duration = Duration::from_secs(60 * 60);
