use std::sync::Arc;

use super::fixtures::{
    account, apply, at, backlog, delivery, due, entry, logged, notify, page, seen, together, write,
};
use crate::{
    AccountId, ApplicationId, AssessmentId, CandidateId,
    store::{
        Applied, Changes, Delivery, DeliverySource, DeliveryStatus, Link, LogFilter, Store,
        Verdict, Write,
    },
    webhook::{ApplicationEvent, BodyHash, Event},
};

/// A repeated delivery changes nothing, regardless of the second decision.
pub(super) async fn delivery_is_processed_once(store: Arc<dyn Store>) {
    write(&store, seen(delivery("e", 1, at(0)))).await;
    let again = Changes {
        seen: Some(delivery("e", 1, at(60))),
        ..logged([entry("twice")])
    };
    assert_eq!(apply(&store, again).await, Applied::AlreadySeen);
    assert_eq!(page(&store, &LogFilter::newest(9)).await.entries, []);
}

/// A delivery is identified by its event id and its body.
pub(super) async fn delivery_is_identified_by_id_and_body(store: Arc<dyn Store>) {
    write(&store, seen(delivery("e", 1, at(0)))).await;
    write(&store, seen(delivery("e", 2, at(0)))).await;
    write(&store, seen(delivery("f", 1, at(0)))).await;
    write(&store, seen(delivery("", 1, at(0)))).await;
    write(&store, seen(delivery("", 2, at(0)))).await;
    let again = seen(delivery("", 2, at(0)));
    assert_eq!(apply(&store, again).await, Applied::AlreadySeen);
}

/// Versions up to 0.1 stored the HMAC that signed a body as its digest. Such a delivery is a
/// duplicate if it has any of the HMACs of the body under the hook's secrets.
pub(super) async fn delivery_of_an_earlier_version_is_a_duplicate(store: Arc<dyn Store>) {
    write(&store, seen(delivery("e", 7, at(0)))).await;
    write(&store, seen(delivery("", 7, at(0)))).await;
    let arrived = |event_id, signatures: &[u8]| {
        let mut arrived = delivery(event_id, 1, at(9));
        let signatures = signatures
            .iter()
            .map(|body| BodyHash::from_bytes([*body; 32]));
        arrived.source.signatures = signatures.collect();
        arrived
    };
    for (event_id, signatures, expected) in [
        ("e", &[7][..], DeliveryStatus::Duplicate),
        ("e", &[8, 7], DeliveryStatus::Duplicate),
        ("e", &[2, 3, 4, 5, 6, 7, 8], DeliveryStatus::Duplicate),
        ("e", &[8], DeliveryStatus::BodyDiffers),
        ("f", &[7], DeliveryStatus::New),
        ("", &[8, 9, 7], DeliveryStatus::Duplicate),
        ("", &[8], DeliveryStatus::New),
    ] {
        let arrived = arrived(event_id, signatures);
        let own = account();
        let status = store.delivery_status(&own, &arrived.source, None).await;
        let (status, _) = status.expect("the store reads");
        assert_eq!(status, expected, "{event_id} {signatures:?}");
        if status == DeliveryStatus::Duplicate {
            let again = Changes {
                seen: Some(arrived),
                ..logged([entry("again")])
            };
            assert_eq!(apply(&store, again).await, Applied::AlreadySeen);
        }
    }
    assert_eq!(page(&store, &LogFilter::newest(9)).await.entries, []);
    // Deliveries stored by this version match by SHA-256 alone.
    write(&store, seen(arrived("g", &[8]))).await;
    let rotated = arrived("g", &[9]);
    let own = account();
    let status = store.delivery_status(&own, &rotated.source, None).await;
    let (status, _) = status.expect("the store reads");
    assert_eq!(status, DeliveryStatus::Duplicate);
    assert_eq!(apply(&store, seen(rotated)).await, Applied::AlreadySeen);
}

/// Deliveries may be stored out of order.
pub(super) async fn last_delivery_has_the_latest_arrival(store: Arc<dyn Store>) {
    let last = || async {
        let last = store.last_delivery_at(&account()).await;
        last.expect("the store reads")
    };
    assert_eq!(last().await, None);
    write(&store, seen(delivery("e", 1, at(30)))).await;
    write(&store, seen(delivery("f", 1, at(10)))).await;
    assert_eq!(last().await, Some(at(30)));
}

/// Many hosts receive one delivery at the same time, and one of them processes it.
pub(super) async fn concurrent_deliveries_have_one_effect(store: Arc<dyn Store>) {
    let answers = together((0..8).map(|_| {
        let changes = Changes {
            seen: Some(delivery("e", 1, at(0))),
            log: logged([entry("once")]).log,
            ..due([(notify("i"), at(0))])
        };
        apply(&store, changes)
    }))
    .await;
    let count = |what| answers.iter().filter(|answer| **answer == what).count();
    assert_eq!(count(Applied::Applied), 1);
    assert_eq!(count(Applied::AlreadySeen), 7);
    assert_eq!(page(&store, &LogFilter::newest(9)).await.entries.len(), 1);
    assert_eq!(backlog(&store).await, 1);
}

