use chrono::{DateTime, Utc};
use hmac::{Hmac, KeyInit, Mac};
use proptest::prelude::*;
use serde_json::{Value, json};
use sha2::Sha256;

use super::super::{BodyHash, SignatureVerifier};
use super::*;
use crate::Secret;

const SECRET: &str = "a webhook secret";
const HIRE: &str = include_str!("../../../benches/fixtures/hire_candidate.json");

const ACTIONS: &[&str] = &[
    "reject_candidate",
    "candidate_rejected",
    "unreject_candidate",
    "hire_candidate",
    "unhire_candidate",
    "candidate_stage_change",
    "application_updated",
    "delete_application",
    "delete_candidate",
    "merge_candidate",
    "candidate_anonymized",
    "ping",
    "offer_created",
];

const MEMBERS: &[&str] = &[
    "id",
    "application",
    "candidate",
    "candidate_id",
    "status",
    "current_stage",
    "name",
    "jobs",
    "job",
    "job_id",
    "last_activity_at",
    "offer",
    "resolved_at",
    "person",
    "new_candidate_id",
    "deleted_application_ids",
    "application_ids",
    "anonymized_fields",
    "web_hook_id",
    "event",
];

fn received(body: impl Into<Bytes>) -> Result<ReceivedEvent, EventError> {
    let body = body.into();
    let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
    mac.update(&body);
    let digits = BodyHash::from_bytes(mac.finalize().into_bytes().into());
    let verifier = SignatureVerifier::new([Secret::new(SECRET)]).unwrap();
    let header = format!("sha256 {digits}");
    parse(&verifier.verify(Some(header.as_bytes()), body).unwrap())
}

fn event(body: &Value) -> Result<Event, EventError> {
    received(body.to_string()).map(|received| received.event)
}

fn time(text: &str) -> Option<DateTime<Utc>> {
    Some(text.parse().unwrap())
}

fn application(id: i64) -> ApplicationEvent {
    ApplicationEvent::new(ApplicationId::new(id))
}

#[test]
fn parses_a_real_hire() {
    let received = received(HIRE).unwrap();
    let hire = HireEvent {
        candidate: Some(CandidateId::new(5_098_817_002)),
        jobs: vec![JobId::new(4_177_203_002)],
        resolved_at: time("2026-10-15T16:41:07Z"),
        ..HireEvent::new(ApplicationId::new(5_120_338_002))
    };
    assert_eq!(received.event, Event::Hired(hire));
    assert_eq!(received.organization_id, Some(4_000_871_234_002));
    assert_eq!(received.raw, HIRE);
    assert!(!format!("{received:?}").contains("Lindqvist"));
}

