//! Merges, deletions and anonymizations that arrive out of order.

use std::collections::{BTreeMap, BTreeSet};

use super::*;
use crate::{
    store::{CandidateHistory, Erasure, Merge},
    sync::{Reading, people_in, people_seen, reconcile, resolve},
};

#[test]
fn anonymization_after_the_merge_erases_both() {
    let histories = vec![merged(CANDIDATE, WINNER), history(WINNER)];
    let event = anonymize(CANDIDATE, &["full_name"]);
    let links = vec![link_at("a-1", WINNER), link_at("a-2", LAST)];
    let Decision {
        changes,
        verdict,
        keeps_body,
    } = decide(&event, &with_histories(links, histories));
    assert_eq!((verdict, keeps_body), (Verdict::Effective, false));
    assert_eq!(changes.erasures, [name_of(CANDIDATE), name_of(WINNER)]);
    let erased = only_link(&changes);
    assert!(erased.bodies_erased && erased.candidate == WINNER);
    let texts = texts(&changes);
    assert_eq!(texts.len(), 1);
    assert!(texts[0].contains("cannot be told apart"), "{texts:?}");
    // The anonymization is stored together with all histories that the decision read.
    let reported = written(&changes, CANDIDATE);
    assert!(reported.anonymized.is_some() && reported.merged_into == Some(WINNER));
    assert_eq!(written(&changes, WINNER).version, 1);
}

/// The link was the winner's before the merge. The unknown word erases its stage, which is then
/// read.
#[test]
fn anonymized_loser_adds_two_entries_to_the_winners_own_link() {
    let mut own = link_at("a-1", WINNER);
    own.state.stage = Some(stage("Onsite"));
    let histories = vec![merged(CANDIDATE, WINNER), history(WINNER)];
    let event = anonymize(CANDIDATE, &["full_name", "a_field_of_tomorrow"]);
    let erased = decide(&event, &with_histories(vec![own], histories.clone())).changes;
    assert_eq!(
        codes(&erased),
        ["merged_candidate_anonymized", "change_reported"]
    );
    let [Task::ReadApplication { hint, .. }] = &tasks(&erased)[..] else {
        panic!("{:?}", erased.due);
    };
    let mut snapshot = seen(ApplicationStatus::Active, 10);
    snapshot.candidate = Some(WINNER);
    snapshot.stage = None;
    let reading = Reading {
        hint: hint.clone(),
        snapshot: Some(snapshot),
        contradicted: false,
    };
    let link = only_link(&erased);
    let confirmed = resolve(&reading, &with_histories(vec![link], histories));
    assert_eq!(codes(&confirmed), ["status_confirmed"]);
    assert_eq!(confirmed.log[0].key, erased.log[1].key);
}

#[test]
fn recent_anonymization_of_the_winner_erases_moved_data() {
    let event = merge(CANDIDATE, WINNER);
    for link in [vec![], vec![link()]] {
        let histories = vec![
            history(CANDIDATE),
            anonymized(WINNER, Some(&["full_name"]), 0),
        ];
        let Decision {
            changes,
            keeps_body,
            ..
        } = decide(&event, &with_histories(link.clone(), histories));
        assert_eq!(changes.erasures, [name_of(WINNER)]);
        assert!(!keeps_body);
        if !link.is_empty() {
            assert!(only_link(&changes).bodies_erased);
            assert!(texts(&changes)[1].contains("before or after the merge"));
        }
    }
}

#[test]
fn events_more_than_a_day_apart_are_in_order() {
    let day = 24 * 60 * 60;
    for (ago, erased) in [(day, true), (day + 1, false)] {
        let histories = vec![history(CANDIDATE), anonymized(WINNER, None, ago)];
        let known = with_histories(vec![link()], histories);
        let changes = decide(&merge(CANDIDATE, WINNER), &known).changes;
        assert_eq!(!changes.erasures.is_empty(), erased, "{ago}");
        assert_eq!(only_link(&changes).erased, erased, "{ago}");
    }
}

#[test]
fn anonymizations_add_up() {
    let all = [Some(&["full_name"][..]), Some(&["notes"][..]), None];
    for (fields, expected) in [
        (&all[..2], Some(vec!["full_name", "notes"])),
        (&all[..], None),
    ] {
        let mut known_of_winner = history(WINNER);
        for fields in fields {
            known_of_winner.anonymize(words(*fields), now());
        }
        let histories = vec![history(CANDIDATE), known_of_winner];
        let changes = decide(
            &merge(CANDIDATE, WINNER),
            &with_histories(vec![], histories),
        )
        .changes;
        let expected: Option<BTreeSet<_>> =
            expected.map(|words| words.into_iter().map(str::to_owned).collect());
        assert_eq!(changes.erasures.len(), 1);
        assert_eq!(changes.erasures[0].fields, expected);
    }
}

