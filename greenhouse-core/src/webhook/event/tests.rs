use serde_json::json;

use super::*;

#[test]
fn returns_the_records_concerned() {
    let application = ApplicationId::new(1);
    let candidate = Some(CandidateId::new(2));
    let time = DateTime::from_timestamp(1_700_000_000, 0);
    let snapshot = ApplicationEvent {
        candidate,
        last_activity_at: time,
        ..ApplicationEvent::new(application)
    };
    let hire = HireEvent {
        candidate,
        resolved_at: time,
        ..HireEvent::new(application)
    };
    let (loser, winner) = (CandidateId::new(2), CandidateId::new(3));
    let deleted = vec![application, ApplicationId::new(4)];
    let both = deleted.as_slice();
    let one = &both[..1];
    let none: &[ApplicationId] = &[];
    let table = [
        (
            Event::Rejected(snapshot.clone()),
            "reject_candidate",
            one,
            candidate,
            true,
        ),
        (
            Event::Unrejected(snapshot.clone()),
            "unreject_candidate",
            one,
            candidate,
            true,
        ),
        (Event::Hired(hire), "hire_candidate", one, candidate, false),
        (
            Event::Unhired(snapshot.clone()),
            "unhire_candidate",
            one,
            candidate,
            true,
        ),
        (
            Event::StageChanged(snapshot.clone()),
            "candidate_stage_change",
            one,
            candidate,
            true,
        ),
        (
            Event::ApplicationUpdated(snapshot),
            "application_updated",
            one,
            candidate,
            true,
        ),
        (
            Event::ApplicationDeleted {
                application,
                candidate,
                job: None,
            },
            "delete_application",
            one,
            candidate,
            false,
        ),
        (
            Event::CandidateDeleted {
                candidate: loser,
                applications: deleted.clone(),
            },
            "delete_candidate",
            both,
            candidate,
            false,
        ),
        (
            Event::CandidateMerged {
                loser,
                winner,
                deleted_applications: deleted.clone(),
            },
            "merge_candidate",
            both,
            candidate,
            false,
        ),
        (
            Event::CandidateAnonymized {
                candidate: loser,
                fields: vec!["tags".into()],
            },
            "candidate_anonymized",
            none,
            candidate,
            false,
        ),
        (
            Event::Ping {
                hook: Some(5),
                event: None,
            },
            "ping",
            none,
            None,
            false,
        ),
        (
            Event::Other {
                action: "offer_created".into(),
            },
            "offer_created",
            none,
            None,
            false,
        ),
    ];
    for (event, action, applications, candidate, has_time) in table {
        assert_eq!(event.action(), action);
        assert_eq!(event.applications(), applications, "{action}");
        assert_eq!(event.candidate(), candidate, "{action}");
        assert_eq!(event.time(), time.filter(|_| has_time), "{action}");
        let stored = serde_json::to_string(&event).unwrap();
        assert_eq!(
            serde_json::from_str::<Event>(&stored).unwrap(),
            event,
            "{action}"
        );
    }
}

#[test]
fn serializes_in_a_stable_form() {
    let event = Event::StageChanged(ApplicationEvent {
        candidate: Some(CandidateId::new(2)),
        status: Some(ApplicationStatus::Active),
        stage: Some(Stage::new(
            Some(crate::StageId::new(3)),
            Some("Phone Screen".into()),
        )),
        jobs: vec![JobId::new(4)],
        last_activity_at: DateTime::from_timestamp(1_700_000_000, 0),
        ..ApplicationEvent::new(ApplicationId::new(1))
    });
    let stored = json!({
        "kind": "stage_changed",
        "application": 1,
        "candidate": 2,
        "status": "active",
        "stage": { "id": 3, "name": "Phone Screen" },
        "jobs": [4],
        "last_activity_at": "2023-11-14T22:13:20Z",
    });
    assert_eq!(serde_json::to_value(&event).unwrap(), stored);

    let least = json!({ "kind": "hired", "application": 1 });
    let hire = Event::Hired(HireEvent::new(ApplicationId::new(1)));
    assert_eq!(serde_json::from_value::<Event>(least).unwrap(), hire);
}

#[test]
fn events_and_pings_return_their_hook_action() {
    let ping = |label: Option<&str>| Event::Ping {
        hook: Some(1),
        event: label.map(str::to_owned),
    };
    let anonymized = Event::CandidateAnonymized {
        candidate: CandidateId::new(1),
        fields: Vec::new(),
    };
    let other = |action: &str| Event::Other {
        action: action.to_owned(),
    };
    for (event, action) in [
        (anonymized, Some("candidate_anonymized")),
        (
            ping(Some("Candidate has been hired")),
            Some("hire_candidate"),
        ),
        (ping(Some(" candidate MERGED")), Some("merge_candidate")),
        (ping(Some("Offer created")), Some("ping")),
        (ping(Some("")), Some("ping")),
        (ping(None), Some("ping")),
        (other("offer_created"), None),
    ] {
        assert_eq!(event.hook_action(), action, "{event:?}");
    }
}
