use chrono::SecondsFormat;
use greenhouse_core::{
    AccountId,
    health::Check,
    later,
    store::{StoreError, TaskKind},
};

use super::{LONG, PushService, store};

impl PushService {
    /// Whether somebody does the work that a new link leaves to whoever takes web hooks in; nothing to say where none come in.
    pub(super) async fn look_back(&self, account: &AccountId) -> Option<Check> {
        let looked = self.waits_long(account).await;
        looked.unwrap_or_else(|error| Some(store(&error)))
    }

    async fn waits_long(&self, account: &AccountId) -> Result<Option<Check>, StoreError> {
        if !self.parts.clients.syncs(account).await? {
            return Ok(None);
        }
        let name = "push_look_back";
        let kinds = [TaskKind::ReplayIgnored];
        let waiting = self.parts.store.backlog(account, &kinds).await?;
        Ok(Some(match waiting.oldest {
            Some(oldest) if later(oldest, LONG) < self.now() => {
                let since = oldest.to_rfc3339_opts(SecondsFormat::Secs, true);
                Check::warning(
                    name,
                    format!(
                        "Since {since} nobody has looked whether web hooks came in before their push was known. Pushes that \
                         wait for it: {}.",
                        waiting.count
                    ),
                    "See that a host runs PartnerService with its work in the background, on this database. Where none is \
                     to take web hooks in, switch the sync off.",
                )
            }
            _ => Check::ok(
                name,
                "No push waits for a look at web hooks that came in before it was known.",
            ),
        }))
    }
}
