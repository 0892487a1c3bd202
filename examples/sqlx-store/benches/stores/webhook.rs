//! A webhook's changes through the store, compared with the same statements in plain sqlx.

use std::time::{Duration, Instant};

use bytes::Bytes;
use chrono::{DateTime, Utc};
use greenhouse_core::{
    ApplicationId, ApplicationStatus, AssessmentId, CandidateId, JobId, Stage, StageId,
    platform::Outcome,
    store::{
        Applied, BodyKept, Changes, Delivery, DeliverySource, Direction, DueTask, Link, LogEntry,
        LogStatus, LogSubject, StoreWriter as _, Task, Verdict, Write,
    },
    webhook::{ApplicationEvent, BodyHash, Event},
};
use sqlx_store::SqlxStore;

use crate::{
    figures::{median, micros, within},
    place::{Place, account, open},
};

mod by_hand;

use self::by_hand::{ByHand, Webhook};

pub(crate) async fn run(place: &Place, webhooks: u64) -> bool {
    let store = open(&place.database("store")).await;
    let address = place.database("hand");
    open(&address).await.close().await;
    let hand = ByHand::open(place.kind(), &address).await;
    // Both start with the same link.
    let first = changes(0);
    assert_eq!(
        store.apply(&account(), first).await.unwrap(),
        Applied::Applied
    );
    hand.write(&statements(0), true).await;

    let (mut stored, mut written, mut commits) = (Vec::new(), Vec::new(), Vec::new());
    for number in 1..=webhooks + WARM_UP {
        let mut both = [None, None];
        // The order alternates, so that neither always finds the disk in the same state.
        let order = if number.is_multiple_of(2) {
            [0, 1]
        } else {
            [1, 0]
        };
        for which in order {
            both[which] = Some(match which {
                0 => (through(&store, number).await, Duration::ZERO),
                _ => by_hand(&hand, number).await,
            });
        }
        if let [Some((store, _)), Some((hand, commit))] = both
            && number > WARM_UP
        {
            stored.push(store);
            written.push(hand);
            commits.push(commit);
        }
    }
    hand.close().await;
    store.close().await;

    let [stored, written, commit] = [stored, written, commits].map(median);
    println!(
        "{}: {webhooks} webhooks each way\n  medians: through the store {}, in plain sqlx {}, its commit alone {}",
        place.kind().word(),
        micros(stored),
        micros(written),
        micros(commit)
    );
    within("through the store to plain sqlx", stored, written, 1.15)
}

async fn through(store: &SqlxStore, number: u64) -> Duration {
    let (account, changes) = (account(), changes(number));
    let began = Instant::now();
    let applied = store.apply(&account, changes).await.unwrap();
    let time = began.elapsed();
    assert_eq!(applied, Applied::Applied);
    time
}

/// Measures the plain transaction, and its commit alone. The values are prepared in advance,
/// because preparing them is part of the store's cost.
async fn by_hand(hand: &ByHand, number: u64) -> (Duration, Duration) {
    let webhook = statements(number);
    let began = Instant::now();
    let commit = hand.write(&webhook, false).await;
    (began.elapsed(), commit)
}

/// Returns the changes for a rejection with an outcome for the product. Number zero creates the
/// link.
fn changes(number: u64) -> Changes {
    let mut event = ApplicationEvent::new(ApplicationId::new(APPLICATION));
    event.candidate = Some(CandidateId::new(CANDIDATE));
    event.status = Some(ApplicationStatus::Rejected);
    let source = DeliverySource::new(format!("d9a2{number:032x}"), BodyHash::from_bytes([7; 32]));
    let event = Some(Event::Rejected(event));
    let mut delivery = Delivery::new(source, event, Verdict::Effective, at(number));
    delivery.body = BodyKept::Yes(Bytes::from(vec![b'x'; BODY]));

    let (candidate, application) = (CandidateId::new(CANDIDATE), ApplicationId::new(APPLICATION));
    let mut link = Link::new(assessment(), candidate, application, Some(JobId::new(3)));
    link.state.status = ApplicationStatus::Rejected;
    link.state.stage = Some(Stage::new(
        Some(StageId::new(4)),
        Some("Take Home Test".to_owned()),
    ));
    link.state.as_of = Some(at(number));
    link.outcome_revision = number;
    link.version = number;

    let entry = LogEntry::new(
        at(number),
        Direction::FromGreenhouse,
        LogSubject::Event,
        LogStatus::Done,
        greenhouse_core::Text::new(
            "test",
            "The application was rejected in Greenhouse. It is at stage \"Take Home Test\".",
        ),
    );
    let tell = Task::NotifyProduct {
        assessment: assessment(),
        outcome: Outcome::Rejected,
        revision: number,
    };
    let mut changes = Changes::none();
    changes.seen = Some(delivery);
    changes.links = vec![Write::Put(link)];
    changes.log = vec![
        entry
            .about_assessment(assessment())
            .about_application(application),
    ];
    changes.due = vec![DueTask::new(tell, at(number))];
    changes
}

/// Returns the values of the store's statements for the same changes.
fn statements(number: u64) -> Webhook {
    let changes = changes(number);
    let delivery = changes.seen.unwrap();
    let Some(Write::Put(link)) = changes.links.into_iter().next() else {
        panic!("expected a link in the changes");
    };
    Webhook {
        account: account().as_str().to_owned(),
        event_id: delivery.source.event_id,
        digest: vec![7; 32],
        at: at(number).timestamp_micros(),
        candidate: CANDIDATE,
        application: APPLICATION,
        event: serde_json::to_string(&delivery.event).unwrap(),
        // Sealing adds 49 bytes to a body.
        body: vec![b'x'; BODY + 49],
        assessment: assessment().as_str().to_owned(),
        version: i64::try_from(number).unwrap(),
        link: serde_json::to_string(&link).unwrap(),
        entry: serde_json::to_string(&changes.log[0]).unwrap(),
        work: serde_json::to_string(&changes.due[0].task).unwrap(),
    }
}

fn assessment() -> AssessmentId {
    AssessmentId::new("asm-1")
}

fn at(number: u64) -> DateTime<Utc> {
    let number = i64::try_from(number).unwrap();
    DateTime::from_timestamp(1_790_000_000 + number, 0).unwrap()
}

const WARM_UP: u64 = 50;
const CANDIDATE: i64 = 7_310_028_002;
const APPLICATION: i64 = 7_310_029_002;
/// Size of a body in bytes. In Greenhouse's published samples, bodies of application events have
/// several kilobytes.
const BODY: usize = 3_000;
