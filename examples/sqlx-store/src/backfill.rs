//! Data migrations that SQL cannot express.

use greenhouse_core::{AccountId, store::Invitation};

use crate::session::{Transaction, both, statements};

/// Fills the column `person` of invitations that were stored before migration 0002. The value is a
/// digest, which SQL cannot compute.
pub(crate) async fn invitation_persons(transaction: &mut Transaction) -> Result<(), sqlx::Error> {
    let mut rows = transaction.all(WITHOUT_PERSON, &[PAGE.into()]).await?;
    loop {
        let is_last = rows.len() < PAGE_ROWS;
        let mut after = None;
        for row in rows {
            let (Ok(account), Ok(id), Ok(record)) = (row.text(0), row.text(1), row.text(2)) else {
                return Err(sqlx::Error::RowNotFound);
            };
            // An unreadable invitation gets NULL, because its person is unknown.
            let invitation: Option<Invitation> = serde_json::from_str(&record).ok();
            let account = AccountId::new(account);
            let person = invitation.and_then(|invitation| invitation.person.key(&account));
            let values = [
                account.as_str().into(),
                (&id).into(),
                person.as_ref().map(|person| person.as_str()).into(),
            ];
            transaction.execute(SET_PERSON, &values).await?;
            after = Some((account, id));
        }
        let Some((account, id)) = after.filter(|_| !is_last) else {
            return Ok(());
        };
        let values = [PAGE.into(), account.as_str().into(), (&id).into()];
        rows = transaction.all(NEXT_WITHOUT_PERSON, &values).await?;
    }
}

const PAGE_ROWS: usize = 500;
const PAGE: i64 = PAGE_ROWS as i64;

// Each page starts after the previous one. Within the transaction, PostgreSQL's index still
// contains the updated rows, so a query from the beginning would scan them again.
statements! {
    WITHOUT_PERSON = both("SELECT account, id, record FROM invitations WHERE person = '' \
        ORDER BY account, id LIMIT $1");
    NEXT_WITHOUT_PERSON = both("SELECT account, id, record FROM invitations WHERE person = '' \
        AND (account, id) > ($2, $3) ORDER BY account, id LIMIT $1");
    SET_PERSON = both("UPDATE invitations SET person = $3 WHERE account = $1 AND id = $2");
}
