//! Sealing again what is sealed with a key that is on its way out, and for the first time what an earlier version of the
//! schema kept unsealed.

use greenhouse_core::{AccountId, store::StoreError, webhook::BodyDigest};

use crate::{
    SqlxStore, accounts,
    door::seen,
    error::{out_of_range, unavailable},
    keys,
    session::{Row, Statement, Transaction, Value, both, each, statements},
    tokens,
};

impl SqlxStore {
    /// Seals with the current master key what is not, at most `limit` rows in one short commit, and answers how many it
    /// was. Zero means that nothing is left, and that keys which nothing needs any more are given up: a host may then be
    /// started without them. Any number of hosts may do this at once.
    ///
    /// # Errors
    ///
    /// A [`StoreError`] that is corrupt where all that is left are rows that do not open: the others went before.
    pub async fn reseal(&self, limit: usize) -> Result<usize, StoreError> {
        let mut transaction = self.database.begin().await?;
        let outdated = keys::outdated(&mut transaction, &self.keys).await?;
        let mut step = Step {
            store: self,
            left: limit,
            done: 0,
            unreadable: None,
        };
        step.bodies(&mut transaction, UNSEALED_BODIES, &[]).await?;
        let first_sealed = step.done > 0;
        for key in &outdated {
            let key = [key.into()];
            step.bodies(&mut transaction, BODIES, &key).await?;
            step.secrets(&mut transaction, &key).await?;
            step.tokens(&mut transaction, &key).await?;
        }
        let (done, unreadable) = (step.done, step.unreadable);
        let committed = if first_sealed {
            self.database.commit_erasing(transaction).await
        } else {
            transaction.commit().await
        };
        committed.map_err(unavailable)?;
        if done == 0 && unreadable.is_none() && limit > 0 {
            for key in &outdated {
                self.give_up_key(key).await?;
            }
        }
        match unreadable {
            Some(error) if done == 0 => Err(error),
            _ => Ok(done),
        }
    }
}

/// What one call does, over the tables.
struct Step<'a> {
    store: &'a SqlxStore,
    left: usize,
    done: usize,
    unreadable: Option<StoreError>,
}

