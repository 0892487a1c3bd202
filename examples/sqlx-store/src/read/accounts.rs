mod cache;

use std::collections::BTreeMap;

use greenhouse_core::{
    AccountId, Secret,
    settings::{AccountSettings, SettingsAtRest},
    store::{AccountKey, AccountPage, AccountRecord, StoreError},
};

pub(crate) use self::cache::AccountCache;
use self::cache::StoredAccount;
use crate::{
    SqlxStore,
    error::{corrupt_settings, out_of_range},
    rows::read_json,
    seal::SealContext,
    session::{Row, both, statements},
};

impl SqlxStore {
    pub(crate) async fn account(
        &self,
        account: &AccountId,
    ) -> Result<Option<AccountRecord>, StoreError> {
        let values = [account.as_str().into()];
        let rows = self.database.all(ACCOUNT, &values).await?;
        self.record(account, &rows)
    }

    pub(crate) async fn accounts(
        &self,
        after: Option<&AccountId>,
        limit: usize,
    ) -> Result<AccountPage, StoreError> {
        let limit = limit.clamp(1, AccountPage::MAX_LIMIT);
        // One extra row shows whether there is a next page.
        let one_more = i64::try_from(limit).unwrap_or(i64::MAX).saturating_add(1);
        let rows = match after {
            Some(after) => {
                let values = [one_more.into(), after.as_str().into()];
                self.database.all(NEXT_PAGE, &values).await?
            }
            None => self.database.all(FIRST_PAGE, &[one_more.into()]).await?,
        };
        let more = rows.len() > limit;
        let accounts = rows
            .iter()
            .take(limit)
            .map(account_id)
            .collect::<Result<Vec<_>, _>>()?;
        let next = accounts.last().cloned().filter(|_| more);
        Ok(AccountPage::new(accounts, next))
    }

    pub(crate) async fn account_with_key(
        &self,
        key: &AccountKey,
    ) -> Result<Option<(AccountId, AccountRecord)>, StoreError> {
        let digest = key.digest().to_string();
        let values = [key.kind().into(), (&digest).into()];
        let rows = self.database.all(WITH_KEY, &values).await?;
        let Some(first) = rows.first() else {
            return Ok(None);
        };
        let account = AccountId::new(first.text(5)?);
        let record = self.record(&account, &rows)?;
        Ok(record.map(|record| (account, record)))
    }
}

impl SqlxStore {
    /// Returns the cached record, or decodes the account's rows.
    fn record(
        &self,
        account: &AccountId,
        rows: &[Row],
    ) -> Result<Option<AccountRecord>, StoreError> {
        let Some(stored) = StoredAccount::read(rows)? else {
            self.account_cache.remove(account);
            return Ok(None);
        };
        if let Some(record) = self.account_cache.get(account, &stored) {
            return Ok(Some(record));
        }
        let record = self.open_record(account, &stored)?;
        self.account_cache.insert(account, stored, record.clone());
        Ok(Some(record))
    }

    fn open_record(
        &self,
        account: &AccountId,
        stored: &StoredAccount,
    ) -> Result<AccountRecord, StoreError> {
        let mut secrets = BTreeMap::new();
        for (name, sealed) in &stored.secrets {
            secrets.insert(name.clone(), self.secret(account, name, sealed)?);
        }
        let at_rest = SettingsAtRest {
            document: stored.document.clone(),
            secrets,
        };
        let settings = AccountSettings::from_rest(&at_rest).map_err(corrupt_settings)?;
        let tokens = read_json(TABLE, &stored.operator_tokens)?;
        let mut record = AccountRecord::new(settings, tokens);
        record.version = u64::try_from(stored.version).map_err(|_| out_of_range(TABLE))?;
        Ok(record)
    }

    fn secret(&self, account: &AccountId, name: &str, sealed: &[u8]) -> Result<Secret, StoreError> {
        self.keys.open_text(&seal_context(account, name), sealed)
    }
}

/// Returns the sealing context for an account secret.
pub(crate) fn seal_context<'a>(account: &'a AccountId, name: &'a str) -> SealContext<'a> {
    SealContext {
        account,
        column: "account_secrets.sealed",
        row: name,
    }
}

fn account_id(row: &Row) -> Result<AccountId, StoreError> {
    Ok(AccountId::new(row.text(0)?))
}

const TABLE: &str = "accounts";

macro_rules! record {
    ($of:literal) => {
        concat!(
            "SELECT accounts.document, accounts.operator_tokens, accounts.version, ",
            "secrets.name, secrets.sealed, accounts.account FROM ",
            $of
        )
    };
}

statements! {
    ACCOUNT = both(record!("accounts \
        LEFT JOIN account_secrets AS secrets ON secrets.account = accounts.account \
        WHERE accounts.account = $1"));
    WITH_KEY = both(record!("account_keys AS keys \
        JOIN accounts ON accounts.account = keys.account \
        LEFT JOIN account_secrets AS secrets ON secrets.account = accounts.account \
        WHERE keys.kind = $1 AND keys.digest = $2"));
    FIRST_PAGE = both("SELECT account FROM accounts WHERE account >= '' ORDER BY account LIMIT $1");
    NEXT_PAGE = both("SELECT account FROM accounts WHERE account > $2 ORDER BY account LIMIT $1");
}
