//! Merges, deletions and anonymizations that are told in another order than they happened in.

use std::collections::{BTreeMap, BTreeSet};

use super::*;
use crate::{
    store::{CandidateHistory, Erasure, Merge},
    sync::{Reading, people_in, people_seen, reconcile, resolve},
};

#[test]
fn an_anonymization_that_comes_after_the_merge_erases_both_since_nobody_can_tell_them_apart() {
    let fates = vec![merged(CANDIDATE, WINNER), fate(WINNER)];
    let event = anonymize(CANDIDATE, &["full_name"]);
    let links = vec![link_at("a-1", WINNER), link_at("a-2", LAST)];
    let Decision {
        changes,
        verdict,
        keeps_body,
    } = decide(&event, &with_fates(links, fates));
    assert_eq!((verdict, keeps_body), (Verdict::Effective, false));
    assert_eq!(changes.erasures, [name_of(CANDIDATE), name_of(WINNER)]);
    let erased = only_link(&changes);
    assert!(erased.erased && erased.candidate == WINNER);
    let texts = texts(&changes);
    assert_eq!(texts.len(), 1);
    assert!(texts[0].contains("cannot be told apart"), "{texts:?}");
    // It is remembered, and so is what else was read for it.
    let told = written(&changes, CANDIDATE);
    assert!(told.anonymized.is_some() && told.merged_into == Some(WINNER));
    assert_eq!(written(&changes, WINNER).version, 1);
}

#[test]
fn an_anonymization_of_the_winner_that_comes_before_the_merge_erases_what_moves() {
    let event = merge(CANDIDATE, WINNER);
    for link in [vec![], vec![link()]] {
        let fates = vec![fate(CANDIDATE), anonymized(WINNER, Some(&["full_name"]), 0)];
        let Decision {
            changes,
            keeps_body,
            ..
        } = decide(&event, &with_fates(link.clone(), fates));
        assert_eq!(changes.erasures, [name_of(WINNER)]);
        assert!(!keeps_body);
        if !link.is_empty() {
            assert!(only_link(&changes).erased);
            assert!(texts(&changes)[1].contains("before or after the merge"));
        }
    }
}

#[test]
fn what_was_told_more_than_a_day_before_was_before() {
    let day = 24 * 60 * 60;
    for (ago, erased) in [(day, true), (day + 1, false)] {
        let fates = vec![fate(CANDIDATE), anonymized(WINNER, None, ago)];
        let known = with_fates(vec![link()], fates);
        let changes = decide(&merge(CANDIDATE, WINNER), &known).changes;
        assert_eq!(!changes.erasures.is_empty(), erased, "{ago}");
        assert_eq!(only_link(&changes).erased, erased, "{ago}");
    }
}

#[test]
fn several_anonymizations_erase_together() {
    let all = [Some(&["full_name"][..]), Some(&["emails"][..]), None];
    for (fields, expected) in [
        (&all[..2], Some(vec!["emails", "full_name"])),
        (&all[..], None),
    ] {
        let mut known_of_winner = fate(WINNER);
        for fields in fields {
            known_of_winner.anonymize(words(*fields), now());
        }
        let fates = vec![fate(CANDIDATE), known_of_winner];
        let changes = decide(&merge(CANDIDATE, WINNER), &with_fates(vec![], fates)).changes;
        let expected: Option<BTreeSet<_>> =
            expected.map(|words| words.into_iter().map(str::to_owned).collect());
        assert_eq!(changes.erasures.len(), 1);
        assert_eq!(changes.erasures[0].fields, expected);
    }
}

/// In the usual order nothing of the winner is erased for the loser's sake, unless a link has not heard of it.
#[test]
fn a_merge_after_the_losers_anonymization_erases_nothing_but_what_has_not_heard_of_it() {
    let mut heard = link();
    heard.erased = true;
    for (links, erased) in [
        (vec![heard.clone()], false),
        (vec![], false),
        (vec![link()], true),
    ] {
        let fates = vec![anonymized(CANDIDATE, None, 0), fate(WINNER)];
        let changes = decide(&merge(CANDIDATE, WINNER), &with_fates(links, fates)).changes;
        assert_eq!(!changes.erasures.is_empty(), erased);
    }
}

