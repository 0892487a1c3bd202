//! Checks that every delivery that received a 200 response is stored once, with the correct effect.

use std::collections::BTreeSet;

use super::{About, Case, Name};
use crate::flood::letter::digest;

pub(super) fn judge(case: &mut Case<'_>, taken: &BTreeSet<Name>) -> String {
    let greenhouse = &case.fixture.stage.greenhouse;
    let pings = greenhouse.deliveries().into_iter();
    let pings = pings.filter(|delivery| delivery.action == "ping");
    let mut known: BTreeSet<Name> = pings
        .map(|ping| (ping.event_id, digest(&ping.body)))
        .collect();
    known.extend(taken.iter().cloned());
    let sent: BTreeSet<Name> = case
        .letters
        .all
        .iter()
        .map(|sent| sent.name.clone())
        .collect();
    case.holds(*taken == sent, "not every delivery was accepted");
    let kept: BTreeSet<Name> = case.kept.keys().cloned().collect();
    let (lost, foreign) = (known.difference(&kept), kept.difference(&known));
    let (lost, foreign) = (lost.count(), foreign.count());
    case.holds(
        (lost, foreign) == (0, 0),
        format!(
            "{lost} deliveries received a 200 but are not stored, {foreign} are stored but received none"
        ),
    );

    let mut effective = 0;
    let letters = case.letters;
    for sent in &letters.all {
        let about = About::of(sent);
        let wanted = wanted(case, &about);
        let Some(kept) = case.kept.get(&sent.name) else {
            continue;
        };
        effective += usize::from(kept.verdict == "effective");
        let (verdict, has_body) = (kept.verdict.clone(), kept.has_body);
        let right = wanted.is_none_or(|wanted| wanted == verdict);
        let what = format!(
            "{} {} of {:?}",
            about.action, sent.name.0, about.applications
        );
        case.holds(right, format!("{what} is {verdict}, not {wanted:?}"));
        if verdict == "ignored" {
            case.holds(
                !has_body,
                format!("{what} is ignored, and its body is stored"),
            );
        }
        let anonymized = about
            .candidates
            .iter()
            .any(|one| case.history.anonymized.contains(one));
        let merged = about
            .candidates
            .iter()
            .any(|one| case.history.was_merged(*one));
        if anonymized && !merged {
            case.holds(
                !has_body,
                format!("{what} names an anonymized candidate, and is stored"),
            );
        } else if wanted == Some("effective") && !merged {
            case.holds(has_body, format!("{what} is effective, and not stored"));
        }
    }
    format!("{effective} deliveries had an effect")
}

/// Returns the expected effect of a delivery, if the effect does not depend on the order of
/// deliveries.
fn wanted(case: &Case<'_>, about: &About) -> Option<&'static str> {
    if !about.counts() {
        return Some("ignored");
    }
    let named = |one: &&crate::flood::fixture::Pushed| {
        about.applications.contains(&one.application) || about.candidates.contains(&one.candidate)
    };
    let mut pushed = case.fixture.pushed.iter().filter(named).peekable();
    if pushed.peek().is_none() {
        let merged = about
            .candidates
            .iter()
            .any(|one| case.history.was_merged(*one));
        return (!merged).then_some("ignored");
    }
    pushed
        .all(|one| case.is_unchanged(one))
        .then_some("effective")
}
