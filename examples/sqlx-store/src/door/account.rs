//! An account: its settings, with every secret sealed on its own, and the keys that name it.

use greenhouse_core::{
    AccountId,
    store::{AccountRecord, Applied, Write},
};

use super::Stop;
use crate::{
    accounts::place,
    error::corrupt_settings,
    rows::write_json,
    seal::MasterKeys,
    session::{Transaction, both, statements},
};

/// Writes the account, or stops with a conflict where it is not at the version that was read or a key is another's.
pub(super) async fn write(
    transaction: &mut Transaction,
    keys: &MasterKeys,
    account: &AccountId,
    write: &Write<AccountRecord>,
) -> Result<(), Stop> {
    match write {
        Write::Put(record) => put(transaction, keys, account, record).await,
        Write::Remove(record) => remove(transaction, account, record).await,
    }
}

async fn put(
    transaction: &mut Transaction,
    keys: &MasterKeys,
    account: &AccountId,
    record: &AccountRecord,
) -> Result<(), Stop> {
    let at_rest = record.settings.at_rest().map_err(corrupt_settings)?;
    let tokens = write_json("accounts", &record.operator_tokens)?;
    let version = column_version(record.version)?;
    let next = version.checked_add(1).ok_or(CONFLICT)?;
    let statement = if version == 0 { INSERT } else { UPDATE };
    let values = [
        account.as_str().into(),
        next.into(),
        (&at_rest.document).into(),
        (&tokens).into(),
    ];
    one_row(transaction.execute(statement, &values).await?)?;

    let own = [account.as_str().into()];
    transaction.execute(DELETE_KEYS, &own).await?;
    for key in record.keys() {
        let digest = key.digest().to_string();
        let values = [key.kind().into(), (&digest).into(), account.as_str().into()];
        one_row(transaction.execute(INSERT_KEY, &values).await?)?;
    }
    transaction.execute(DELETE_USES_OF_GONE_KEYS, &own).await?;
    transaction.execute(DELETE_SECRETS, &own).await?;
    let key_id = keys.current_key_id().to_string();
    for (name, secret) in &at_rest.secrets {
        let sealed = keys.seal_text(&place(account, name), secret)?;
        let values = [
            account.as_str().into(),
            name.into(),
            sealed.as_slice().into(),
            (&key_id).into(),
        ];
        transaction.execute(INSERT_SECRET, &values).await?;
    }
    Ok(())
}

async fn remove(
    transaction: &mut Transaction,
    account: &AccountId,
    record: &AccountRecord,
) -> Result<(), Stop> {
    let own = [account.as_str().into()];
    let version = column_version(record.version)?;
    if version == 0 {
        let known = transaction.first(VERSION, &own).await?;
        return known.map_or(Ok(()), |_| Err(CONFLICT));
    }
    let values = [account.as_str().into(), version.into()];
    one_row(transaction.execute(DELETE, &values).await?)?;
    for statement in [
        DELETE_KEYS,
        DELETE_KEY_USES,
        DELETE_HOOK_USES,
        DELETE_SECRETS,
        EMPTY_TOKENS,
        DELETE_BUDGETS,
    ] {
        transaction.execute(statement, &own).await?;
    }
    Ok(())
}

/// A version that no column can hold was never stored.
fn column_version(version: u64) -> Result<i64, Stop> {
    i64::try_from(version).map_err(|_| CONFLICT)
}

fn one_row(written: u64) -> Result<(), Stop> {
    if written == 1 { Ok(()) } else { Err(CONFLICT) }
}

const CONFLICT: Stop = Stop::Refused(Applied::Conflict);

// The row of a token stays with its generation, so that a save of before a removal never meets a lock of after it.
statements! {
    INSERT = both("INSERT INTO accounts (account, version, document, operator_tokens) \
        VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING");
    UPDATE = both("UPDATE accounts SET version = $2, document = $3, operator_tokens = $4 \
        WHERE account = $1 AND version = $2 - 1");
    DELETE = both("DELETE FROM accounts WHERE account = $1 AND version = $2");
    VERSION = both("SELECT version FROM accounts WHERE account = $1");
    INSERT_KEY = both("INSERT INTO account_keys (kind, digest, account) \
        VALUES ($1, $2, $3) ON CONFLICT DO NOTHING");
    DELETE_KEYS = both("DELETE FROM account_keys WHERE account = $1");
    DELETE_USES_OF_GONE_KEYS = both("DELETE FROM key_uses WHERE account = $1 AND \
        (SELECT COUNT(*) FROM account_keys WHERE kind = 'partner' AND account_keys.digest = key_uses.digest) = 0");
    DELETE_KEY_USES = both("DELETE FROM key_uses WHERE account = $1");
    DELETE_HOOK_USES = both("DELETE FROM hook_uses WHERE account = $1");
    INSERT_SECRET = both("INSERT INTO account_secrets (account, name, sealed, sealed_by) \
        VALUES ($1, $2, $3, $4)");
    DELETE_SECRETS = both("DELETE FROM account_secrets WHERE account = $1");
    EMPTY_TOKENS = both("UPDATE tokens SET access = NULL, refresh = NULL, sealed_by = NULL, \
        expires_at = NULL, obtained_at = NULL, locked_until = NULL WHERE account = $1");
    DELETE_BUDGETS = both("DELETE FROM budgets WHERE account = $1");
}