#[test]
fn a_link_of_the_winner_is_erased_with_what_comes_to_it_and_the_log_says_so() {
    let fates = vec![
        fate(CANDIDATE),
        with_winner(anonymized(WINNER, None, 0), LAST),
        fate(LAST),
    ];
    let theirs = link_at("a-2", LAST);
    let decision = decide(&merge(CANDIDATE, WINNER), &with_fates(vec![theirs], fates));
    assert_eq!(decision.changes.erasures, [Erasure::everything(LAST)]);
    assert_eq!(decision.verdict, Verdict::Effective);
    assert!(only_link(&decision.changes).erased);
    assert!(texts(&decision.changes)[0].contains("before or after the merge"));
}

#[test]
fn a_merge_that_was_overtaken_by_the_next_ends_where_that_one_does() {
    let fates = vec![fate(CANDIDATE), merged(WINNER, LAST), fate(LAST)];
    let changes = decide(
        &merge(CANDIDATE, WINNER),
        &with_fates(vec![link()], fates.clone()),
    )
    .changes;
    assert_eq!(only_link(&changes).candidate, LAST);
    assert_eq!(changes.merges, [moves(CANDIDATE, LAST)]);
    assert_eq!(written(&changes, CANDIDATE).merged_into, Some(WINNER));
    assert!(
        texts(&changes)[0].contains("into candidate 20, who was merged into candidate 30 before")
    );
    assert!(works(&changes).contains(&looks_back()));
}

/// Any number of merges, in any order, and each of the people has a link.
#[test]
fn a_chain_of_merges_ends_at_its_end_in_any_order() {
    let person = |number: usize| CandidateId::new(100 + i64::try_from(number).unwrap());
    for order in permutations(5) {
        let mut links: BTreeMap<_, _> = (0..=5)
            .map(|number| format!("a-{number}"))
            .zip((0..=5).map(person))
            .map(|(name, candidate)| (name.clone(), link_at(&name, candidate)))
            .collect();
        let mut fates: BTreeMap<CandidateId, CandidateHistory> = BTreeMap::new();
        for number in &order {
            let event = merge(person(*number), person(number + 1));
            let known = with_fates(
                links.values().cloned().collect(),
                (0..=5)
                    .map(person)
                    .map(|one| fates.get(&one).cloned().unwrap_or_else(|| fate(one)))
                    .collect(),
            );
            let changes = decide(&event, &known).changes;
            for write in changes.links {
                let Write::Put(link) = write else {
                    panic!("{write:?}");
                };
                links.insert(link.assessment.as_str().to_owned(), link);
            }
            for write in changes.fates {
                let Write::Put(fate) = write else {
                    panic!("{write:?}");
                };
                fates.insert(fate.candidate, fate);
            }
        }
        let ends: BTreeSet<_> = links.values().map(|link| link.candidate).collect();
        assert_eq!(ends, BTreeSet::from([person(5)]), "{order:?}");
    }
}

#[test]
fn merges_in_a_circle_come_to_an_end() {
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
        let changes = decide(&event, &with_fates(vec![link()], circle())).changes;
        let once: BTreeSet<_> = changes.fates.iter().map(candidate_of).collect();
        assert_eq!(once.len(), changes.fates.len(), "{event:?}");
    }
    // The last word counts where there is no end.
    let back = vec![fate(CANDIDATE), merged(WINNER, CANDIDATE)];
    let known = with_fates(vec![link()], back);
    let changes = decide(&merge(CANDIDATE, WINNER), &known).changes;
    assert_eq!(only_link(&changes).candidate, WINNER);
}

/// Somebody reads Greenhouse when both merges were made and none was told.
#[test]
fn a_merge_that_was_read_is_remembered_and_put_behind_those_that_are_told_afterwards() {
    let unread = vec![fate(CANDIDATE), fate(LAST)];
    let mut snapshot = seen(ApplicationStatus::Active, 10);
    snapshot.candidate = Some(LAST);
    let known_then = with_fates(vec![link()], unread);
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

    let fates = vec![merged(CANDIDATE, LAST), fate(WINNER), fate(LAST)];
    let known = with_fates(vec![link_at("a-1", LAST)], fates);
    let changes = decide(&merge(CANDIDATE, WINNER), &known).changes;
    assert_eq!(written(&changes, CANDIDATE).merged_into, Some(WINNER));
    assert_eq!(written(&changes, WINNER).merged_into, Some(LAST));
    assert!(changes.links.is_empty(), "it is there already");
}

