use std::time::Duration;

use greenhouse_core::{
    AccountId,
    health::Check,
    later,
    store::{StoreError, TaskKind},
};

use super::{Checks, time};

impl Checks {
    /// Whether [`Reconciliation`](crate::Reconciliation) is done when it is due. An account has one piece of that work at
    /// any time: the present batch, or the beginning of the next comparison.
    pub(super) async fn comparison(&self, account: &AccountId) -> Result<Check, StoreError> {
        let name = "comparison";
        if !self.reader {
            return Ok(Check::ok(
                name,
                "Pushed applications are not compared with Greenhouse: this host cannot read them.",
            ));
        }
        let store = &self.store;
        let waiting = store.backlog(account, &[TaskKind::Reconcile]).await?;
        let now = self.clock.now();
        Ok(match waiting.oldest {
            None => Check::ok(
                name,
                "No comparison of pushed applications with Greenhouse is planned yet; a host that makes them plans one \
                 within an hour.",
            ),
            Some(at) if at > now => Check::ok(
                name,
                format!(
                    "Pushed applications are compared with Greenhouse next at {}.",
                    time(at)
                ),
            ),
            Some(at) if later(at, LONG) < now => Check::warning(
                name,
                format!(
                    "Pushed applications are to be compared with Greenhouse since {}, and it is not done: what web hooks \
                     missed is not found.",
                    time(at)
                ),
                "See whether a host runs and does its work in the background, and whether Greenhouse can be read: the \
                 checks of Harvest and the host's log tell. It goes on by itself.",
            ),
            Some(at) => Check::ok(
                name,
                format!(
                    "Pushed applications are being compared with Greenhouse, this part of them since {}.",
                    time(at)
                ),
            ),
        })
    }
}

/// A batch takes seconds. One that Greenhouse does not answer at once has been asked for several times by then.
const LONG: Duration = Duration::from_secs(60 * 60);
