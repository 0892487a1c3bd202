use chrono::{DateTime, Utc};
use greenhouse_core::{
    AccountId,
    store::{BudgetClaim, BudgetCount, BudgetReport, BudgetShare, StoreError},
};

use crate::{
    SqlxStore,
    error::{out_of_range, unavailable},
    rows::{micros, read_micros},
    session::{Row, both, each, statements},
};

impl SqlxStore {
    pub(crate) async fn take_budget(
        &self,
        account: &AccountId,
        client_id: &str,
        claim: BudgetClaim,
    ) -> Result<BudgetShare, StoreError> {
        self.change_count(account, client_id, claim.window, |count| count.take(claim))
            .await
    }

    pub(crate) async fn return_budget(
        &self,
        account: &AccountId,
        client_id: &str,
        window: DateTime<Utc>,
        unused: u32,
    ) -> Result<(), StoreError> {
        self.change_count(account, client_id, window, |count| {
            count.return_unused(window, unused);
        })
        .await
    }

    pub(crate) async fn note_budget(
        &self,
        account: &AccountId,
        client_id: &str,
        window: DateTime<Utc>,
        report: BudgetReport,
    ) -> Result<(), StoreError> {
        self.change_count(account, client_id, window, |count| {
            count.note(window, report)
        })
        .await
    }
}

impl SqlxStore {
    /// Locks and updates a credential's request count. A missing count starts at `window`.
    async fn change_count<T>(
        &self,
        account: &AccountId,
        client_id: &str,
        window: DateTime<Utc>,
        change: impl FnOnce(&mut BudgetCount) -> T + Send,
    ) -> Result<T, StoreError> {
        let key = [account.as_str().into(), client_id.into()];
        let mut transaction = self.database.begin().await?;
        let mut row = transaction.first(COUNT, &key).await.map_err(unavailable)?;
        if row.is_none() {
            let mut first = key.to_vec();
            first.push(micros(window).into());
            let inserted = transaction.execute(INSERT, &first).await;
            inserted.map_err(unavailable)?;
            row = transaction.first(COUNT, &key).await.map_err(unavailable)?;
        }
        let mut count = row.as_ref().map_or(Ok(BudgetCount::new(window)), read)?;
        let result = change(&mut count);
        let values = [
            account.as_str().into(),
            client_id.into(),
            micros(count.window).into(),
            count.limit.map(i64::from).into(),
            i64::from(count.used).into(),
            i64::from(count.outside).into(),
            count.held_until.map(micros).into(),
        ];
        transaction
            .execute(UPDATE, &values)
            .await
            .map_err(unavailable)?;
        transaction.commit().await.map_err(unavailable)?;
        Ok(result)
    }
}

fn read(row: &Row) -> Result<BudgetCount, StoreError> {
    let small = |number| u32::try_from(number).map_err(|_| out_of_range(TABLE));
    let mut count = BudgetCount::new(read_micros(TABLE, row.number(0)?)?);
    count.limit = row.optional_number(1)?.map(small).transpose()?;
    count.used = small(row.number(2)?)?;
    count.outside = small(row.number(3)?)?;
    let held_until = row.optional_number(4)?;
    count.held_until = held_until.map(|at| read_micros(TABLE, at)).transpose()?;
    Ok(count)
}

const TABLE: &str = "budgets";

macro_rules! count {
    ($lock:literal) => {
        concat!(
            "SELECT window_at, request_limit, used, outside, held_until FROM budgets",
            " WHERE account = $1 AND client_id = $2",
            $lock
        )
    };
}

statements! {
    INSERT = both("INSERT INTO budgets (account, client_id, window_at, used) \
        VALUES ($1, $2, $3, 0) ON CONFLICT DO NOTHING");
    COUNT = each(count!(""), count!(" FOR UPDATE"));
    UPDATE = both("UPDATE budgets \
        SET window_at = $3, request_limit = $4, used = $5, outside = $6, held_until = $7 WHERE account = $1 AND client_id = $2");
}
