//! Reseals values that are sealed with a previous key or that an earlier schema stored unsealed.

use greenhouse_core::{
    AccountId,
    store::{StoreError, StoreErrorKind},
    webhook::BodyHash,
};

use crate::{
    SqlxStore,
    error::{out_of_range, unavailable},
    keys,
    read::accounts,
    rows::write_json,
    session::{Row, Statement, Transaction, Value, both, each, statements},
    tokens,
    write::delivery,
};

impl SqlxStore {
    /// Seals up to `limit` rows with the current master key, in one transaction. A `limit` of zero
    /// counts as one. Returns the number of rows. Zero means that no rows are left to seal and that
    /// unused keys have been removed from the list, so hosts can start without those keys. Several
    /// hosts can call this method concurrently.
    ///
    /// # Errors
    ///
    /// - An unavailable [`StoreError`] if other transactions have locked the remaining rows, or
    ///   have just used a previous key. Retry.
    /// - A corrupt [`StoreError`] if none of the remaining rows can be decrypted. One call skips
    ///   about 5,000 such rows of a table and does not reach the rows after them.
    pub async fn reseal(&self, limit: usize) -> Result<usize, StoreError> {
        let mut transaction = self.database.begin().await?;
        let outdated = keys::outdated(&mut transaction, &self.keys).await?;
        let mut pass = ResealPass {
            store: self,
            left: limit.max(1),
            done: 0,
            unreadable: None,
        };
        // Bodies come last, because they are the most numerous and the least needed.
        for key in &outdated {
            let key = [key.into()];
            pass.reseal_rows(&mut transaction, SealedKind::Secret, SECRETS, &key)
                .await?;
            pass.reseal_rows(&mut transaction, SealedKind::Token, TOKENS, &key)
                .await?;
        }
        let done_before = pass.done;
        pass.reseal_rows(&mut transaction, SealedKind::Body, UNSEALED_BODIES, &[])
            .await?;
        let sealed_plain_bodies = pass.done > done_before;
        for key in &outdated {
            pass.reseal_rows(&mut transaction, SealedKind::Body, BODIES, &[key.into()])
                .await?;
        }
        let (done, unreadable) = (pass.done, pass.unreadable);
        let committed = if sealed_plain_bodies {
            self.database.commit_and_clean(transaction).await
        } else {
            transaction.commit().await
        };
        committed.map_err(unavailable)?;
        match unreadable {
            _ if done > 0 => Ok(done),
            Some(error) => Err(error),
            None => self.finish_reseal(&outdated).await.map(|()| 0),
        }
    }

    /// Removes unused keys from the list. Fails if rows were skipped because another transaction
    /// had locked them.
    async fn finish_reseal(&self, outdated: &[String]) -> Result<(), StoreError> {
        let mut all = self.database.first(UNSEALED_BODY, &[]).await?.is_none();
        for key in outdated {
            all &= self.remove_unused_key(key).await?;
        }
        match all {
            true => Ok(()),
            false => Err(StoreError::unavailable(
                "other transactions have locked the remaining rows to seal; retry",
            )),
        }
    }
}

/// Progress of one [`reseal`](SqlxStore::reseal) call.
struct ResealPass<'a> {
    store: &'a SqlxStore,
    left: usize,
    done: usize,
    unreadable: Option<StoreError>,
}

#[derive(Clone, Copy)]
enum SealedKind {
    Secret,
    Token,
    Body,
}

