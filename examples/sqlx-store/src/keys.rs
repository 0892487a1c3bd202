//! Which master keys the database needs.
//!
//! Every sealed value names its key, and that key is listed as long as one does (a foreign key sees to it), so that a host
//! without it is refused when it opens rather than when it first needs it.

use std::borrow::Cow;

use greenhouse_core::store::StoreError;

use crate::{
    SqlxStore,
    error::{DatabaseError, OpenError, out_of_range, unavailable},
    seal::{KeyId, MasterKeys},
    session::{Database, Row, Transaction, both, statements},
};

/// Refuses keys of which one is missing, and lists the one that will seal.
pub(crate) async fn require(
    transaction: &mut Transaction,
    keys: &MasterKeys,
) -> Result<(), OpenError> {
    let rows = transaction
        .all(NEEDED, &[])
        .await
        .map_err(OpenError::migrate)?;
    holds(keys, &rows)?;
    let current = keys.current_key_id().to_string();
    transaction
        .execute(NEED, &[(&current).into()])
        .await
        .map_err(OpenError::migrate)?;
    Ok(())
}

/// Refuses keys of which one is missing, and lists none.
pub(crate) async fn holds_needed(database: &Database, keys: &MasterKeys) -> Result<(), OpenError> {
    let rows = database.all_raw(NEEDED, &[]).await;
    holds(keys, &rows.map_err(OpenError::open)?)
}

fn holds(keys: &MasterKeys, needed: &[Row]) -> Result<(), OpenError> {
    for row in needed {
        let id = row.text(0).ok().and_then(|text| KeyId::parse(&text));
        let Some(id) = id else {
            let text = "the database lists a sealing key that is none";
            return Err(OpenError::Open(DatabaseError::text(Cow::Borrowed(text))));
        };
        if !keys.key_ids().any(|known| known == id) {
            return Err(OpenError::MissingKey { key: id });
        }
    }
    Ok(())
}

/// The listed keys but the one that seals, as text.
pub(crate) async fn outdated(
    transaction: &mut Transaction,
    keys: &MasterKeys,
) -> Result<Vec<String>, StoreError> {
    let current = keys.current_key_id().to_string();
    let rows = transaction.all(NEEDED, &[]).await.map_err(unavailable)?;
    let listed: Result<Vec<_>, _> = rows.iter().map(|row| row.text(0)).collect();
    Ok(listed?.into_iter().filter(|id| *id != current).collect())
}

impl SqlxStore {
    /// The master keys that the database needs: without one of them it does not open. A key that nothing needs any more is
    /// among them until [`reseal`](Self::reseal) has answered zero.
    ///
    /// # Errors
    ///
    /// A [`StoreError`] where the database could not be asked.
    pub async fn needed_keys(&self) -> Result<Vec<KeyId>, StoreError> {
        let rows = self.database.all(NEEDED, &[]).await?;
        let id = |row: &Row| {
            let text = row.text(0)?;
            KeyId::parse(&text).ok_or_else(|| out_of_range("sealing_keys"))
        };
        rows.iter().map(id).collect()
    }

    /// Lists the key that seals again, after a host with a newer one found nothing sealed by it and gave it up.
    pub(crate) async fn need_current_key(&self) -> Result<(), StoreError> {
        let current = self.keys.current_key_id().to_string();
        let mut transaction = self.database.begin().await?;
        transaction
            .execute(NEED, &[(&current).into()])
            .await
            .map_err(unavailable)?;
        transaction.commit().await.map_err(unavailable)
    }

    /// Gives up a key that nothing needs, and says whether it went. Where something needs it, the database refuses.
    pub(crate) async fn give_up_key(&self, id: &String) -> Result<bool, StoreError> {
        let mut transaction = self.database.begin().await?;
        // Asked first, since the database may wait for whoever has the row before it refuses.
        let needing = transaction.first(NEEDING, &[id.into()]).await;
        if needing.map_err(unavailable)?.is_some() {
            transaction.rollback().await.map_err(unavailable)?;
            return Ok(false);
        }
        match transaction.execute(GIVE_UP, &[id.into()]).await {
            Ok(_) => transaction.commit().await.map(|()| true),
            Err(error) if is_given_up(&error) => transaction.rollback().await.map(|()| false),
            Err(error) => Err(error),
        }
        .map_err(unavailable)
    }
}

/// Whether a value named a key that is not listed, or a key is not to be listed that a value names.
pub(crate) fn is_given_up(error: &sqlx::Error) -> bool {
    error
        .as_database_error()
        .is_some_and(|error| error.is_foreign_key_violation())
}

statements! {
    NEEDED = both("SELECT key_id FROM sealing_keys");
    NEED = both("INSERT INTO sealing_keys (key_id) VALUES ($1) ON CONFLICT DO NOTHING");
    NEEDING = both("SELECT sealed_by FROM account_secrets WHERE sealed_by = $1 \
        UNION ALL SELECT sealed_by FROM tokens WHERE sealed_by = $1 \
        UNION ALL SELECT sealed_by FROM deliveries WHERE sealed_by = $1 LIMIT 1");
    GIVE_UP = both("DELETE FROM sealing_keys WHERE key_id = $1");
}
