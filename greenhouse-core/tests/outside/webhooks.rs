use std::{collections::BTreeSet, fs, path::Path};

use bytes::Bytes;
use hmac::{Hmac, KeyInit, Mac};
use libtest_mimic::Failed;
use serde_json::Value;
use sha2::Sha256;

use greenhouse_core::webhook::{self, BodyHash, Event, ReceivedEvent, SignatureVerifier};
use greenhouse_core::{ApplicationStatus, JobId, Secret};

pub(crate) fn every_action_with_a_rule_has_a_body(folder: &Path) -> Result<(), Failed> {
    let mut seen = BTreeSet::new();
    for (_, body) in bodies(folder)? {
        seen.insert(receive(&body)?.event.action().to_owned());
    }
    for action in WITH_A_RULE {
        assert!(seen.contains(action), "no body of {action}");
    }
    Ok(())
}

pub(crate) fn every_body_parses_as_its_event(folder: &Path) -> Result<(), Failed> {
    for (name, body) in bodies(folder)? {
        let received = receive(&body).map_err(|error| format!("{name}: {error:?}"))?;
        let value: Value = serde_json::from_slice(&body)?;
        check(&name, &received.event, &value);
        assert_eq!(
            received.organization_id,
            value["organization_id"].as_i64(),
            "{name}"
        );
        assert_eq!(received.raw, body, "{name}");
    }
    Ok(())
}

pub(crate) fn leading_organization_members_change_nothing(folder: &Path) -> Result<(), Failed> {
    for (name, body) in bodies(folder)? {
        let text = String::from_utf8(body.clone())?;
        let rest = text.trim_start().strip_prefix('{').ok_or("no object")?;
        let front =
            format!(r#"{{"organization_id":4000871234002,"organization_name":"Acme",{rest}"#);
        let received = receive(front.as_bytes())?;
        assert_eq!(received.event, receive(&body)?.event, "{name}");
        assert_eq!(received.organization_id, Some(4_000_871_234_002), "{name}");

        let compact = serde_json::from_str::<Value>(&text)?.to_string();
        assert_eq!(
            receive(compact.as_bytes())?.event,
            receive(&body)?.event,
            "{name}, compact"
        );
    }
    Ok(())
}

/// Compares an event with the values at the documented paths.
fn check(name: &str, event: &Event, body: &Value) {
    let action = body["action"].as_str().unwrap();
    assert_eq!(event.action(), action, "{name}");
    let payload = &body["payload"];
    let application = &payload["application"];
    let (applications, candidate) = match event {
        Event::Other { .. } => {
            assert!(!WITH_A_RULE.contains(&action), "{name} is not typed");
            (Vec::new(), None)
        }
        Event::CandidateAnonymized { fields, .. } => {
            assert_eq!(
                serde_json::json!(fields),
                payload["anonymized_fields"],
                "{name}"
            );
            (Vec::new(), payload["candidate_id"].as_i64())
        }
        Event::CandidateMerged { winner, .. } => {
            assert_eq!(
                Some(winner.value()),
                payload["person"]["new_candidate_id"].as_i64(),
                "{name}"
            );
            of_person(payload)
        }
        Event::CandidateDeleted { .. } => of_person(payload),
        Event::ApplicationDeleted { job, .. } => {
            assert_eq!(
                job.map(JobId::value),
                application["job_id"].as_i64(),
                "{name}"
            );
            (
                ids(&application["id"]),
                application["candidate_id"].as_i64(),
            )
        }
        Event::Hired(hire) => {
            assert_eq!(values(&hire.jobs), job_ids(application), "{name}");
            let resolved_at = application["offer"]["resolved_at"].as_str().unwrap();
            assert_eq!(hire.resolved_at, resolved_at.parse().ok(), "{name}");
            (
                ids(&application["id"]),
                application["candidate"]["id"].as_i64(),
            )
        }
        event => {
            let snapshot = event
                .application_event()
                .unwrap_or_else(|| panic!("{name}: {event:?}"));
            assert_eq!(values(&snapshot.jobs), job_ids(application), "{name}");
            let status = application["status"].as_str().map(ApplicationStatus::from);
            assert_eq!(snapshot.status, status, "{name}");
            let time = application["last_activity_at"].as_str().unwrap();
            assert_eq!(event.time(), time.parse().ok(), "{name}");
            let stage = snapshot.stage.as_ref();
            let (id, stage_name) = (
                stage.and_then(|stage| stage.id),
                stage.and_then(|stage| stage.name.as_deref()),
            );
            assert_eq!(
                id.map(|id| id.value()),
                application["current_stage"]["id"].as_i64(),
                "{name}"
            );
            assert_eq!(
                stage_name,
                application["current_stage"]["name"].as_str(),
                "{name}"
            );
            (
                ids(&application["id"]),
                application["candidate"]["id"].as_i64(),
            )
        }
    };
    let named: Vec<_> = event.applications().iter().map(|id| id.value()).collect();
    assert_eq!(named, applications, "{name}");
    assert_eq!(event.candidate().map(|id| id.value()), candidate, "{name}");
}

fn of_person(payload: &Value) -> (Vec<i64>, Option<i64>) {
    let person = &payload["person"];
    (
        ids(&person["deleted_application_ids"]),
        person["id"].as_i64(),
    )
}

fn job_ids(application: &Value) -> Vec<i64> {
    application["jobs"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|job| job["id"].as_i64())
        .collect()
}

fn ids(value: &Value) -> Vec<i64> {
    match value {
        Value::Array(list) => list.iter().filter_map(Value::as_i64).collect(),
        one => one.as_i64().into_iter().collect(),
    }
}

fn values(jobs: &[JobId]) -> Vec<i64> {
    jobs.iter().map(|id| id.value()).collect()
}

fn bodies(folder: &Path) -> Result<Vec<(String, Vec<u8>)>, Failed> {
    let mut bodies = Vec::new();
    for entry in fs::read_dir(folder.join("webhooks"))? {
        let path = entry?.path();
        if path
            .extension()
            .is_some_and(|extension| extension == "json")
        {
            bodies.push((path.display().to_string(), fs::read(path)?));
        }
    }
    if bodies.is_empty() {
        Err("there are no bodies".into())
    } else {
        Ok(bodies)
    }
}

fn receive(body: &[u8]) -> Result<ReceivedEvent, Failed> {
    let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes())?;
    mac.update(body);
    let header = format!(
        "sha256 {}",
        BodyHash::from_bytes(mac.finalize().into_bytes().into())
    );
    let verifier = SignatureVerifier::new([Secret::new(SECRET)])?;
    let delivery = verifier.verify(Some(header.as_bytes()), Bytes::copy_from_slice(body))?;
    Ok(webhook::parse(&delivery)?)
}

const SECRET: &str = "a webhook secret";

const WITH_A_RULE: [&str; 10] = [
    "application_updated",
    "candidate_anonymized",
    "candidate_stage_change",
    "delete_application",
    "delete_candidate",
    "hire_candidate",
    "merge_candidate",
    "reject_candidate",
    "unhire_candidate",
    "unreject_candidate",
];
