use greenhouse_core::{
    AccountId,
    store::{AccountPage, AccountRecord, Records, StoreError},
};

/// Calls `each` for every account, in order of id. Reads one page at a time.
///
/// # Errors
///
/// [`StoreError`] if the store fails. `each` may already have been called for some accounts.
pub async fn list(
    store: &dyn Records,
    mut each: impl FnMut(ListedAccount),
) -> Result<(), StoreError> {
    let mut after: Option<AccountId> = None;
    loop {
        let page = store
            .accounts(after.as_ref(), AccountPage::MAX_LIMIT)
            .await?;
        for id in page.accounts {
            // The account may have been removed since the page was read.
            if let Some(record) = store.account(&id).await? {
                each(ListedAccount { id, record });
            }
        }
        match page.next {
            Some(next) => after = Some(next),
            None => return Ok(()),
        }
    }
}

/// Account in the store.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ListedAccount {
    /// Id of the account.
    pub id: AccountId,
    /// Record of the account. Its `Debug` output contains no secrets.
    pub record: AccountRecord,
}

impl ListedAccount {
    /// Describes the state of each direction, such as `assessments on, push off, sync not set up`.
    pub fn switches(&self) -> String {
        let settings = &self.record.settings;
        let word = |name: &str, enabled: Option<bool>| match enabled {
            Some(true) => format!("{name} on"),
            Some(false) => format!("{name} off"),
            None => format!("{name} not set up"),
        };
        let directions = [
            word(
                "assessments",
                settings.assessments.as_ref().map(|own| own.enabled),
            ),
            word("push", settings.push.as_ref().map(|own| own.enabled)),
            word("sync", settings.sync.as_ref().map(|own| own.enabled)),
        ]
        .join(", ");
        match settings.enabled {
            true => directions,
            false => format!("switched off ({directions})"),
        }
    }
}
