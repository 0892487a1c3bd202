use async_trait::async_trait;
use chrono::{DateTime, Utc};
use greenhouse_core::{
    AccountId,
    store::{BudgetCount, BudgetNews, BudgetShare, BudgetWindow, RateBudgets, StoreError},
};

use crate::{
    SqlxStore,
    error::{out_of_range, unavailable},
    rows::{micros, read_micros},
    session::{Row, both, each, statements},
};

#[async_trait]
impl RateBudgets for SqlxStore {
    async fn take_budget(
        &self,
        account: &AccountId,
        client_id: &str,
        window: BudgetWindow,
        wanted: u32,
        now: DateTime<Utc>,
    ) -> Result<BudgetShare, StoreError> {
        self.count(account, client_id, window.starts_at, |count| {
            count.take(window, wanted, now)
        })
        .await
    }

    async fn return_budget(
        &self,
        account: &AccountId,
        client_id: &str,
        window: DateTime<Utc>,
        unused: u32,
    ) -> Result<(), StoreError> {
        self.count(account, client_id, window, |count| {
            count.give_back(window, unused);
        })
        .await
    }

    async fn note_budget(
        &self,
        account: &AccountId,
        client_id: &str,
        window: DateTime<Utc>,
        news: BudgetNews,
    ) -> Result<(), StoreError> {
        self.count(account, client_id, window, |count| count.note(window, news))
            .await
    }
}

impl SqlxStore {
    /// Changes the count of a credential while nobody else can; begins one at `window` where there is none.
    async fn count<T>(
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
            let begun = transaction.execute(INSERT, &first).await;
            begun.map_err(unavailable)?;
            row = transaction.first(COUNT, &key).await.map_err(unavailable)?;
        }
        let mut count = row.as_ref().map_or(Ok(BudgetCount::new(window)), read)?;
        let answer = change(&mut count);
        let values = [
            account.as_str().into(),
            client_id.into(),
            micros(count.window).into(),
            i64::from(count.used).into(),
            count.held_until.map(micros).into(),
        ];
        transaction
            .execute(UPDATE, &values)
            .await
            .map_err(unavailable)?;
        transaction.commit().await.map_err(unavailable)?;
        Ok(answer)
    }
}

fn read(row: &Row) -> Result<BudgetCount, StoreError> {
    let mut count = BudgetCount::new(read_micros(TABLE, row.number(0)?)?);
    count.used = u32::try_from(row.number(1)?).map_err(|_| out_of_range(TABLE))?;
    let held_until = row.optional_number(2)?;
    count.held_until = held_until.map(|at| read_micros(TABLE, at)).transpose()?;
    Ok(count)
}

const TABLE: &str = "budgets";

macro_rules! count {
    ($lock:literal) => {
        concat!(
            "SELECT window_at, used, held_until FROM budgets",
            " WHERE account = $1 AND client_id = $2",
            $lock
        )
    };
}

statements! {
    INSERT = both("INSERT INTO budgets (account, client_id, window_at, used) \
        VALUES ($1, $2, $3, 0) ON CONFLICT DO NOTHING");
    COUNT = each(count!(""), count!(" FOR UPDATE"));
    UPDATE = both("UPDATE budgets SET window_at = $3, used = $4, held_until = $5 \
        WHERE account = $1 AND client_id = $2");
}
