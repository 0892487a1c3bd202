//! The list of master keys that the database requires.
//!
//! A foreign key links every sealed value to its master key in the list. A host that lacks a listed
//! key fails when it opens the database, not later when it reads a value.

use std::borrow::Cow;

use greenhouse_core::store::StoreError;

use crate::{
    SqlxStore,
    error::{DatabaseError, OpenError, out_of_range, unavailable},
    seal::{KeyId, MasterKeys},
    session::{Database, Row, Transaction, both, statements},
};

/// Fails if the host lacks a listed key. Adds the current key to the list.
pub(crate) async fn require(
    transaction: &mut Transaction,
    keys: &MasterKeys,
) -> Result<(), OpenError> {
    let rows = transaction
        .all(LISTED, &[])
        .await
        .map_err(OpenError::migrate)?;
    check(keys, &rows)?;
    let current = keys.current_key_id().to_string();
    transaction
        .execute(LIST, &[(&current).into()])
        .await
        .map_err(OpenError::migrate)?;
    Ok(())
}

/// Fails if the host lacks a listed key. Writes nothing.
pub(crate) async fn check_listed(database: &Database, keys: &MasterKeys) -> Result<(), OpenError> {
    let rows = database.all_raw(LISTED, &[]).await;
    check(keys, &rows.map_err(OpenError::open)?)
}

fn check(keys: &MasterKeys, needed: &[Row]) -> Result<(), OpenError> {
    for row in needed {
        let id = row.text(0).ok().and_then(|text| KeyId::parse(&text));
        let Some(id) = id else {
            let text = "the table sealing_keys contains an invalid key id";
            return Err(OpenError::Open(DatabaseError::text(Cow::Borrowed(text))));
        };
        if !keys.key_ids().any(|known| known == id) {
            return Err(OpenError::MissingKey { key: id });
        }
    }
    Ok(())
}

/// Returns the ids of the listed keys, except the current one.
pub(crate) async fn outdated(
    transaction: &mut Transaction,
    keys: &MasterKeys,
) -> Result<Vec<String>, StoreError> {
    let current = keys.current_key_id().to_string();
    let rows = transaction.all(LISTED, &[]).await.map_err(unavailable)?;
    let listed: Result<Vec<_>, _> = rows.iter().map(|row| row.text(0)).collect();
    Ok(listed?.into_iter().filter(|id| *id != current).collect())
}

impl SqlxStore {
    /// Returns the ids of the master keys that are required to open the database. A key that is no
    /// longer used stays in the list until [`reseal`](Self::reseal) returns zero.
    ///
    /// # Errors
    ///
    /// A [`StoreError`] if the database cannot be read.
    pub async fn needed_keys(&self) -> Result<Vec<KeyId>, StoreError> {
        let rows = self.database.all(LISTED, &[]).await?;
        let id = |row: &Row| {
            let text = row.text(0)?;
            KeyId::parse(&text).ok_or_else(|| out_of_range("sealing_keys"))
        };
        rows.iter().map(id).collect()
    }

    /// Adds the current key to the list again after a host with a newer key removed it as unused.
    pub(crate) async fn list_current_key(&self) -> Result<(), StoreError> {
        let current = self.keys.current_key_id().to_string();
        let mut transaction = self.database.begin().await?;
        transaction
            .execute(LIST, &[(&current).into()])
            .await
            .map_err(unavailable)?;
        transaction.commit().await.map_err(unavailable)
    }

    /// Removes a key from the list. Returns `false` if a value still uses the key.
    pub(crate) async fn remove_unused_key(&self, id: &String) -> Result<bool, StoreError> {
        let mut transaction = self.database.begin().await?;
        // Checked first, because the DELETE could wait for a transaction that locks the row.
        let using = transaction.first(USING, &[id.into()]).await;
        if using.map_err(unavailable)?.is_some() {
            transaction.rollback().await.map_err(unavailable)?;
            return Ok(false);
        }
        match transaction.execute(REMOVE, &[id.into()]).await {
            Ok(_) => transaction.commit().await.map(|()| true),
            Err(error) if is_key_violation(&error) => transaction.rollback().await.map(|()| false),
            Err(error) => Err(error),
        }
        .map_err(unavailable)
    }
}

/// Returns `true` if a write referenced an unlisted key or removed a key that is still referenced.
pub(crate) fn is_key_violation(error: &sqlx::Error) -> bool {
    error
        .as_database_error()
        .is_some_and(|error| error.is_foreign_key_violation())
}

statements! {
    LISTED = both("SELECT key_id FROM sealing_keys");
    LIST = both("INSERT INTO sealing_keys (key_id) VALUES ($1) ON CONFLICT DO NOTHING");
    USING = both("SELECT sealed_by FROM account_secrets WHERE sealed_by = $1 \
        UNION ALL SELECT sealed_by FROM tokens WHERE sealed_by = $1 \
        UNION ALL SELECT sealed_by FROM deliveries WHERE sealed_by = $1 LIMIT 1");
    REMOVE = both("DELETE FROM sealing_keys WHERE key_id = $1");
}