impl ResealPass<'_> {
    /// Seals the rows that a statement finds and locks. Skips rows that cannot be decrypted, which
    /// do not count towards the limit, because they would use up the limit of every call.
    async fn reseal_rows(
        &mut self,
        transaction: &mut Transaction,
        kind: SealedKind,
        statement: Statement,
        key: &[Value<'_>],
    ) -> Result<(), StoreError> {
        let mut skipped: Vec<String> = Vec::new();
        while self.left > 0 && skipped.len() < MAX_SKIPPED {
            let skipped_ids = write_json(TABLE, &skipped)?;
            let limit = i64::try_from(self.left).unwrap_or(i64::MAX);
            let mut values = vec![limit.into(), (&skipped_ids).into()];
            values.extend_from_slice(key);
            let rows = transaction.all(statement, &values).await;
            let rows = rows.map_err(unavailable)?;
            if rows.is_empty() {
                break;
            }
            for row in rows {
                let row_id = row.text(0)?;
                let sealed = match kind {
                    SealedKind::Secret => self.secret(&row),
                    SealedKind::Token => self.token(&row),
                    SealedKind::Body => self.body(&row),
                };
                match sealed {
                    Ok(sealed) => self.write(transaction, kind, &row_id, &sealed).await?,
                    Err(error) if error.kind() == StoreErrorKind::Corrupt => {
                        self.unreadable = Some(error);
                        skipped.push(row_id);
                    }
                    Err(error) => return Err(error),
                }
            }
        }
        Ok(())
    }

    fn secret(&self, row: &Row) -> Result<SealedValues, StoreError> {
        let (account, name) = (AccountId::new(row.text(1)?), row.text(2)?);
        let context = accounts::seal_context(&account, &name);
        let sealed = self.store.keys.seal_again(&context, &row.bytes(3)?)?;
        Ok([Some(sealed), None])
    }

    fn token(&self, row: &Row) -> Result<SealedValues, StoreError> {
        let account = AccountId::new(row.text(1)?);
        let name = tokens::row_name(&row.text(3)?, &row.text(2)?);
        let again = |column, sealed: Option<Vec<u8>>| {
            let context = tokens::seal_context(&account, column, &name);
            let again = |sealed: Vec<u8>| self.store.keys.seal_again(&context, &sealed);
            sealed.map(again).transpose()
        };
        let access = again(tokens::ACCESS, row.optional_bytes(4)?)?;
        let refresh = again(tokens::REFRESH, row.optional_bytes(5)?)?;
        Ok([access, refresh])
    }

    fn body(&self, row: &Row) -> Result<SealedValues, StoreError> {
        let account = AccountId::new(row.text(1)?);
        let digest = row.bytes(3)?.try_into();
        let digest = BodyHash::from_bytes(digest.map_err(|_| out_of_range(TABLE))?);
        let name = delivery::row_name(&digest, &row.text(2)?);
        let context = delivery::seal_context(&account, &name);
        // An earlier version, which did not seal bodies, removed the body but not `sealed_by`.
        let Some(body) = row.optional_bytes(4)? else {
            return Ok([None, None]);
        };
        let sealed = match row.optional_text(5)? {
            None => self.store.keys.seal_bytes(&context, &body)?,
            Some(_) => self.store.keys.seal_again(&context, &body)?,
        };
        Ok([Some(sealed), None])
    }

    async fn write(
        &mut self,
        transaction: &mut Transaction,
        kind: SealedKind,
        row_id: &String,
        [first, second]: &SealedValues,
    ) -> Result<(), StoreError> {
        let current = self.store.keys.current_key_id().to_string();
        let first = first.as_deref().into();
        let mut values = vec![row_id.into(), (&current).into(), first];
        let statement = match kind {
            SealedKind::Secret => SEAL_SECRET,
            SealedKind::Token => SEAL_TOKEN,
            SealedKind::Body => SEAL_BODY,
        };
        if let SealedKind::Token = kind {
            values.push(second.as_deref().into());
        }
        let written = transaction.execute(statement, &values).await;
        self.done += usize::try_from(written.map_err(unavailable)?).unwrap_or_default();
        self.left = self.left.saturating_sub(1);
        Ok(())
    }
}

/// The sealed values in a row. Only a token has a second value.
type SealedValues = [Option<Vec<u8>>; 2];

const TABLE: &str = "deliveries";
/// Maximum number of unreadable rows that one call skips per table.
const MAX_SKIPPED: usize = 5_000;

// Rows are identified by their position, which cannot change while they are locked.
macro_rules! select_rows {
    ($columns:literal, $wanted:literal, $order:literal) => {
        each(
            concat!(
                "SELECT CAST(rowid AS TEXT), ",
                $columns,
                " WHERE ",
                $wanted,
                " AND CAST(rowid AS TEXT) NOT IN (SELECT value FROM json_each($2))",
                $order,
                " LIMIT $1"
            ),
            concat!(
                "SELECT ctid::TEXT, ",
                $columns,
                " WHERE ",
                $wanted,
                " AND ctid <> ALL (translate($2, '[]', '{}')::TID[])",
                $order,
                " LIMIT $1 FOR UPDATE SKIP LOCKED"
            ),
        )
    };
}

macro_rules! write_sealed {
    ($write:literal) => {
        each(
            concat!($write, " WHERE rowid = CAST($1 AS INTEGER)"),
            concat!($write, " WHERE ctid = $1::TID"),
        )
    };
}

statements! {
    UNSEALED_BODY = both("SELECT id FROM deliveries WHERE body IS NOT NULL AND sealed_by IS NULL \
        ORDER BY id LIMIT 1");
    UNSEALED_BODIES = select_rows!("account, event_id, digest, body, sealed_by FROM deliveries",
        "body IS NOT NULL AND sealed_by IS NULL", " ORDER BY id");
    BODIES = select_rows!("account, event_id, digest, body, sealed_by FROM deliveries", "sealed_by = $3", "");
    SECRETS = select_rows!("account, name, sealed FROM account_secrets", "sealed_by = $3", "");
    TOKENS = select_rows!("account, client_id, acting_user, access, refresh FROM tokens", "sealed_by = $3", "");
    SEAL_BODY = write_sealed!("UPDATE deliveries SET sealed_by = $2, body = $3");
    SEAL_SECRET = write_sealed!("UPDATE account_secrets SET sealed_by = $2, sealed = $3");
    SEAL_TOKEN = write_sealed!("UPDATE tokens SET sealed_by = $2, access = $3, refresh = $4");
}
