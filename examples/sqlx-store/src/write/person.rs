//! Merge and erasure of a person's data across tables.

use std::collections::BTreeSet;

use greenhouse_core::{
    AccountId, CandidateId,
    store::{Erased, ErasedPart, Erasure, Invitation, Link, Merge, PersonKey, Push, Write},
};

use super::{NotCommitted, record, steps::Steps};
use crate::{
    rows::{Record, read_records},
    session::{Statement, Transaction, both, statements},
};

/// Moves the loser's rows to the winner. Increments the versions, so that a decision based on the
/// rows before the merge becomes a conflict.
pub(super) async fn merge(
    transaction: &mut Transaction,
    account: &AccountId,
    merge: Merge,
) -> Result<(), NotCommitted> {
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
    rewrite(transaction, account, pushes).await?;

    let values = [
        account.as_str().into(),
        merge.loser.value().into(),
        merge.winner.value().into(),
    ];
    transaction.execute(MOVE_BODIES, &values).await?;
    Ok(())
}

/// Erases a person's data. Increments the versions, so that a decision based on the erased data
/// becomes a conflict.
pub(super) async fn erase(
    transaction: &mut Transaction,
    account: &AccountId,
    erasure: &Erasure,
) -> Result<(), NotCommitted> {
    match &erasure.person {
        Erased::Candidate(candidate) => {
            erase_candidate(transaction, account, erasure, *candidate).await
        }
        Erased::Everyone => erase_everyone(transaction, account, erasure).await,
        Erased::Person(person) => {
            let values = [account.as_str().into(), person.as_str().into()];
            let rows = transaction.all(INVITATIONS_OF_PERSON, &values).await?;
            let invitations: Vec<Invitation> = read_records(&rows)?;
            let rows = transaction.all(PUSHES_OF_PERSON, &values).await?;
            let pushes: Vec<Push> = read_records(&rows)?;
            let invited = invitations.iter().filter_map(|row| row.candidate);
            let pushed = pushes.iter().filter_map(|row| row.candidate);
            let candidates: BTreeSet<CandidateId> = invited.chain(pushed).collect();
            erase_records(transaction, account, erasure, None, invitations, pushes).await?;
            for candidate in candidates {
                erase_candidate(transaction, account, erasure, candidate).await?;
            }
            Ok(())
        }
    }
}

async fn erase_everyone(
    transaction: &mut Transaction,
    account: &AccountId,
    erasure: &Erasure,
) -> Result<(), NotCommitted> {
    let own = [account.as_str().into()];
    let invitations: Vec<Invitation> =
        read_records(&transaction.all(ALL_INVITATIONS, &own).await?)?;
    let pushes: Vec<Push> = read_records(&transaction.all(ALL_PUSHES, &own).await?)?;
    erase_records(transaction, account, erasure, None, invitations, pushes).await?;
    let mut links: Vec<Link> = read_records(&transaction.all(ALL_LINKS, &own).await?)?;
    links.retain_mut(|link| link.erase(erasure));
    rewrite(transaction, account, links).await?;
    transaction.execute(ALL_BODIES, &own).await?;
    Ok(())
}

async fn erase_candidate(
    transaction: &mut Transaction,
    account: &AccountId,
    erasure: &Erasure,
    candidate: CandidateId,
) -> Result<(), NotCommitted> {
    let invitations = of_candidate(transaction, account, candidate, INVITATIONS).await?;
    let mut pushes: Vec<Push> = of_candidate(transaction, account, candidate, PUSHES).await?;
    if erasure.erases(ErasedPart::EmailAddress) {
        let without_candidate = without_candidate(transaction, account, &pushes).await?;
        pushes.extend(without_candidate);
    }
    let owner = Some(candidate);
    erase_records(transaction, account, erasure, owner, invitations, pushes).await?;

    // Links come before bodies, because a delivery that stores a body also writes its links. Either
    // the delivery has been committed and its body is found, or its write becomes a conflict.
    let mut links: Vec<Link> = of_candidate(transaction, account, candidate, LINKS).await?;
    links.retain_mut(|link| link.erase(erasure));
    rewrite(transaction, account, links).await?;

    if !erasure.erases(ErasedPart::Bodies) {
        return Ok(());
    }
    // A body is erased whole, even if only some of its data is to be erased.
    for statement in [BODIES_OF_CANDIDATE, BODIES_OF_APPLICATIONS] {
        let values = [account.as_str().into(), candidate.value().into()];
        transaction.execute(statement, &values).await?;
    }
    Ok(())
}

