//! What must be true when a life has settled: by what Greenhouse saw and was told, and by the product's own log. The host is
//! not asked.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use greenhouse_core::{InvitationId, platform::AssessmentState};
use mock_greenhouse::{Direction, Exchange, TakeHomeTest};

use crate::{life::Life, product::Change, settling::Settled};

/// Answers of how many tests the result could not arrive, since the host died at the wrong moment.
pub(crate) fn of(life: &Life, settled: Settled) -> Result<usize, String> {
    let mut cut_off = 0;
    let troubles = life.greenhouse.problems();
    holds(troubles.is_empty(), || troubles.join("; "))?;
    let exchanges = life.greenhouse.exchanges();
    holds(
        exchanges.first().is_none_or(|first| first.number == 1),
        || "more was said than is kept".to_owned(),
    )?;
    nothing_was_answered_wrongly(&exchanges, &settled)?;
    every_event_was_taken(life)?;

    let tests = life.greenhouse.take_home_tests();
    nobody_was_invited_twice(life, &tests)?;
    for test in &tests {
        let id = InvitationId::new(test.partner_interview_id.clone().unwrap());
        let changes = life.product.changes(&id);
        if life.product.refused().contains(&id) {
            holds(test.status.as_deref() == Some("invitation failed"), || {
                format!("{test:?} was refused by the product")
            })?;
            let told = told_of(test, test.sent_at, &exchanges)?;
            got_its_answer(test, told, &exchanges)?;
            continue;
        }
        let since = to_be_told_since(&changes);
        let told = since.map(|since| told_of(test, since, &exchanges));
        let told = told.transpose()?;
        if told.is_some_and(|told| was_cut_off(test, told, life, &exchanges)) {
            cut_off += 1;
            continue;
        }
        has_its_result(test, &changes)?;
        if let Some(told) = told {
            got_its_answer(test, told, &exchanges)?;
        }
    }
    Ok(cut_off)
}

/// Greenhouse had either a good answer or none; 503 while the product was down. From the end of the troubles on, all are good.
fn nothing_was_answered_wrongly(exchanges: &[Exchange], settled: &Settled) -> Result<(), String> {
    for exchange in exchanges
        .iter()
        .filter(|one| one.direction == Direction::Outbound)
    {
        let well = match exchange.status {
            Some(status) if (200..400).contains(&status) => true,
            Some(503) | None => exchange.number < settled.from,
            Some(_) => false,
        };
        holds(well, || format!("{exchange:?} was answered wrongly"))?;
    }
    Ok(())
}

/// Every webhook in the end, unless Greenhouse gave up while no host was there.
fn every_event_was_taken(life: &Life) -> Result<(), String> {
    for delivery in life.greenhouse.deliveries() {
        let tried = u32::try_from(delivery.attempts.len()).unwrap();
        holds(
            delivery.is_delivered() || tried >= delivery.max_attempts,
            || format!("{delivery:?} was not taken"),
        )?;
    }
    Ok(())
}

/// For each test that was sent there is one invitation, and one letter unless the product refused.
fn nobody_was_invited_twice(life: &Life, tests: &[TakeHomeTest]) -> Result<(), String> {
    let ids = |all: Vec<InvitationId>| -> BTreeSet<String> {
        all.iter().map(InvitationId::to_string).collect()
    };
    let sent: BTreeSet<String> = tests
        .iter()
        .filter_map(|test| test.partner_interview_id.clone())
        .collect();
    holds(sent.len() == tests.len(), || {
        format!("{} tests are {} invitations", tests.len(), sent.len())
    })?;
    let letters = life.product.letters().len();
    let (written, refused) = (ids(life.product.letters()), ids(life.product.refused()));
    let known: BTreeSet<String> = written.union(&refused).cloned().collect();
    let right = known == sent && letters + refused.len() == tests.len();
    holds(right, || {
        format!(
            "{} tests were sent, {letters} candidates invited and {} refused; invited for no test: {:?}, for none: {:?}",
            tests.len(),
            refused.len(),
            known.difference(&sent).collect::<Vec<_>>(),
            sent.difference(&known).collect::<Vec<_>>(),
        )
    })
}

/// What Greenhouse shows of a test is how it last ended. As the documentation has it, results are for active candidates only.
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
                format!("the report of {test:?} opens {opened:?}")
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

/// Since when Greenhouse is to be told of how a test last ended, if it has. Each result is a new one; that it is withdrawn or
/// expired once more, is not news.
fn to_be_told_since(changes: &[Change]) -> Option<DateTime<Utc>> {
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

/// The first completion call that was taken since.
fn told_of(test: &TakeHomeTest, since: DateTime<Utc>, all: &[Exchange]) -> Result<u64, String> {
    let told = all.iter().find(|exchange| {
        exchange.direction == Direction::Inbound
            && test.url.ends_with(&exchange.url)
            && exchange.at >= since
            && exchange.status == Some(200)
    });
    let told = told.map(|told| told.number);
    told.ok_or_else(|| format!("Greenhouse was not told of {test:?} since {since}"))
}

fn got_its_answer(test: &TakeHomeTest, told: u64, all: &[Exchange]) -> Result<(), String> {
    let answered = asked_since(test, told, all)
        .any(|exchange| exchange.url.contains("/test-status?") && exchange.status == Some(200));
    holds(answered, || {
        format!("{test:?} got no answer once it was told")
    })
}

/// The host died when Greenhouse had been told, and asked for the result or opened the report: to that there was no answer.
/// If it does not ask by itself, nobody makes it.
fn was_cut_off(test: &TakeHomeTest, told: u64, life: &Life, all: &[Exchange]) -> bool {
    let last = asked_since(test, told, all).last();
    last.is_some_and(|last| last.status.is_none() && life.kills.contains(&last.at))
}

/// Its calls about the invitation or its report.
fn asked_since<'a>(
    test: &'a TakeHomeTest,
    told: u64,
    all: &'a [Exchange],
) -> impl Iterator<Item = &'a Exchange> {
    let id = test.partner_interview_id.as_deref().unwrap();
    let about = move |exchange: &&Exchange| {
        exchange.number > told
            && exchange.direction == Direction::Outbound
            && exchange.url.contains(id)
    };
    all.iter().filter(about)
}

fn holds(condition: bool, why: impl FnOnce() -> String) -> Result<(), String> {
    if condition { Ok(()) } else { Err(why()) }
}
