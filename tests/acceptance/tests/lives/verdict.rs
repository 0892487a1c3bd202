//! Invariants of a settled life. The verdict reads Greenhouse's exchanges and the product's log,
//! but never the host.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use greenhouse_core::{InvitationId, platform::AssessmentState};
use mock_greenhouse::{Direction, Exchange, TakeHomeTest};

use crate::{life::Life, product::Change, settling::Settled};

/// Returns the number of results that could not arrive because the host was killed at the wrong
/// moment.
pub(crate) fn of(life: &Life, settled: Settled) -> Result<usize, String> {
    let mut cut_off = 0;
    let troubles = life.greenhouse.problems();
    holds(troubles.is_empty(), || troubles.join("; "))?;
    let exchanges = life.greenhouse.exchanges();
    holds(
        exchanges.first().is_none_or(|first| first.number == 1),
        || "the log of exchanges dropped its first entries".to_owned(),
    )?;
    every_response_was_right(&exchanges, &settled)?;
    every_event_was_delivered(life)?;

    let tests = life.greenhouse.take_home_tests();
    every_candidate_was_invited_once(life, &tests)?;
    for test in &tests {
        let id = InvitationId::new(test.partner_interview_id.clone().unwrap());
        let changes = life.product.changes(&id);
        if life.product.refused().contains(&id) {
            holds(test.status.as_deref() == Some("invitation failed"), || {
                format!("{test:?} was refused by the product")
            })?;
            let notice = completion_call(test, test.sent_at, &exchanges)?;
            was_read_after(test, notice, &exchanges)?;
            continue;
        }
        let since = notice_due_since(&changes);
        let notice = since.map(|since| completion_call(test, since, &exchanges));
        let notice = notice.transpose()?;
        if notice.is_some_and(|notice| was_cut_off(test, notice, life, &exchanges)) {
            cut_off += 1;
            continue;
        }
        has_its_result(test, &changes)?;
        if let Some(notice) = notice {
            was_read_after(test, notice, &exchanges)?;
        }
    }
    Ok(cut_off)
}

/// Checks that every response was a success or lost, or a 503 while the product was down. After all
/// faults have ended, every response must be a success.
fn every_response_was_right(exchanges: &[Exchange], settled: &Settled) -> Result<(), String> {
    for exchange in exchanges
        .iter()
        .filter(|one| one.direction == Direction::Outbound)
    {
        let well = match exchange.status {
            Some(status) if (200..400).contains(&status) => true,
            Some(503) | None => exchange.number < settled.from,
            Some(_) => false,
        };
        holds(well, || format!("wrong response in {exchange:?}"))?;
    }
    Ok(())
}

/// Checks that every webhook was delivered, unless Greenhouse gave up while no host was running.
fn every_event_was_delivered(life: &Life) -> Result<(), String> {
    for delivery in life.greenhouse.deliveries() {
        let tried = u32::try_from(delivery.attempts.len()).unwrap();
        holds(
            delivery.is_delivered() || tried >= delivery.max_attempts,
            || format!("{delivery:?} was not delivered"),
        )?;
    }
    Ok(())
}

/// Checks that each sent test has one invitation, and one e-mail unless the product refused the
/// candidate.
fn every_candidate_was_invited_once(life: &Life, tests: &[TakeHomeTest]) -> Result<(), String> {
    let ids = |all: Vec<InvitationId>| -> BTreeSet<String> {
        all.iter().map(InvitationId::to_string).collect()
    };
    let sent: BTreeSet<String> = tests
        .iter()
        .filter_map(|test| test.partner_interview_id.clone())
        .collect();
    holds(sent.len() == tests.len(), || {
        format!("{} tests have {} invitations", tests.len(), sent.len())
    })?;
    let letters = life.product.letters().len();
    let (written, refused) = (ids(life.product.letters()), ids(life.product.refused()));
    let known: BTreeSet<String> = written.union(&refused).cloned().collect();
    let right = known == sent && letters + refused.len() == tests.len();
    holds(right, || {
        format!(
            "{} tests sent, {letters} candidates invited and {} refused; invitations without a test: {:?}, tests without an invitation: {:?}",
            tests.len(),
            refused.len(),
            known.difference(&sent).collect::<Vec<_>>(),
            sent.difference(&known).collect::<Vec<_>>(),
        )
    })
}

