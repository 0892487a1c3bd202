//! Checks that the sync log contains only pushed candidates, and no delivery twice.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{About, Case};

pub(super) fn judge(case: &mut Case<'_>, log: &[Value]) -> String {
    let mut entries: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut decided = BTreeSet::new();
    let mut notes = 0;
    for entry in log {
        case.holds(entry["status"] != "pending", format!("{entry} is pending"));
        case.holds(entry["status"] != "failed", format!("{entry} failed"));
        match entry["assessment"].as_str() {
            // The trigger makes one decision about each completed assessment.
            Some(assessment) if entry["subject"] == "push" && entry["status"] == "skipped" => {
                let is_first = decided.insert(assessment.to_owned());
                case.holds(is_first, format!("second decision: {entry}"));
            }
            Some(assessment) => {
                let codes = entries.entry(assessment.to_owned()).or_default();
                codes.push(entry["code"].to_string());
            }
            None if entry["subject"] == "problem" => notes += 1,
            None => case.holds(false, format!("unknown subject: {entry}")),
        }
    }
    let others = case
        .letters
        .all
        .iter()
        .filter(|sent| sent.another_body)
        .count();
    case.holds(
        notes == others,
        format!("{others} deliveries with another body, {notes} log entries"),
    );

    let effective = effective(case);
    for one in &case.fixture.pushed {
        let codes = entries.remove(&one.assessment).unwrap_or_default();
        let count = codes.len();
        let mut people = BTreeSet::from([one.candidate]);
        let mut candidate = one.candidate;
        while let Some(winner) = case.history.merged.get(&candidate) {
            candidate = *winner;
            people.insert(candidate);
        }
        // A merge can be received, reported and followed to another application.
        let merges = 3 * (people.len() - 1);
        // Winners may own links of their own, which an event about a loser concerns too.
        people.extend(case.history.losers_of(candidate));
        let about = effective.iter().filter(|about| {
            about.applications.contains(&one.application)
                || about.candidates.iter().any(|one| people.contains(one))
        });
        let about: Vec<_> = about.collect();
        // An anonymization can make the stage unknown, which is then read and logged.
        let reads = about
            .iter()
            .filter(|about| about.action == "candidate_anonymized");
        let most = about.len() + merges + reads.count();
        case.holds(
            count <= most,
            format!(
                "{} has {count} entries for {most} deliveries: {codes:?}",
                one.assessment
            ),
        );
    }
    case.holds(
        entries.is_empty(),
        format!("entries without a push: {entries:?}"),
    );
    format!("{} entries in the log", log.len())
}

fn effective(case: &Case<'_>) -> Vec<About> {
    let all = case.letters.all.iter();
    let effective = all.filter(|sent| {
        let kept = case.kept.get(&sent.name);
        kept.is_some_and(|kept| kept.verdict == "effective")
    });
    effective.map(About::of).collect()
}