/// In the usual order the winner's data stays, unless a link is not marked yet.
#[test]
fn merge_after_the_losers_anonymization_erases_only_unmarked_links() {
    let mut heard = link();
    heard.erased = true;
    for (links, erased) in [
        (vec![heard.clone()], false),
        (vec![], false),
        (vec![link()], true),
    ] {
        let histories = vec![anonymized(CANDIDATE, None, 0), history(WINNER)];
        let changes = decide(&merge(CANDIDATE, WINNER), &with_histories(links, histories)).changes;
        assert_eq!(!changes.erasures.is_empty(), erased);
    }
}

#[test]
fn winners_link_is_erased_with_moved_data_and_logged() {
    let histories = vec![
        history(CANDIDATE),
        with_winner(anonymized(WINNER, None, 0), LAST),
        history(LAST),
    ];
    let theirs = link_at("a-2", LAST);
    let decision = decide(
        &merge(CANDIDATE, WINNER),
        &with_histories(vec![theirs], histories),
    );
    assert_eq!(decision.changes.erasures, [Erasure::everything(LAST)]);
    assert_eq!(decision.verdict, Verdict::Effective);
    assert!(only_link(&decision.changes).erased);
    assert!(texts(&decision.changes)[0].contains("before or after the merge"));
}

#[test]
fn late_merge_moves_to_the_end_of_the_chain() {
    let histories = vec![history(CANDIDATE), merged(WINNER, LAST), history(LAST)];
    let changes = decide(
        &merge(CANDIDATE, WINNER),
        &with_histories(vec![link()], histories.clone()),
    )
    .changes;
    assert_eq!(only_link(&changes).candidate, LAST);
    assert_eq!(changes.merges, [moves(CANDIDATE, LAST)]);
    assert_eq!(written(&changes, CANDIDATE).merged_into, Some(WINNER));
    assert_eq!(
        texts(&changes)[0],
        "The candidate was merged into candidate 20 in Greenhouse, and candidate 20 into candidate \
         30. The assessment is now linked to candidate 30."
    );
    assert!(tasks(&changes).contains(&replays_ignored()));
}

/// Three merges in any order, with a link of each candidate.
#[test]
fn chain_of_merges_resolves_in_any_order() {
    let person = |number: usize| CandidateId::new(100 + i64::try_from(number).unwrap());
    for order in permutations(5) {
        let mut links: BTreeMap<_, _> = (0..=5)
            .map(|number| format!("a-{number}"))
            .zip((0..=5).map(person))
            .map(|(name, candidate)| (name.clone(), link_at(&name, candidate)))
            .collect();
        let mut histories: BTreeMap<CandidateId, CandidateHistory> = BTreeMap::new();
        for number in &order {
            let event = merge(person(*number), person(number + 1));
            let known = with_histories(
                links.values().cloned().collect(),
                (0..=5)
                    .map(person)
                    .map(|one| histories.get(&one).cloned().unwrap_or_else(|| history(one)))
                    .collect(),
            );
            let changes = decide(&event, &known).changes;
            for write in changes.links {
                let Write::Put(link) = write else {
                    panic!("{write:?}");
                };
                links.insert(link.assessment.as_str().to_owned(), link);
            }
            for write in changes.histories {
                let Write::Put(history) = write else {
                    panic!("{write:?}");
                };
                histories.insert(history.candidate, history);
            }
        }
        let ends: BTreeSet<_> = links.values().map(|link| link.candidate).collect();
        assert_eq!(ends, BTreeSet::from([person(5)]), "{order:?}");
    }
}

#[test]
fn cycle_of_merges_terminates() {
    let circle = || {
        vec![
            merged(CANDIDATE, WINNER),
            merged(WINNER, LAST),
            merged(LAST, CANDIDATE),
        ]
    };
    for event in [
        merge(CANDIDATE, WINNER),
        merge(LAST, CANDIDATE),
        merge(WINNER, WINNER),
        anonymize(WINNER, &["full_name"]),
    ] {
        let changes = decide(&event, &with_histories(vec![link()], circle())).changes;
        let once: BTreeSet<_> = changes.histories.iter().map(candidate_of).collect();
        assert_eq!(once.len(), changes.histories.len(), "{event:?}");
    }
    // In a cycle the latest merge wins.
    let back = vec![history(CANDIDATE), merged(WINNER, CANDIDATE)];
    let known = with_histories(vec![link()], back);
    let changes = decide(&merge(CANDIDATE, WINNER), &known).changes;
    assert_eq!(only_link(&changes).candidate, WINNER);
}