/// Checks that Greenhouse shows the last final state of a test. According to its documentation,
/// Greenhouse accepts results only for active candidates.
fn has_its_result(test: &TakeHomeTest, changes: &[Change]) -> Result<(), String> {
    let status = test.status.as_deref();
    let is = |wanted: &str| {
        holds(status == Some(wanted), || {
            format!("{test:?} is not {wanted}, after {changes:?}")
        })
    };
    match changes.last() {
        Some(last) if last.state == AssessmentState::Completed => {
            is("complete")?;
            if let Some(why) = &test.drop_reason {
                return holds(why.starts_with("the application is"), || {
                    format!("{test:?} was dropped: {why}")
                });
            }
            holds(test.score == last.score, || {
                format!("{test:?} has score {:?}, after {changes:?}", test.score)
            })?;
            let report = format!("https://product.example/reports/{}", last.assessment);
            let opened = test.opened_link.as_ref().filter(|opened| opened.is_open());
            let opened = opened.and_then(|opened| opened.location.as_deref());
            holds(opened == Some(&report), || {
                format!("the report of {test:?} redirects to {opened:?}")
            })
        }
        Some(last) if last.state == AssessmentState::Withdrawn => is("withdrawn"),
        Some(last) if last.state == AssessmentState::Expired => is("expired"),
        _ => {
            let ever = |change: &Change| change.state == AssessmentState::Completed;
            holds(
                status != Some("complete") || changes.iter().any(ever),
                || format!("{test:?} is complete, after {changes:?}"),
            )
        }
    }
}

/// Returns the time of the last final state about which Greenhouse must be notified. Greenhouse
/// must be notified about each result, but not about a repeated withdrawal or expiry.
fn notice_due_since(changes: &[Change]) -> Option<DateTime<Utc>> {
    let last = changes.last()?;
    match last.state {
        AssessmentState::Completed => Some(last.at),
        AssessmentState::Withdrawn | AssessmentState::Expired => {
            let alike = changes.iter().find(|change| change.state == last.state);
            alike.map(|first| first.at)
        }
        _ => None,
    }
}

/// Returns the first accepted completion call since this time.
fn completion_call(
    test: &TakeHomeTest,
    since: DateTime<Utc>,
    all: &[Exchange],
) -> Result<u64, String> {
    let notice = all.iter().find(|exchange| {
        exchange.direction == Direction::Inbound
            && test.url.ends_with(&exchange.url)
            && exchange.at >= since
            && exchange.status == Some(200)
    });
    let notice = notice.map(|notice| notice.number);
    notice.ok_or_else(|| format!("no accepted completion call for {test:?} since {since}"))
}

fn was_read_after(test: &TakeHomeTest, notice: u64, all: &[Exchange]) -> Result<(), String> {
    let answered = requests_since(test, notice, all)
        .any(|exchange| exchange.url.contains("/test-status?") && exchange.status == Some(200));
    holds(answered, || {
        format!("{test:?} was not read after its completion call")
    })
}

/// Returns `true` if the host was killed after the completion call and before it responded to
/// Greenhouse's poll or report request, which Greenhouse may not repeat.
fn was_cut_off(test: &TakeHomeTest, notice: u64, life: &Life, all: &[Exchange]) -> bool {
    let last = requests_since(test, notice, all).last();
    last.is_some_and(|last| last.status.is_none() && life.kills.contains(&last.at))
}

/// Returns Greenhouse's requests for the invitation or its report.
fn requests_since<'a>(
    test: &'a TakeHomeTest,
    notice: u64,
    all: &'a [Exchange],
) -> impl Iterator<Item = &'a Exchange> {
    let id = test.partner_interview_id.as_deref().unwrap();
    let about = move |exchange: &&Exchange| {
        exchange.number > notice
            && exchange.direction == Direction::Outbound
            && exchange.url.contains(id)
    };
    all.iter().filter(about)
}

fn holds(condition: bool, why: impl FnOnce() -> String) -> Result<(), String> {
    if condition { Ok(()) } else { Err(why()) }
}
