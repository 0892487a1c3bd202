//! Writes an account: its settings, its sealed secrets and its keys.

use greenhouse_core::{
    AccountId,
    store::{AccountRecord, Applied, Write},
};

use super::{NotCommitted, steps::Steps};
use crate::{
    error::corrupt_settings,
    read::accounts::seal_context,
    rows::write_json,
    seal::MasterKeys,
    session::{Value, both, statements},
};

/// Writes the account. The result is a conflict if its version has changed or another account has
/// one of its keys.
pub(super) fn write(
    steps: &mut Steps,
    keys: &MasterKeys,
    account: &AccountId,
    write: &Write<AccountRecord>,
) -> Result<(), NotCommitted> {
    match write {
        Write::Put(record) => put(steps, keys, account, record),
        Write::Remove(record) => remove(steps, account, record),
    }
}

fn put(
    steps: &mut Steps,
    keys: &MasterKeys,
    account: &AccountId,
    record: &AccountRecord,
) -> Result<(), NotCommitted> {
    let at_rest = record.settings.at_rest().map_err(corrupt_settings)?;
    let tokens = write_json("accounts", &record.operator_tokens)?;
    let version = column_version(record.version)?;
    let next = version
        .checked_add(1)
        .ok_or(NotCommitted::Refused(Applied::Conflict))?;
    let statement = if version == 0 { INSERT } else { UPDATE };
    let values = vec![
        id_value(account),
        next.into(),
        at_rest.document.into(),
        tokens.into(),
    ];
    steps.push_required_write(statement, values, Applied::Conflict);

    steps.push(DELETE_KEYS, vec![id_value(account)]);
    for key in record.keys() {
        let digest = key.digest().to_string();
        let values = vec![key.kind().into(), digest.into(), id_value(account)];
        steps.push_required_write(INSERT_KEY, values, Applied::Conflict);
    }
    steps.push(DELETE_LAST_SEEN_OF_REMOVED_KEYS, vec![id_value(account)]);
    steps.push(DELETE_SECRETS, vec![id_value(account)]);
    let key_id = keys.current_key_id().to_string();
    for (name, secret) in at_rest.secrets {
        let sealed = keys.seal_text(&seal_context(account, &name), &secret)?;
        let values = vec![
            id_value(account),
            name.into(),
            sealed.into(),
            key_id.clone().into(),
        ];
        steps.push(INSERT_SECRET, values);
    }
    Ok(())
}

fn remove(
    steps: &mut Steps,
    account: &AccountId,
    record: &AccountRecord,
) -> Result<(), NotCommitted> {
    let version = column_version(record.version)?;
    if version == 0 {
        steps.push_absence_check(VERSION, vec![id_value(account)], Applied::Conflict);
        return Ok(());
    }
    let values = vec![id_value(account), version.into()];
    steps.push_required_write(DELETE, values, Applied::Conflict);
    for statement in [
        DELETE_KEYS,
        DELETE_LAST_SEEN,
        DELETE_SECRETS,
        EMPTY_TOKENS,
        DELETE_BUDGETS,
    ] {
        steps.push(statement, vec![id_value(account)]);
    }
    Ok(())
}

fn id_value(account: &AccountId) -> Value<'static> {
    account.as_str().to_owned().into()
}

/// Converts the version for its column. A version that does not fit is a conflict, because it was
/// never stored.
fn column_version(version: u64) -> Result<i64, NotCommitted> {
    i64::try_from(version).map_err(|_| NotCommitted::Refused(Applied::Conflict))
}

// Token rows stay, with their generation, so that a save with a lock from before the removal fails.
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
    DELETE_LAST_SEEN_OF_REMOVED_KEYS = both("DELETE FROM last_seen WHERE account = $1 AND kind = 'partner_key' AND \
        (SELECT COUNT(*) FROM account_keys WHERE kind = 'partner' AND account_keys.digest = last_seen.name) = 0");
    DELETE_LAST_SEEN = both("DELETE FROM last_seen WHERE account = $1");
    INSERT_SECRET = both("INSERT INTO account_secrets (account, name, sealed, sealed_by) \
        VALUES ($1, $2, $3, $4)");
    DELETE_SECRETS = both("DELETE FROM account_secrets WHERE account = $1");
    EMPTY_TOKENS = both("UPDATE tokens SET access = NULL, refresh = NULL, sealed_by = NULL, \
        expires_at = NULL, obtained_at = NULL, locked_until = NULL WHERE account = $1");
    DELETE_BUDGETS = both("DELETE FROM budgets WHERE account = $1");
}