#[test]
fn parses_application_events() {
    let payload = json!({ "application": {
        "id": 1,
        "status": "active",
        "last_activity_at": "2026-02-09T16:38:36.912Z",
        "candidate": { "id": 2, "first_name": "Ada" },
        "jobs": [{ "id": 3, "name": "Designer" }, { "id": 4 }],
        "current_stage": { "id": 5, "name": "Phone Screen", "interviews": [{ "id": 6 }] },
    }});
    let expected = ApplicationEvent {
        candidate: Some(CandidateId::new(2)),
        status: Some(ApplicationStatus::Active),
        stage: Some(Stage::new(
            Some(StageId::new(5)),
            Some("Phone Screen".into()),
        )),
        jobs: vec![JobId::new(3), JobId::new(4)],
        last_activity_at: time("2026-02-09T16:38:36Z"),
        ..application(1)
    };
    type Variant = fn(ApplicationEvent) -> Event;
    let variants: [(&str, Variant); 6] = [
        ("reject_candidate", Event::Rejected),
        ("candidate_rejected", Event::Rejected),
        ("unreject_candidate", Event::Unrejected),
        ("unhire_candidate", Event::Unhired),
        ("candidate_stage_change", Event::StageChanged),
        ("application_updated", Event::ApplicationUpdated),
    ];
    for (action, variant) in variants {
        let first = format!(r#"{{"action":"{action}","payload":{payload}}}"#);
        let last = format!(r#" {{ "payload" : {payload} , "action" : "{action}" }} "#);
        assert_eq!(
            received(first).unwrap().event,
            variant(expected.clone()),
            "{action}"
        );
        assert_eq!(
            received(last).unwrap().event,
            variant(expected.clone()),
            "{action} last"
        );
    }
}

#[test]
fn parses_other_events() {
    let ids = |ids: &[i64]| {
        ids.iter()
            .copied()
            .map(ApplicationId::new)
            .collect::<Vec<_>>()
    };
    let candidate = CandidateId::new(2);
    let deleted = |applications| Event::CandidateDeleted {
        candidate,
        applications,
    };
    let merged = |deleted_applications| {
        let winner = CandidateId::new(3);
        Event::CandidateMerged {
            loser: candidate,
            winner,
            deleted_applications,
        }
    };
    let table = [
        (
            json!({ "action": "candidate_hired", "payload": { "application": { "id": "1" } } }),
            Event::Hired(HireEvent::new(ApplicationId::new(1))),
        ),
        (
            json!({ "action": "delete_application", "payload": { "application": {
                "id": 1, "candidate_id": 2, "job_id": 4, "rejected_at": null } } }),
            Event::ApplicationDeleted {
                application: ApplicationId::new(1),
                candidate: Some(candidate),
                job: Some(JobId::new(4)),
            },
        ),
        (
            json!({ "action": "delete_candidate", "payload": { "person": {
                "id": 2, "deleted_application_ids": [1, "5", null, {}] } } }),
            deleted(ids(&[1, 5])),
        ),
        (
            json!({ "action": "delete_candidate", "payload": { "person": {
                "id": 2, "application_ids": [1], "deleted_application_ids": [] } } }),
            deleted(ids(&[1])),
        ),
        (
            json!({ "action": "delete_candidate", "payload": { "person": { "id": 2 } } }),
            deleted(vec![]),
        ),
        (
            json!({ "action": "merge_candidate", "payload": { "person": {
                "id": 2, "new_candidate_id": 3 } } }),
            merged(vec![]),
        ),
        (
            json!({ "action": "merge_candidate", "payload": { "person": {
                "id": 2, "new_candidate_id": 3, "deleted_application_ids": [1] } } }),
            merged(ids(&[1])),
        ),
        (
            json!({ "action": "candidate_anonymized", "payload": {
                "candidate_id": 2, "anonymized_fields": ["full_name", 7, "new_name"] } }),
            Event::CandidateAnonymized {
                candidate,
                fields: vec!["full_name".into(), String::new(), "new_name".into()],
            },
        ),
        (
            json!({ "action": "candidate_anonymized", "payload": {
                "candidate_id": 2, "anonymized_fields": { "full_name": true } } }),
            Event::CandidateAnonymized {
                candidate,
                fields: vec![String::new()],
            },
        ),
        (
            json!({ "action": "ping", "payload": { "web_hook_id": 9, "event": "Job Post Created" } }),
            Event::Ping {
                hook: Some(9),
                event: Some("Job Post Created".into()),
            },
        ),
        (
            json!({ "action": "ping", "payload": {} }),
            Event::Ping {
                hook: None,
                event: None,
            },
        ),
        (
            json!({ "action": "ping" }),
            Event::Ping {
                hook: None,
                event: None,
            },
        ),
        (
            json!({ "action": "offer_created", "payload": { "id": 8, "application_id": 1 } }),
            Event::Other {
                action: "offer_created".into(),
            },
        ),
        (
            json!({ "payload": { "application": { "id": 8 } }, "action": "new_candidate_application" }),
            Event::Other {
                action: "new_candidate_application".into(),
            },
        ),
        (
            json!({ "action": "from_the_future" }),
            Event::Other {
                action: "from_the_future".into(),
            },
        ),
    ];
    for (body, expected) in table {
        assert_eq!(event(&body).unwrap(), expected, "{body}");
    }
}

#[test]
fn tolerates_unexpected_shapes() {
    let least = application(1);
    let on_jobs = |jobs: &[i64]| {
        let jobs = jobs.iter().copied().map(JobId::new).collect();
        ApplicationEvent {
            jobs,
            ..application(1)
        }
    };
    let candidate = ApplicationEvent {
        candidate: Some(CandidateId::new(2)),
        ..application(1)
    };
    let table = [
        (json!({ "application": { "id": 1 } }), least.clone()),
        (
            json!({ "application": { "id": 1.0, "jobs": {}, "candidate": [], "offer": 1 } }),
            least.clone(),
        ),
        (
            json!({ "application": { "id": " 1 ", "status": 7, "current_stage": [], "jobs": null,
                "candidate": null, "last_activity_at": "yesterday" } }),
            least.clone(),
        ),
        (
            json!({ "application": { "id": 1, "status": "", "current_stage": {} } }),
            least.clone(),
        ),
        (
            json!({ "application": [], "application_id": 1 }),
            least.clone(),
        ),
        (
            json!({ "application": { "id": null }, "offer": { "application_id": 1 } }),
            least,
        ),
        (
            json!({ "application": { "candidate": { "name": "Ada", "id": 2 }, "id": 1 } }),
            candidate.clone(),
        ),
        (
            json!({ "application": { "id": 1, "candidate": { "id": "2" } } }),
            candidate.clone(),
        ),
        (
            json!({ "application": { "id": 1, "candidate": { "id": 2.0 } } }),
            candidate.clone(),
        ),
        (
            json!({ "application": { "id": 1, "candidate": 2 } }),
            candidate.clone(),
        ),
        (
            json!({ "application": { "id": 1, "candidate": {}, "candidate_id": 2 } }),
            candidate.clone(),
        ),
        (
            json!({ "application": { "id": 1 }, "person": { "id": 2 } }),
            candidate.clone(),
        ),
        (
            json!({ "application": { "id": 1 }, "candidate_id": "2" }),
            candidate,
        ),
        (
            json!({ "application": { "id": 1, "jobs": [3, "4", null, { "id": 5 }] } }),
            on_jobs(&[3, 4, 5]),
        ),
        (
            json!({ "application": { "id": 1, "jobs": [], "job": { "id": 3 } } }),
            on_jobs(&[3]),
        ),
        (
            json!({ "application": { "id": 1, "job_id": 3 } }),
            on_jobs(&[3]),
        ),
        (
            json!({ "application": { "id": 1 }, "job_id": 3 }),
            on_jobs(&[3]),
        ),
        (
            json!({ "application": { "id": 1, "current_stage": { "name": "Offer \u{1f600}" } } }),
            ApplicationEvent {
                stage: Some(Stage::new(None, Some("Offer \u{1f600}".into()))),
                ..application(1)
            },
        ),
        (
            json!({ "application": { "id": 1, "status": "thawed" } }),
            ApplicationEvent {
                status: Some(ApplicationStatus::from("thawed")),
                ..application(1)
            },
        ),
    ];
    for (payload, expected) in table {
        let body = json!({ "action": "application_updated", "payload": payload });
        assert_eq!(
            event(&body).unwrap(),
            Event::ApplicationUpdated(expected),
            "{body}"
        );
    }
}

#[test]
fn unescapes_and_cuts_texts() {
    let body = r#"{"action":"pi\u006eg","payload":{"event":"R\u0026D \u003cC\u00f6ln\u003e"}}"#;
    let label = Some("R&D <Cöln>".to_owned());
    assert_eq!(
        received(body).unwrap().event,
        Event::Ping {
            hook: None,
            event: label
        }
    );

    let body = r#"{"\u0061ction":"ping","payloa\u0064":{"web_hook_\u0069d":9}}"#;
    assert_eq!(
        received(body).unwrap().event,
        Event::Ping {
            hook: Some(9),
            event: None
        }
    );

    let body = json!({ "action": "ping", "payload": { "event": "ö".repeat(1000) } });
    let label = Some("ö".repeat(127));
    assert_eq!(
        event(&body).unwrap(),
        Event::Ping {
            hook: None,
            event: label
        }
    );
}

#[test]
fn reports_parse_errors() {
    let missing = |action, path| Err(EventError::MissingId { action, path });
    let too_many = |action, path, limit| {
        Err(EventError::TooMany {
            action,
            path,
            limit,
        })
    };
    let table = [
        (json!([]), Err(EventError::NotAnObject)),
        (json!("ping"), Err(EventError::NotAnObject)),
        (json!({}), Err(EventError::NoAction)),
        (json!({ "action": 7 }), Err(EventError::NoAction)),
        (json!({ "action": " " }), Err(EventError::NoAction)),
        (
            json!({ "event_type": "employee_updated", "id": 1, "payload": {} }),
            Err(EventError::NoAction),
        ),
        (
            json!({ "action": "reject_candidate" }),
            missing("reject_candidate", "payload.application.id"),
        ),
        (
            json!({ "action": "candidate_hired", "payload": { "application": { "id": 9.3 } } }),
            missing("hire_candidate", "payload.application.id"),
        ),
        (
            json!({ "action": "delete_application", "payload": { "application": { "id": u64::MAX } } }),
            missing("delete_application", "payload.application.id"),
        ),
        (
            json!({ "action": "delete_candidate" }),
            missing("delete_candidate", "payload.person.id"),
        ),
        (
            json!({ "action": "merge_candidate", "payload": { "person": { "id": 2 } } }),
            missing("merge_candidate", "payload.person.new_candidate_id"),
        ),
        (
            json!({ "action": "candidate_anonymized", "payload": [] }),
            missing("candidate_anonymized", "payload.candidate_id"),
        ),
        (
            json!({ "action": "delete_candidate", "payload": { "person": {
                "id": 2, "deleted_application_ids": vec![1; MAX_IDS + 1] } } }),
            too_many(
                "delete_candidate",
                "payload.person.deleted_application_ids",
                MAX_IDS,
            ),
        ),
        (
            json!({ "action": "candidate_anonymized", "payload": {
                "candidate_id": 2, "anonymized_fields": vec!["tags"; MAX_WORDS + 1] } }),
            too_many(
                "candidate_anonymized",
                "payload.anonymized_fields",
                MAX_WORDS,
            ),
        ),
    ];
    for (body, expected) in table {
        assert_eq!(event(&body), expected, "{body:.100}");
    }
}

#[test]
fn distinguishes_invalid_json_from_unsupported_values() {
    for body in [
        "",
        " ",
        "{",
        "action=ping",
        r#"{"action":"ping"}}"#,
        r#"{"action":"ping",}"#,
        "\u{feff}{}",
    ] {
        let error = received(body).unwrap_err();
        assert!(
            matches!(error, EventError::NotJson { .. }),
            "{body}: {error}"
        );
    }
    for (body, line, column) in [
        (b"\xff".as_slice(), 1, 1),
        (b"{\"action\":\"ping\",\"x\":\"\xff\"}", 1, 23),
        (b"{\n\"action\":\n\"\xc3\"}", 3, 2),
    ] {
        let error = received(body).unwrap_err();
        assert_eq!(error, EventError::NotJson { line, column });
    }

    for value in ["1e999", r#""\ud800""#] {
        let body = format!(r#"{{"action":"ping","payload":{{"web_hook_id":{value}}}}}"#);
        let error = received(body).unwrap_err();
        assert!(
            matches!(error, EventError::Unreadable { line: 1, .. }),
            "{value}: {error}"
        );
    }
}

#[test]
fn nesting_does_not_exhaust_the_stack() {
    const DEPTH: usize = 200_000;
    for place in ["payload", "x"] {
        let nested = format!("{}{}", "[".repeat(DEPTH), "]".repeat(DEPTH));
        let body = format!(r#"{{"action":"ping","{place}":{nested}}}"#);
        assert_eq!(
            received(body).unwrap().event,
            Event::Ping {
                hook: None,
                event: None
            }
        );
    }
    let unclosed = format!(
        r#"{{"action":"ping","payload":{}"#,
        r#"{"application":"#.repeat(DEPTH)
    );
    assert!(matches!(
        received(unclosed).unwrap_err(),
        EventError::NotJson { .. }
    ));
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 40, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::vec((member(), inner), 0..6)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

fn member() -> impl Strategy<Value = String> {
    let known = prop::sample::select(MEMBERS).prop_map(str::to_owned);
    prop_oneof![4 => known, 1 => ".{0,8}"]
}

proptest! {
    #[test]
    fn never_panics_on_any_bytes(body: Vec<u8>) {
        let is_json = serde_json::from_slice::<Value>(&body).is_ok();
        let not_json = matches!(received(body), Err(EventError::NotJson { .. }));
        prop_assert_ne!(is_json, not_json);
    }

    #[test]
    fn never_panics_on_any_json(body in any_json()) {
        let answer = event(&body);
        let refused = matches!(answer, Err(EventError::NotJson { .. } | EventError::Unreadable { .. }));
        prop_assert!(!refused, "{:?}", answer);
    }

    #[test]
    fn result_is_independent_of_the_position_of_action(
        action in prop::sample::select(ACTIONS),
        payload in any_json(),
    ) {
        let first = received(format!(r#"{{"action":"{action}","payload":{payload}}}"#));
        let last = received(format!(r#"{{"payload":{payload:#},"action":"{action}"}}"#));
        prop_assert_eq!(first.map(|first| first.event), last.map(|last| last.event));
    }

    #[test]
    fn never_panics_on_mutated_bodies(at: prop::sample::Index, cut in 0..40_usize, put in prop::collection::vec(any::<u8>(), 0..8)) {
        let mut body = HIRE.as_bytes().to_vec();
        let at = at.index(body.len());
        body.splice(at..HIRE.len().min(at + cut), put);
        let is_json = serde_json::from_slice::<Value>(&body).is_ok();
        let not_json = matches!(received(body), Err(EventError::NotJson { .. }));
        // A value that serde_json cannot represent is still JSON.
        prop_assert!(!(is_json && not_json));
    }
}
