use greenhouse_core::{
    AccountId,
    store::{AccountPage, AccountRecord, Records, StoreError},
};

/// Every account, in the order of their ids, read page by page; `each` is told of one after the other.
///
/// # Errors
///
/// [`StoreError`] where the store could not be asked; what was told of until then is right.
pub async fn list(store: &dyn Records, mut each: impl FnMut(Listed)) -> Result<(), StoreError> {
    let mut after: Option<AccountId> = None;
    loop {
        let page = store
            .accounts(after.as_ref(), AccountPage::MAX_LIMIT)
            .await?;
        for id in page.accounts {
            // Whoever is removed in between is not listed.
            if let Some(record) = store.account(&id).await? {
                each(Listed { id, record });
            }
        }
        match page.next {
            Some(next) => after = Some(next),
            None => return Ok(()),
        }
    }
}

/// One account, as the store has it.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Listed {
    /// The account.
    pub id: AccountId,
    /// Its record. Its Debug shows no secret.
    pub record: AccountRecord,
}

impl Listed {
    /// Which directions are on, in words.
    pub fn switches(&self) -> String {
        let settings = &self.record.settings;
        let word = |name: &str, enabled: Option<bool>| match enabled {
            Some(true) => format!("{name} on"),
            Some(false) => format!("{name} off"),
            None => format!("{name} not set up"),
        };
        [
            word(
                "assessments",
                settings.assessments.as_ref().map(|own| own.enabled),
            ),
            word("push", settings.push.as_ref().map(|own| own.enabled)),
            word("sync", settings.sync.as_ref().map(|own| own.enabled)),
        ]
        .join(", ")
    }
}
