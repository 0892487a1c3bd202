//! Sealing again what is sealed with a key that is on its way out, and for the first time what an earlier version of the
//! schema kept unsealed.

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
    /// Seals with the current master key what is not, at most `limit` rows (at least one) in one short commit, and answers how
    /// many it was. Zero means that nothing is left, and that keys which nothing needs any more are given up: a host may then
    /// be started without them. Any number of hosts may do this at once.
    ///
    /// # Errors
    ///
    /// A [`StoreError`] that is unavailable where others hold all that is left, or used an old key just now: ask again. One
    /// that is corrupt where all that is left are rows that do not open: the others went before. (Behind thousands of such
    /// rows in one table nothing is looked for.)
    pub async fn reseal(&self, limit: usize) -> Result<usize, StoreError> {
        let mut transaction = self.database.begin().await?;
        let outdated = keys::outdated(&mut transaction, &self.keys).await?;
        let mut step = Step {
            store: self,
            left: limit.max(1),
            done: 0,
            unreadable: None,
        };
        // There are far more bodies than anything else, and they are needed least.
        for key in &outdated {
            let key = [key.into()];
            step.seal_all(&mut transaction, Kind::Secret, SECRETS, &key)
                .await?;
            step.seal_all(&mut transaction, Kind::Token, TOKENS, &key)
                .await?;
        }
        let done_sealed = step.done;
        step.seal_all(&mut transaction, Kind::Body, UNSEALED_BODIES, &[])
            .await?;
        let first_sealed = step.done > done_sealed;
        for key in &outdated {
            step.seal_all(&mut transaction, Kind::Body, BODIES, &[key.into()])
                .await?;
        }
        let (done, unreadable) = (step.done, step.unreadable);
        let committed = if first_sealed {
            self.database.commit_erasing(transaction).await
        } else {
            transaction.commit().await
        };
        committed.map_err(unavailable)?;
        match unreadable {
            _ if done > 0 => Ok(done),
            Some(error) => Err(error),
            None => self.nothing_is_left(&outdated).await.map(|()| 0),
        }
    }

    /// Gives up the keys that nothing needs. What another transaction held was passed over, and is known only here.
    async fn nothing_is_left(&self, outdated: &[String]) -> Result<(), StoreError> {
        let mut all = self.database.first(UNSEALED_BODY, &[]).await?.is_none();
        for key in outdated {
            all &= self.give_up_key(key).await?;
        }
        match all {
            true => Ok(()),
            false => Err(StoreError::unavailable(
                "others hold what is left to be sealed anew",
            )),
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

#[derive(Clone, Copy)]
enum Kind {
    Secret,
    Token,
    Body,
}

impl Step<'_> {
    /// Seals what a statement finds, which nobody else does until the transaction ends. A row that does not open is passed, and
    /// does not count: as many as are asked for would otherwise stand before all others in every call.
    async fn seal_all(
        &mut self,
        transaction: &mut Transaction,
        kind: Kind,
        statement: Statement,
        key: &[Value<'_>],
    ) -> Result<(), StoreError> {
        let mut passed: Vec<String> = Vec::new();
        while self.left > 0 && passed.len() < MAX_PASSED {
            let places = write_json(TABLE, &passed)?;
            let limit = i64::try_from(self.left).unwrap_or(i64::MAX);
            let mut values = vec![limit.into(), (&places).into()];
            values.extend_from_slice(key);
            let rows = transaction.all(statement, &values).await;
            let rows = rows.map_err(unavailable)?;
            if rows.is_empty() {
                break;
            }
            for row in rows {
                let place = row.text(0)?;
                let sealed = match kind {
                    Kind::Secret => self.secret(&row),
                    Kind::Token => self.token(&row),
                    Kind::Body => self.body(&row),
                };
                match sealed {
                    Ok(sealed) => self.write(transaction, kind, &place, &sealed).await?,
                    Err(error) if error.kind() == StoreErrorKind::Corrupt => {
                        self.unreadable = Some(error);
                        passed.push(place);
                    }
                    Err(error) => return Err(error),
                }
            }
        }
        Ok(())
    }

    fn secret(&self, row: &Row) -> Result<Sealed, StoreError> {
        let (account, name) = (AccountId::new(row.text(1)?), row.text(2)?);
        let place = accounts::place(&account, &name);
        let sealed = self.store.keys.seal_again(&place, &row.bytes(3)?)?;
        Ok([Some(sealed), None])
    }

    fn token(&self, row: &Row) -> Result<Sealed, StoreError> {
        let account = AccountId::new(row.text(1)?);
        let name = tokens::name(&row.text(3)?, &row.text(2)?);
        let again = |column, sealed: Option<Vec<u8>>| {
            let place = tokens::place(&account, column, &name);
            let again = |sealed: Vec<u8>| self.store.keys.seal_again(&place, &sealed);
            sealed.map(again).transpose()
        };
        let access = again(tokens::ACCESS, row.optional_bytes(4)?)?;
        let refresh = again(tokens::REFRESH, row.optional_bytes(5)?)?;
        Ok([access, refresh])
    }

    fn body(&self, row: &Row) -> Result<Sealed, StoreError> {
        let account = AccountId::new(row.text(1)?);
        let digest = row.bytes(3)?.try_into();
        let digest = BodyHash::from_bytes(digest.map_err(|_| out_of_range(TABLE))?);
        let name = delivery::name(&digest, &row.text(2)?);
        let place = delivery::place(&account, &name);
        // Emptied by a version that knew of no seal.
        let Some(body) = row.optional_bytes(4)? else {
            return Ok([None, None]);
        };
        let sealed = match row.optional_text(5)? {
            None => self.store.keys.seal_bytes(&place, &body)?,
            Some(_) => self.store.keys.seal_again(&place, &body)?,
        };
        Ok([Some(sealed), None])
    }

    async fn write(
        &mut self,
        transaction: &mut Transaction,
        kind: Kind,
        place: &String,
        [first, second]: &Sealed,
    ) -> Result<(), StoreError> {
        let current = self.store.keys.current_key_id().to_string();
        let first = first.as_deref().into();
        let mut values = vec![place.into(), (&current).into(), first];
        let statement = match kind {
            Kind::Secret => SEAL_SECRET,
            Kind::Token => SEAL_TOKEN,
            Kind::Body => SEAL_BODY,
        };
        if let Kind::Token = kind {
            values.push(second.as_deref().into());
        }
        let written = transaction.execute(statement, &values).await;
        self.done += usize::try_from(written.map_err(unavailable)?).unwrap_or_default();
        self.left = self.left.saturating_sub(1);
        Ok(())
    }
}

/// What a row holds sealed: only a token has a second value.
type Sealed = [Option<Vec<u8>>; 2];

const TABLE: &str = "deliveries";
/// Rows of one table that one call tries in vain.
const MAX_PASSED: usize = 5_000;

// A row is named by where it is, the same way in every table. It cannot move: until the transaction ends it is locked.
macro_rules! some {
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

macro_rules! seal {
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
    UNSEALED_BODIES = some!("account, event_id, digest, body, sealed_by FROM deliveries",
        "body IS NOT NULL AND sealed_by IS NULL", " ORDER BY id");
    BODIES = some!("account, event_id, digest, body, sealed_by FROM deliveries", "sealed_by = $3", "");
    SECRETS = some!("account, name, sealed FROM account_secrets", "sealed_by = $3", "");
    TOKENS = some!("account, client_id, acting_user, access, refresh FROM tokens", "sealed_by = $3", "");
    SEAL_BODY = seal!("UPDATE deliveries SET sealed_by = $2, body = $3");
    SEAL_SECRET = seal!("UPDATE account_secrets SET sealed_by = $2, sealed = $3");
    SEAL_TOKEN = seal!("UPDATE tokens SET sealed_by = $2, access = $3, refresh = $4");
}
