use std::{collections::BTreeMap, time::Duration};

use chrono::{DateTime, Utc};
use greenhouse_core::{
    AccountId,
    store::{LastSeen, StoreError},
};

use crate::{
    SqlxStore,
    error::unavailable,
    rows::{micros, read_micros},
    session::{Row, both, statements},
};

impl SqlxStore {
    pub(crate) async fn note_last_seen(
        &self,
        account: &AccountId,
        what: &LastSeen,
        at: DateTime<Utc>,
        every: Duration,
    ) -> Result<(), StoreError> {
        let statement = match what {
            LastSeen::PartnerKey(_) => NOTE_KEY,
            _ => NOTE,
        };
        let name = what.name();
        let every = i64::try_from(every.as_micros()).unwrap_or(i64::MAX);
        let values = [
            account.as_str().into(),
            what.kind().into(),
            (&name).into(),
            micros(at).into(),
            micros(at).saturating_sub(every).into(),
        ];
        let mut transaction = self.database.begin().await?;
        let noted = transaction.execute(statement, &values).await;
        noted.map_err(unavailable)?;
        transaction.commit().await.map_err(unavailable)
    }

    pub(crate) async fn last_seen(
        &self,
        account: &AccountId,
    ) -> Result<BTreeMap<LastSeen, DateTime<Utc>>, StoreError> {
        let rows = self.database.all(SEEN, &[account.as_str().into()]).await?;
        rows.iter().map(read).collect()
    }
}

fn read(row: &Row) -> Result<(LastSeen, DateTime<Utc>), StoreError> {
    let what = LastSeen::from_words(&row.text(0)?, &row.text(1)?);
    let what =
        what.ok_or_else(|| StoreError::corrupt("a row in table last_seen has an unknown kind"))?;
    Ok((what, read_micros(TABLE, row.number(2)?)?))
}

const TABLE: &str = "last_seen";

macro_rules! note {
    ($known:literal) => {
        concat!(
            "INSERT INTO last_seen (account, kind, name, seen_at) SELECT $1, $2, $3, $4 WHERE $1 = ",
            $known,
            " ON CONFLICT (account, kind, name) DO UPDATE SET seen_at = $4 WHERE last_seen.seen_at <= $5"
        )
    };
}

statements! {
    NOTE = both(note!("(SELECT account FROM accounts WHERE account = $1)"));
    NOTE_KEY = both(note!("(SELECT account FROM account_keys WHERE kind = 'partner' AND digest = $3)"));
    SEEN = both("SELECT kind, name, seen_at FROM last_seen WHERE account = $1");
}