/// A reader sees the result of two merges before either event arrives.
#[test]
fn merge_from_a_reading_comes_after_later_events() {
    let unread = vec![history(CANDIDATE), history(LAST)];
    let mut snapshot = seen(ApplicationStatus::Active, 10);
    snapshot.candidate = Some(LAST);
    let known_then = with_histories(vec![link()], unread);
    let reading = Reading {
        hint: awaited(Hinted::Deleted),
        snapshot: Some(snapshot.clone()),
        contradicted: true,
    };
    for changes in [
        resolve(&reading, &known_then),
        reconcile(&link(), Some(&snapshot), &known_then),
    ] {
        assert_eq!(written(&changes, CANDIDATE).merged_into, Some(LAST));
        assert_eq!(only_link(&changes).candidate, LAST);
    }

    let histories = vec![merged(CANDIDATE, LAST), history(WINNER), history(LAST)];
    let known = with_histories(vec![link_at("a-1", LAST)], histories);
    let changes = decide(&merge(CANDIDATE, WINNER), &known).changes;
    assert_eq!(written(&changes, CANDIDATE).merged_into, Some(WINNER));
    assert_eq!(written(&changes, WINNER).merged_into, Some(LAST));
    assert!(changes.links.is_empty(), "already moved");
}

#[test]
fn reading_erases_data_that_moves_to_an_anonymized_candidate() {
    let histories = vec![
        history(CANDIDATE),
        anonymized(WINNER, Some(&["full_name"]), 60),
    ];
    let mut snapshot = seen(ApplicationStatus::Active, 10);
    snapshot.candidate = Some(WINNER);
    let known = with_histories(vec![link()], histories);
    let reading = Reading {
        hint: awaited(Hinted::Deleted),
        snapshot: Some(snapshot.clone()),
        contradicted: true,
    };
    for changes in [
        resolve(&reading, &known),
        reconcile(&link(), Some(&snapshot), &known),
    ] {
        assert_eq!(changes.erasures, [name_of(WINNER)]);
        assert!(only_link(&changes).bodies_erased);
        let texts = texts(&changes);
        let says = |text: &&&str| text.contains("before or after the merge");
        assert_eq!(texts.iter().filter(says).count(), 1, "{texts:?}");
    }
}

#[test]
fn reading_before_a_merge_moves_no_link_back() {
    let histories = vec![merged(WINNER, LAST), history(LAST)];
    let mut snapshot = seen(ApplicationStatus::Active, 10);
    snapshot.candidate = Some(WINNER);
    let there = link_at("a-1", LAST);
    let known = with_histories(vec![there.clone()], histories);
    let reading = Reading {
        hint: awaited(Hinted::Deleted),
        snapshot: Some(snapshot.clone()),
        contradicted: true,
    };
    for changes in [
        resolve(&reading, &known),
        reconcile(&there, Some(&snapshot), &known),
    ] {
        assert!(changes.merges.is_empty() && changes.histories.is_empty());
        for write in &changes.links {
            assert!(matches!(write, Write::Put(link) if link.candidate == LAST));
        }
    }
}

/// The listed application belongs to a candidate whose earlier merge into the loser has not
/// arrived.
#[test]
fn candidate_of_a_listed_application_was_merged_into_the_loser() {
    let event = Event::CandidateMerged {
        loser: WINNER,
        winner: LAST,
        deleted_applications: vec![APPLICATION],
    };
    let histories = vec![history(WINNER), history(LAST), history(CANDIDATE)];
    let changes = decide(&event, &with_histories(vec![link()], histories)).changes;
    assert_eq!(written(&changes, CANDIDATE).merged_into, Some(WINNER));
    assert_eq!(
        changes.merges,
        [moves(WINNER, LAST), moves(CANDIDATE, LAST)]
    );
    assert_eq!(only_link(&changes).candidate, LAST);
}

#[test]
fn link_moved_to_a_deleted_candidate_is_looked_up() {
    let mut deleted = history(WINNER);
    deleted.deleted_at = Some(now());
    let histories = vec![history(CANDIDATE), deleted];
    let event = merge(CANDIDATE, WINNER);
    let changes = decide(&event, &with_histories(vec![link()], histories.clone())).changes;
    assert!(tasks(&changes).contains(&read(Hinted::Deleted, false)));
    let mut known = with_histories(vec![link()], histories);
    known.reader = false;
    let changes = decide(&event, &known).changes;
    assert_eq!(changes.log[1].code, "candidate_gone_unchecked");

    let event = Event::CandidateDeleted {
        candidate: WINNER,
        applications: vec![],
    };
    let changes = decide(&event, &with_histories(vec![], vec![history(WINNER)])).changes;
    assert_eq!(written(&changes, WINNER).deleted_at, Some(now()));
}