#[test]
fn what_is_read_is_erased_where_whom_it_comes_to_was_anonymized() {
    let fates = vec![
        fate(CANDIDATE),
        anonymized(WINNER, Some(&["full_name"]), 60),
    ];
    let mut snapshot = seen(ApplicationStatus::Active, 10);
    snapshot.candidate = Some(WINNER);
    let known = with_fates(vec![link()], fates);
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
        assert!(only_link(&changes).erased);
        let texts = texts(&changes);
        let says = |text: &&&str| text.contains("before or after the merge");
        assert_eq!(texts.iter().filter(says).count(), 1, "{texts:?}");
    }
}

#[test]
fn a_reading_from_before_a_merge_pulls_no_link_back() {
    let fates = vec![merged(WINNER, LAST), fate(LAST)];
    let mut snapshot = seen(ApplicationStatus::Active, 10);
    snapshot.candidate = Some(WINNER);
    let there = link_at("a-1", LAST);
    let known = with_fates(vec![there.clone()], fates);
    let reading = Reading {
        hint: awaited(Hinted::Deleted),
        snapshot: Some(snapshot.clone()),
        contradicted: true,
    };
    for changes in [
        resolve(&reading, &known),
        reconcile(&there, Some(&snapshot), &known),
    ] {
        assert!(changes.merges.is_empty() && changes.fates.is_empty());
        for write in &changes.links {
            assert!(matches!(write, Write::Put(link) if link.candidate == LAST));
        }
    }
}

/// The application was listed by a merge that came before the one that brought it there.
#[test]
fn whoever_had_an_application_that_a_merge_lists_became_its_loser() {
    let event = Event::CandidateMerged {
        loser: WINNER,
        winner: LAST,
        deleted_applications: vec![APPLICATION],
    };
    let fates = vec![fate(WINNER), fate(LAST), fate(CANDIDATE)];
    let changes = decide(&event, &with_fates(vec![link()], fates)).changes;
    assert_eq!(written(&changes, CANDIDATE).merged_into, Some(WINNER));
    assert_eq!(
        changes.merges,
        [moves(WINNER, LAST), moves(CANDIDATE, LAST)]
    );
    assert_eq!(only_link(&changes).candidate, LAST);
}

#[test]
fn a_link_that_comes_to_somebody_who_was_deleted_is_looked_up() {
    let mut deleted = fate(WINNER);
    deleted.deleted_at = Some(now());
    let fates = vec![fate(CANDIDATE), deleted];
    let event = merge(CANDIDATE, WINNER);
    let changes = decide(&event, &with_fates(vec![link()], fates.clone())).changes;
    assert!(works(&changes).contains(&read(Hinted::Deleted, false)));
    let mut known = with_fates(vec![link()], fates);
    known.reader = false;
    let changes = decide(&event, &known).changes;
    assert!(texts(&changes)[1].ends_with("so the link stays."));

    let event = Event::CandidateDeleted {
        candidate: WINNER,
        applications: vec![],
    };
    let changes = decide(&event, &with_fates(vec![], vec![fate(WINNER)])).changes;
    assert_eq!(written(&changes, WINNER).deleted_at, Some(now()));
}

/// What happens to applications asks nothing more of the store.
#[test]
fn only_events_about_people_ask_what_became_of_them() {
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
        assert_eq!(changes.fates, [], "{event:?}");
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

fn with_fates(links: Vec<Link>, fates: Vec<CandidateHistory>) -> Facts {
    Facts {
        fates,
        ..known(links)
    }
}

fn fate(candidate: CandidateId) -> CandidateHistory {
    let mut fate = CandidateHistory::new(candidate, at(0));
    fate.version = 1;
    fate
}

fn merged(loser: CandidateId, winner: CandidateId) -> CandidateHistory {
    with_winner(fate(loser), winner)
}

fn with_winner(mut fate: CandidateHistory, winner: CandidateId) -> CandidateHistory {
    fate.merged_into = Some(winner);
    fate
}

fn anonymized(
    candidate: CandidateId,
    fields: Option<&[&str]>,
    seconds_ago: u64,
) -> CandidateHistory {
    let mut fate = fate(candidate);
    fate.anonymize(words(fields), now() - Duration::from_secs(seconds_ago));
    fate
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
    let mut found = changes.fates.iter().filter_map(|write| match write {
        Write::Put(fate) if fate.candidate == candidate => Some(fate.clone()),
        _ => None,
    });
    found.next().unwrap()
}

fn candidate_of(write: &Write<CandidateHistory>) -> CandidateId {
    let (Write::Put(fate) | Write::Remove(fate)) = write;
    fate.candidate
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