/// The status is available before a decision, so that a repeated delivery needs none.
pub(super) async fn delivery_status_is_returned(store: Arc<dyn Store>) {
    write(&store, seen(delivery("e", 1, at(0)))).await;
    write(&store, seen(delivery("", 1, at(0)))).await;
    for (event_id, body, heard) in [
        ("e", 1, DeliveryStatus::Duplicate),
        ("e", 2, DeliveryStatus::BodyDiffers),
        ("f", 1, DeliveryStatus::New),
        ("", 1, DeliveryStatus::Duplicate),
        ("", 2, DeliveryStatus::New),
    ] {
        let source = delivery(event_id, body, at(0)).source;
        let known = store.delivery_status(&account(), &source, None).await;
        let known = known.expect("the store reads");
        assert_eq!(known, (heard, vec![]), "{event_id} {body}");
        let stranger = AccountId::new("stranger");
        let unknown = store.delivery_status(&stranger, &source, None).await;
        assert_eq!(unknown.expect("the store reads").0, DeliveryStatus::New);
    }
}

/// Links are found by candidate and by application, each once, whatever the status of the delivery.
pub(super) async fn delivery_status_returns_named_links(store: Arc<dyn Store>) {
    let mut changes = seen(delivery("e", 1, at(0)));
    for (assessment, candidate, application) in [
        ("both", 1, 10),
        ("person", 1, 11),
        ("listed", 2, 12),
        ("other", 2, 13),
    ] {
        changes.links.push(Write::Put(Link::new(
            AssessmentId::new(assessment),
            CandidateId::new(candidate),
            ApplicationId::new(application),
            None,
        )));
    }
    write(&store, changes).await;
    let rejected = |candidate: Option<i64>, application| {
        let mut event = ApplicationEvent::new(ApplicationId::new(application));
        event.candidate = candidate.map(CandidateId::new);
        Event::Rejected(event)
    };
    let deleted = |candidate, applications: &[i64]| Event::CandidateDeleted {
        candidate: CandidateId::new(candidate),
        applications: applications
            .iter()
            .copied()
            .map(ApplicationId::new)
            .collect(),
    };
    for (event, expected) in [
        (rejected(Some(1), 10), vec!["both", "person"]),
        (rejected(None, 12), vec!["listed"]),
        (rejected(Some(9), 99), vec![]),
        (deleted(1, &[12, 10, 12]), vec!["both", "listed", "person"]),
        (deleted(9, &[]), vec![]),
    ] {
        for (event_id, heard) in [
            ("e", DeliveryStatus::Duplicate),
            ("f", DeliveryStatus::New),
            ("", DeliveryStatus::New),
        ] {
            let source = delivery(event_id, 1, at(0)).source;
            let known = store
                .delivery_status(&account(), &source, Some(&event))
                .await;
            let (known, mut links) = known.expect("the store reads");
            assert_eq!(known, heard);
            links.sort_by(|one, other| one.assessment.cmp(&other.assessment));
            let names: Vec<_> = links.iter().map(|link| link.assessment.as_str()).collect();
            assert_eq!(names, expected, "{event:?}");
            for link in links {
                let one = store.link(&account(), &link.assessment).await;
                assert_eq!(one.expect("the store reads"), Some(link));
            }
        }
        let stranger = AccountId::new("stranger");
        let source = delivery("e", 1, at(0)).source;
        let unknown = store
            .delivery_status(&stranger, &source, Some(&event))
            .await;
        assert_eq!(
            unknown.expect("the store reads"),
            (DeliveryStatus::New, vec![])
        );
    }
}