/// Events about applications need no further queries.
#[test]
fn only_events_about_people_read_histories() {
    let all = [link(), link_at("a-2", LAST)];
    assert_eq!(
        people_in(&merge(CANDIDATE, WINNER), &all),
        [CANDIDATE, WINNER, CANDIDATE, LAST]
    );
    for event in [
        Event::Rejected(snapshot_event("rejected", "Offer", 10)),
        Event::Hired(hire_event()),
        Event::StageChanged(snapshot_event("active", "Offer", 10)),
        Event::ApplicationUpdated(snapshot_event("active", "Offer", 10)),
        Event::ApplicationDeleted {
            application: APPLICATION,
            candidate: Some(CANDIDATE),
            job: None,
        },
    ] {
        assert_eq!(people_in(&event, &all), [], "{event:?}");
        let changes = decide(&event, &known(vec![link()])).changes;
        assert_eq!(changes.histories, [], "{event:?}");
    }
    let mut snapshot = seen(ApplicationStatus::Active, 10);
    assert_eq!(people_seen(Some(&snapshot), &all[..1]), []);
    assert_eq!(people_seen(None, &all), []);
    snapshot.candidate = Some(WINNER);
    assert_eq!(
        people_seen(Some(&snapshot), &all),
        [WINNER, CANDIDATE, LAST]
    );
}

fn merge(loser: CandidateId, winner: CandidateId) -> Event {
    Event::CandidateMerged {
        loser,
        winner,
        deleted_applications: vec![],
    }
}

fn anonymize(candidate: CandidateId, fields: &[&str]) -> Event {
    Event::CandidateAnonymized {
        candidate,
        fields: fields.iter().map(|field| (*field).to_owned()).collect(),
    }
}

fn with_histories(links: Vec<Link>, histories: Vec<CandidateHistory>) -> Facts {
    Facts {
        histories,
        ..known(links)
    }
}

fn codes(changes: &Changes) -> Vec<&str> {
    changes.log.iter().map(|entry| &*entry.code).collect()
}

fn history(candidate: CandidateId) -> CandidateHistory {
    let mut history = CandidateHistory::new(candidate, at(0));
    history.version = 1;
    history
}

fn merged(loser: CandidateId, winner: CandidateId) -> CandidateHistory {
    with_winner(history(loser), winner)
}

fn with_winner(mut history: CandidateHistory, winner: CandidateId) -> CandidateHistory {
    history.merged_into = Some(winner);
    history
}

fn anonymized(
    candidate: CandidateId,
    fields: Option<&[&str]>,
    seconds_ago: u64,
) -> CandidateHistory {
    let mut history = history(candidate);
    history.anonymize(words(fields), now() - Duration::from_secs(seconds_ago));
    history
}

fn words(fields: Option<&[&str]>) -> Option<BTreeSet<String>> {
    fields.map(|fields| fields.iter().map(|field| (*field).to_owned()).collect())
}

fn name_of(candidate: CandidateId) -> Erasure {
    Erasure::fields(candidate, BTreeSet::from(["full_name".to_owned()]))
}

fn moves(loser: CandidateId, winner: CandidateId) -> Merge {
    Merge { loser, winner }
}

fn link_at(name: &str, candidate: CandidateId) -> Link {
    let mut link = link();
    link.assessment = AssessmentId::new(name);
    link.candidate = candidate;
    link
}

fn written(changes: &Changes, candidate: CandidateId) -> CandidateHistory {
    let mut found = changes.histories.iter().filter_map(|write| match write {
        Write::Put(history) if history.candidate == candidate => Some(history.clone()),
        _ => None,
    });
    found.next().unwrap()
}

fn candidate_of(write: &Write<CandidateHistory>) -> CandidateId {
    let (Write::Put(history) | Write::Remove(history)) = write;
    history.candidate
}

fn permutations(count: usize) -> Vec<Vec<usize>> {
    let mut all = vec![vec![]];
    for next in 0..count {
        all = all
            .into_iter()
            .flat_map(|order| {
                (0..=order.len()).map(move |at| {
                    let mut longer = order.clone();
                    longer.insert(at, next);
                    longer
                })
            })
            .collect();
    }
    all
}

const LAST: CandidateId = CandidateId::new(30);