impl Step<'_> {
    async fn bodies(
        &mut self,
        transaction: &mut Transaction,
        statement: Statement,
        key: &[Value<'_>],
    ) -> Result<(), StoreError> {
        for row in self.rows(transaction, statement, key).await? {
            let account = AccountId::new(row.text(1)?);
            let digest = row.bytes(3)?.try_into();
            let digest = BodyDigest::from_bytes(digest.map_err(|_| out_of_range("deliveries"))?);
            let name = seen::name(&digest, &row.text(2)?);
            let place = seen::place(&account, &name);
            let body = row.bytes(4)?;
            let sealed = match row.optional_text(5)? {
                None => self.store.keys.seal_bytes(&place, &body),
                Some(_) => self.store.keys.seal_again(&place, &body),
            };
            if let Some(sealed) = self.kept(sealed) {
                let id = [row.number(0)?.into()];
                self.write(transaction, SEAL_BODY, &id, &[Some(sealed)])
                    .await?;
            }
        }
        Ok(())
    }

    async fn secrets(
        &mut self,
        transaction: &mut Transaction,
        key: &[Value<'_>],
    ) -> Result<(), StoreError> {
        for row in self.rows(transaction, SECRETS, key).await? {
            let (account, name) = (AccountId::new(row.text(0)?), row.text(1)?);
            let place = accounts::place(&account, &name);
            let sealed = self.store.keys.seal_again(&place, &row.bytes(2)?);
            if let Some(sealed) = self.kept(sealed) {
                let row = [account.as_str().into(), (&name).into()];
                self.write(transaction, SEAL_SECRET, &row, &[Some(sealed)])
                    .await?;
            }
        }
        Ok(())
    }

    async fn tokens(
        &mut self,
        transaction: &mut Transaction,
        key: &[Value<'_>],
    ) -> Result<(), StoreError> {
        for row in self.rows(transaction, TOKENS, key).await? {
            let account = AccountId::new(row.text(0)?);
            let (client_id, user) = (row.text(1)?, row.text(2)?);
            let name = tokens::name(&user, &client_id);
            let again = |column, sealed: Option<Vec<u8>>| {
                let place = tokens::place(&account, column, &name);
                let again = |sealed: Vec<u8>| self.store.keys.seal_again(&place, &sealed);
                sealed.map(again).transpose()
            };
            let access = again(tokens::ACCESS, row.optional_bytes(3)?);
            let refresh = again(tokens::REFRESH, row.optional_bytes(4)?);
            let sealed = access.and_then(|access| Ok((access, refresh?)));
            if let Some((access, refresh)) = self.kept(sealed) {
                let row = [account.as_str().into(), (&client_id).into(), (&user).into()];
                self.write(transaction, SEAL_TOKEN, &row, &[access, refresh])
                    .await?;
            }
        }
        Ok(())
    }

    /// What is left to do of one kind, which nobody else does until the transaction ends.
    async fn rows(
        &mut self,
        transaction: &mut Transaction,
        statement: Statement,
        key: &[Value<'_>],
    ) -> Result<Vec<Row>, StoreError> {
        if self.left == 0 {
            return Ok(Vec::new());
        }
        let mut values = vec![i64::try_from(self.left).unwrap_or(i64::MAX).into()];
        values.extend_from_slice(key);
        let rows = transaction.all(statement, &values).await;
        let rows = rows.map_err(unavailable)?;
        self.left = self.left.saturating_sub(rows.len());
        Ok(rows)
    }

    /// A row that does not open keeps the others from nothing.
    fn kept<T>(&mut self, sealed: Result<T, StoreError>) -> Option<T> {
        sealed.map_err(|error| self.unreadable = Some(error)).ok()
    }

    async fn write(
        &mut self,
        transaction: &mut Transaction,
        statement: Statement,
        row: &[Value<'_>],
        sealed: &[Option<Vec<u8>>],
    ) -> Result<(), StoreError> {
        let current = self.store.keys.current_key_id().to_string();
        let mut values = vec![(&current).into()];
        values.extend(row.iter().copied());
        values.extend(sealed.iter().map(|sealed| Value::from(sealed.as_deref())));
        let written = transaction.execute(statement, &values).await;
        self.done += usize::try_from(written.map_err(unavailable)?).unwrap_or_default();
        Ok(())
    }
}

macro_rules! in_turn {
    ($($part:literal),*) => {
        each(concat!($($part),*), concat!($($part,)* " FOR UPDATE SKIP LOCKED"))
    };
}

statements! {
    UNSEALED_BODIES = in_turn!("SELECT id, account, event_id, digest, body, sealed_by FROM deliveries ",
        "WHERE body IS NOT NULL AND sealed_by IS NULL ORDER BY id LIMIT $1");
    BODIES = in_turn!("SELECT id, account, event_id, digest, body, sealed_by FROM deliveries ",
        "WHERE sealed_by = $2 LIMIT $1");
    SECRETS = in_turn!("SELECT account, name, sealed FROM account_secrets ",
        "WHERE sealed_by = $2 LIMIT $1");
    TOKENS = in_turn!("SELECT account, client_id, acting_user, access, refresh FROM tokens ",
        "WHERE sealed_by = $2 LIMIT $1");
    SEAL_BODY = both("UPDATE deliveries SET sealed_by = $1, body = $3 WHERE id = $2");
    SEAL_SECRET = both("UPDATE account_secrets SET sealed_by = $1, sealed = $4 \
        WHERE account = $2 AND name = $3");
    SEAL_TOKEN = both("UPDATE tokens SET sealed_by = $1, access = $5, refresh = $6 \
        WHERE account = $2 AND client_id = $3 AND acting_user = $4");
}