/// The body of the latest delivery about the application, or about the candidate of an event
/// without an application, is returned if the delivery was effective.
pub(super) async fn latest_body_is_found_by_application_or_candidate(store: Arc<dyn Store>) {
    let updated = |candidate, application| {
        let mut event = ApplicationEvent::new(ApplicationId::new(application));
        event.candidate = Some(CandidateId::new(candidate));
        Event::ApplicationUpdated(event)
    };
    let deleted = |candidate, applications: &[i64]| Event::CandidateDeleted {
        candidate: CandidateId::new(candidate),
        applications: applications
            .iter()
            .copied()
            .map(ApplicationId::new)
            .collect(),
    };
    let latest = async |event: Event| {
        let found = store.latest_body(&account(), &event).await;
        let found = found.expect("the store reads");
        found.map(|digest| digest.as_bytes()[0])
    };
    let stranger = AccountId::new("stranger");
    let (effective, ignored) = (Verdict::Effective, Verdict::Ignored);
    assert_eq!(latest(updated(1, 10)).await, None);
    // All arrive at the same time, so only their order decides.
    for (event, body, verdict, of_application, of_candidate) in [
        (updated(1, 10), 1, effective, Some(1), Some(1)),
        (updated(1, 11), 2, effective, Some(1), Some(2)),
        (updated(1, 10), 3, ignored, None, None),
        (updated(1, 10), 4, effective, Some(4), Some(4)),
        (updated(2, 20), 5, effective, Some(4), Some(4)),
        (deleted(1, &[]), 6, effective, Some(4), Some(6)),
        (deleted(1, &[11, 10]), 7, effective, Some(7), Some(7)),
    ] {
        let mut arrived = delivery(&format!("e{body}"), body, at(0));
        (arrived.event, arrived.verdict) = (Some(event), verdict);
        write(&store, seen(arrived)).await;
        assert_eq!(latest(updated(9, 10)).await, of_application, "{body}");
        assert_eq!(latest(deleted(1, &[])).await, of_candidate, "{body}");
    }
    assert_eq!(latest(deleted(1, &[10, 20])).await, Some(7));
    assert_eq!(latest(deleted(1, &[20, 10])).await, Some(5));
    assert_eq!(
        latest(Event::Ping {
            hook: None,
            event: None
        })
        .await,
        None
    );
    let of_stranger = store.latest_body(&stranger, &updated(1, 10)).await;
    assert_eq!(of_stranger.expect("the store reads"), None);
}

/// Ignored deliveries are found by candidate and application, in order of arrival, until they take
/// effect.
pub(super) async fn ignored_deliveries_are_found_until_effective(store: Arc<dyn Store>) {
    let rejected = |candidate: Option<i64>, application| {
        let mut event = ApplicationEvent::new(ApplicationId::new(application));
        event.candidate = candidate.map(CandidateId::new);
        Event::Rejected(event)
    };
    let deleted = |applications: &[i64]| Event::CandidateDeleted {
        candidate: CandidateId::new(7),
        applications: applications
            .iter()
            .copied()
            .map(ApplicationId::new)
            .collect(),
    };
    let ignored = |name: &str, second, event| {
        let mut ignored = delivery(name, 1, at(second));
        ignored.event = Some(event);
        ignored.verdict = Verdict::Ignored;
        ignored
    };
    let mut effective = ignored("effective", 1, rejected(Some(1), 10));
    effective.verdict = Verdict::Effective;
    let mut unreadable = ignored("unreadable", 1, rejected(Some(1), 10));
    (unreadable.event, unreadable.verdict) = (None, Verdict::Unreadable);
    for delivery in [
        ignored("late", 9, rejected(Some(1), 11)),
        ignored("both", 3, rejected(Some(1), 10)),
        ignored("indirect", 5, rejected(None, 10)),
        ignored("list", 7, deleted(&[20, 10, 30])),
        ignored("stranger", 4, rejected(Some(2), 12)),
        effective,
        unreadable,
    ] {
        write(&store, seen(delivery)).await;
    }
    let found = async |candidate, application| {
        let (candidate, application) =
            (CandidateId::new(candidate), ApplicationId::new(application));
        let found = store
            .ignored_deliveries(&account(), candidate, application)
            .await;
        found.expect("the store reads")
    };
    let names = |found: &[Delivery]| -> Vec<String> {
        found
            .iter()
            .map(|delivery| delivery.source.event_id.clone())
            .collect()
    };
    let all = found(1, 10).await;
    assert_eq!(names(&all), ["both", "indirect", "list", "late"]);
    assert_eq!(all[2].event, Some(deleted(&[20, 10, 30])));
    assert_eq!(
        (all[2].received_at, all[2].verdict),
        (at(7), Verdict::Ignored)
    );
    assert_eq!(names(&found(9, 30).await), ["list"]);
    assert_eq!(names(&found(9, 99).await), [""; 0]);

    let replayed = |source: &DeliverySource| Changes {
        replayed: Some(source.clone()),
        ..logged([entry("replayed")])
    };
    let first = &all[0].source;
    assert_eq!(apply(&store, replayed(first)).await, Applied::Applied);
    assert_eq!(names(&found(1, 10).await), ["indirect", "list", "late"]);
    let known = store.delivery_status(&account(), first, None).await;
    assert_eq!(known.expect("the store reads").0, DeliveryStatus::Duplicate);
    // A delivery is not replayed twice, and effective or unknown deliveries are not replayed.
    for source in [
        first.clone(),
        delivery("effective", 1, at(0)).source,
        delivery("unreadable", 1, at(0)).source,
        delivery("both", 2, at(0)).source,
    ] {
        assert_eq!(apply(&store, replayed(&source)).await, Applied::AlreadySeen);
    }
    assert_eq!(page(&store, &LogFilter::newest(9)).await.entries.len(), 1);
}
