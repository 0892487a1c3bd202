//! What concerns a person across tables: a merge moves the rows, an erasure empties them.

use greenhouse_core::{
    AccountId, CandidateId,
    store::{Erasure, Invitation, Merge, Push, Write},
};

use super::{Stop, record};
use crate::{
    rows::{Record, read_records},
    session::{Statement, Transaction, both, statements},
};

/// Versions rise, so that no decision that was made before writes the loser back.
pub(super) async fn merge(
    transaction: &mut Transaction,
    account: &AccountId,
    merge: Merge,
) -> Result<(), Stop> {
    let mut invitations: Vec<Invitation> =
        of_candidate(transaction, account, merge.loser, INVITATIONS).await?;
    for invitation in &mut invitations {
        invitation.candidate = Some(merge.winner);
    }
    rewrite(transaction, account, invitations).await?;

    let mut pushes: Vec<Push> = of_candidate(transaction, account, merge.loser, PUSHES).await?;
    for push in &mut pushes {
        push.candidate = Some(merge.winner);
    }
    rewrite(transaction, account, pushes).await
}

/// Versions rise, so that no decision that was made before writes the erased data back.
pub(super) async fn erase(
    transaction: &mut Transaction,
    account: &AccountId,
    erasure: &Erasure,
) -> Result<(), Stop> {
    let mut invitations: Vec<Invitation> =
        of_candidate(transaction, account, erasure.candidate, INVITATIONS).await?;
    for invitation in &mut invitations {
        invitation.person.erase(erasure);
    }
    rewrite(transaction, account, invitations).await?;

    if erasure.takes_email() {
        let mut pushes: Vec<Push> =
            of_candidate(transaction, account, erasure.candidate, PUSHES).await?;
        for push in &mut pushes {
            push.person = None;
        }
        rewrite(transaction, account, pushes).await?;
    }

    // A body holds everything at once, so it goes with any part of it.
    for statement in [BODIES_OF_CANDIDATE, BODIES_OF_APPLICATIONS] {
        let values = [account.as_str().into(), erasure.candidate.value().into()];
        transaction.execute(statement, &values).await?;
    }
    Ok(())
}

async fn of_candidate<R: Record>(
    transaction: &mut Transaction,
    account: &AccountId,
    candidate: CandidateId,
    statement: Statement,
) -> Result<Vec<R>, Stop> {
    let values = [account.as_str().into(), candidate.value().into()];
    Ok(read_records(&transaction.all(statement, &values).await?)?)
}

async fn rewrite<R: record::Columns>(
    transaction: &mut Transaction,
    account: &AccountId,
    records: Vec<R>,
) -> Result<(), Stop> {
    let writes: Vec<Write<R>> = records.into_iter().map(Write::Put).collect();
    record::write(transaction, account, &writes).await
}

statements! {
    INVITATIONS = both("SELECT record, version FROM invitations \
        WHERE account = $1 AND candidate = $2 ORDER BY id");
    PUSHES = both("SELECT record, version FROM pushes \
        WHERE account = $1 AND candidate = $2 ORDER BY assessment");
    BODIES_OF_CANDIDATE = both("UPDATE deliveries SET body = NULL \
        WHERE account = $1 AND candidate = $2 AND body IS NOT NULL");
    BODIES_OF_APPLICATIONS = both("UPDATE deliveries SET body = NULL WHERE body IS NOT NULL \
        AND id IN (SELECT named.delivery FROM links \
        JOIN delivery_applications AS named \
        ON named.account = links.account AND named.application = links.application \
        WHERE links.account = $1 AND links.candidate = $2)");
}
