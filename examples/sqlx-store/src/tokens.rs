use std::time::Duration;

use chrono::{DateTime, Utc};
use greenhouse_core::{
    AccountId, later,
    store::{Applied, StoreError, StoredToken, TokenKey, TokenLock},
};

use crate::{
    SqlxStore,
    error::{out_of_range, unavailable},
    keys::is_key_violation,
    rows::{micros, read_micros},
    seal::SealContext,
    session::{Value, both, statements},
};

impl SqlxStore {
    pub(crate) async fn token(
        &self,
        account: &AccountId,
        key: &TokenKey,
    ) -> Result<Option<StoredToken>, StoreError> {
        let user = user_column(key);
        let values = [
            account.as_str().into(),
            key.client_id.as_str().into(),
            (&user).into(),
        ];
        let Some(row) = self.database.first(TOKEN, &values).await? else {
            return Ok(None);
        };
        let name = row_name(&user, &key.client_id);
        let access = self
            .keys
            .open_text(&seal_context(account, ACCESS, &name), &row.bytes(0)?)?;
        let expires_at = read_micros(TABLE, row.number(2)?)?;
        let obtained_at = read_micros(TABLE, row.number(3)?)?;
        let token = StoredToken::new(access, expires_at, obtained_at);
        Ok(Some(match row.optional_bytes(1)? {
            Some(sealed) => {
                let context = seal_context(account, REFRESH, &name);
                token.with_refresh(self.keys.open_text(&context, &sealed)?)
            }
            None => token,
        }))
    }

    pub(crate) async fn lock_token(
        &self,
        account: &AccountId,
        key: &TokenKey,
        now: DateTime<Utc>,
        lease: Duration,
    ) -> Result<TokenLock, StoreError> {
        let user = user_column(key);
        let until = later(now, lease);
        let id_values = [
            account.as_str().into(),
            key.client_id.as_str().into(),
            (&user).into(),
        ];
        let mut values: Vec<Value<'_>> = id_values.to_vec();
        values.push(micros(until).into());
        values.push(micros(now).into());
        let mut transaction = self.database.begin().await?;
        let locked = transaction.first(LOCK, &values).await;
        let lock = match locked.map_err(unavailable)? {
            Some(row) => TokenLock::Ours {
                generation: u64::try_from(row.number(0)?).map_err(|_| out_of_range(TABLE))?,
                until,
            },
            None => {
                let row = transaction.first(LOCKED_UNTIL, &id_values).await;
                let end = row.map_err(unavailable)?.map(|row| row.optional_number(0));
                // The lock was released in between, so the caller can retry immediately.
                let until = match end.transpose()?.flatten() {
                    Some(end) => read_micros(TABLE, end)?,
                    None => now,
                };
                TokenLock::Theirs { until }
            }
        };
        transaction.commit().await.map_err(unavailable)?;
        Ok(lock)
    }

    pub(crate) async fn save_token(
        &self,
        account: &AccountId,
        key: &TokenKey,
        generation: u64,
        token: StoredToken,
    ) -> Result<Applied, StoreError> {
        let Ok(generation) = i64::try_from(generation) else {
            return Ok(Applied::LeaseLost);
        };
        let user = user_column(key);
        let name = row_name(&user, &key.client_id);
        let access = self
            .keys
            .seal_text(&seal_context(account, ACCESS, &name), &token.access)?;
        let refresh = match &token.refresh {
            Some(refresh) => {
                let context = seal_context(account, REFRESH, &name);
                Some(self.keys.seal_text(&context, refresh)?)
            }
            None => None,
        };
        let sealed_by = self.keys.current_key_id().to_string();
        let values = [
            account.as_str().into(),
            key.client_id.as_str().into(),
            (&user).into(),
            generation.into(),
            access.as_slice().into(),
            refresh.as_deref().into(),
            (&sealed_by).into(),
            micros(token.expires_at).into(),
            micros(token.obtained_at).into(),
        ];
        match self.save(&values).await {
            Err(error) if is_key_violation(&error) => {
                self.list_current_key().await?;
                self.save(&values).await
            }
            saved => saved,
        }
        .map_err(unavailable)
    }

    pub(crate) async fn unlock_token(
        &self,
        account: &AccountId,
        key: &TokenKey,
        generation: u64,
    ) -> Result<(), StoreError> {
        let Ok(generation) = i64::try_from(generation) else {
            return Ok(());
        };
        let user = user_column(key);
        let values = [
            account.as_str().into(),
            key.client_id.as_str().into(),
            (&user).into(),
            generation.into(),
        ];
        let mut transaction = self.database.begin().await?;
        let unlocked = transaction.execute(UNLOCK, &values).await;
        unlocked.map_err(unavailable)?;
        transaction.commit().await.map_err(unavailable)
    }
}

impl SqlxStore {
    async fn save(&self, values: &[Value<'_>]) -> Result<Applied, sqlx::Error> {
        let mut transaction = self.database.begin_raw().await?;
        let saved = transaction.execute(SAVE, values).await?;
        transaction.commit().await?;
        Ok(match saved {
            0 => Applied::LeaseLost,
            _ => Applied::Applied,
        })
    }
}

/// Returns the acting user as text, empty if the token has none, because a key column cannot be
/// NULL.
fn user_column(key: &TokenKey) -> String {
    key.acting_user
        .map(|user| user.value().to_string())
        .unwrap_or_default()
}

/// Returns the key of a token's row within its account.
pub(crate) fn row_name(user: &str, client_id: &str) -> String {
    format!("{user} {client_id}")
}

/// Returns the sealing context for a token column.
pub(crate) fn seal_context<'a>(
    account: &'a AccountId,
    column: &'static str,
    name: &'a str,
) -> SealContext<'a> {
    SealContext {
        account,
        column,
        row: name,
    }
}

const TABLE: &str = "tokens";
pub(crate) const ACCESS: &str = "tokens.access";
pub(crate) const REFRESH: &str = "tokens.refresh";

statements! {
    TOKEN = both("SELECT access, refresh, expires_at, obtained_at FROM tokens \
        WHERE account = $1 AND client_id = $2 AND acting_user = $3 AND access IS NOT NULL");
    LOCK = both("INSERT INTO tokens (account, client_id, acting_user, generation, locked_until) \
        VALUES ($1, $2, $3, 1, $4) ON CONFLICT (account, client_id, acting_user) DO UPDATE SET \
        generation = tokens.generation + 1, locked_until = excluded.locked_until \
        WHERE tokens.locked_until IS NULL OR tokens.locked_until <= $5 RETURNING generation");
    LOCKED_UNTIL = both("SELECT locked_until FROM tokens \
        WHERE account = $1 AND client_id = $2 AND acting_user = $3");
    SAVE = both("UPDATE tokens SET access = $5, refresh = $6, sealed_by = $7, expires_at = $8, \
        obtained_at = $9, locked_until = NULL WHERE account = $1 AND client_id = $2 \
        AND acting_user = $3 AND generation = $4 AND locked_until IS NOT NULL");
    UNLOCK = both("UPDATE tokens SET locked_until = NULL WHERE account = $1 AND client_id = $2 \
        AND acting_user = $3 AND generation = $4");
}