/// Returns the pushes that have no candidate but belong to the same persons as these pushes.
async fn without_candidate(
    transaction: &mut Transaction,
    account: &AccountId,
    pushes: &[Push],
) -> Result<Vec<Push>, NotCommitted> {
    let persons = pushes.iter().filter_map(|push| push.person.as_ref());
    let persons: BTreeSet<&str> = persons.map(PersonKey::as_str).collect();
    let mut without_candidate = Vec::new();
    for person in persons {
        let values = [account.as_str().into(), person.into()];
        let rows = transaction.all(PUSHES_OF_PERSON, &values).await?;
        let pushes: Vec<Push> = read_records(&rows)?;
        without_candidate.extend(pushes.into_iter().filter(|push| push.candidate.is_none()));
    }
    Ok(without_candidate)
}

async fn erase_records(
    transaction: &mut Transaction,
    account: &AccountId,
    erasure: &Erasure,
    candidate: Option<CandidateId>,
    mut invitations: Vec<Invitation>,
    mut pushes: Vec<Push>,
) -> Result<(), NotCommitted> {
    invitations.retain_mut(|invitation| invitation.erase(erasure));
    rewrite(transaction, account, invitations).await?;
    pushes.retain_mut(|push| push.erase(erasure, candidate));
    rewrite(transaction, account, pushes).await
}

async fn of_candidate<R: Record>(
    transaction: &mut Transaction,
    account: &AccountId,
    candidate: CandidateId,
    statement: Statement,
) -> Result<Vec<R>, NotCommitted> {
    let values = [account.as_str().into(), candidate.value().into()];
    Ok(read_records(&transaction.all(statement, &values).await?)?)
}

async fn rewrite<R: record::RecordColumns>(
    transaction: &mut Transaction,
    account: &AccountId,
    records: Vec<R>,
) -> Result<(), NotCommitted> {
    let writes: Vec<Write<R>> = records.into_iter().map(Write::Put).collect();
    let mut steps = Steps::default();
    record::write(&mut steps, account, &writes)?;
    steps.run(transaction, &[]).await
}

statements! {
    INVITATIONS = both("SELECT record, version FROM invitations \
        WHERE account = $1 AND candidate = $2 ORDER BY id");
    PUSHES = both("SELECT record, version FROM pushes \
        WHERE account = $1 AND candidate = $2 ORDER BY assessment");
    LINKS = both("SELECT record, version FROM links \
        WHERE account = $1 AND candidate = $2 ORDER BY assessment");
    INVITATIONS_OF_PERSON = both("SELECT record, version FROM invitations \
        WHERE account = $1 AND person = $2 ORDER BY id");
    PUSHES_OF_PERSON = both("SELECT record, version FROM pushes \
        WHERE account = $1 AND person = $2 ORDER BY requested_at, assessment");
    ALL_INVITATIONS = both("SELECT record, version FROM invitations WHERE account = $1 ORDER BY id");
    ALL_PUSHES = both("SELECT record, version FROM pushes WHERE account = $1 ORDER BY assessment");
    ALL_LINKS = both("SELECT record, version FROM links WHERE account = $1 ORDER BY assessment");
    ALL_BODIES = both("UPDATE deliveries SET body = NULL, sealed_by = NULL \
        WHERE account = $1 AND (body IS NOT NULL OR sealed_by IS NOT NULL)");
    MOVE_BODIES = both("UPDATE deliveries SET candidate = $3 \
        WHERE account = $1 AND candidate = $2 AND body IS NOT NULL");
    BODIES_OF_CANDIDATE = both("UPDATE deliveries SET body = NULL, sealed_by = NULL \
        WHERE account = $1 AND candidate = $2 AND body IS NOT NULL");
    BODIES_OF_APPLICATIONS = both("UPDATE deliveries SET body = NULL, sealed_by = NULL WHERE body IS NOT NULL \
        AND id IN (SELECT named.delivery FROM links \
        JOIN delivery_applications AS named \
        ON named.account = links.account AND named.application = links.application \
        WHERE links.account = $1 AND links.candidate = $2)");
}
