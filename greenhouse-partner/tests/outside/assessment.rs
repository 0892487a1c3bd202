use std::{collections::BTreeSet, fs, path::Path};

use greenhouse_core::{
    ApplicationId, CandidateId, InvitationId, ScenarioId,
    platform::{Assessment, AssessmentPlatform, AssessmentState},
    scorecard::{Score, TraitScore},
    store::{LogFilter, Records, SyncLog},
};
use libtest_mimic::Failed;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::partner::{KEY, Partner};

pub(crate) fn every_body_has_its_check(folder: &Path) -> Result<(), Failed> {
    let mut bodies = BTreeSet::new();
    for entry in fs::read_dir(folder.join("assessment"))? {
        bodies.insert(entry?.file_name().into_string().unwrap());
    }
    assert_eq!(bodies, BODIES.map(str::to_owned).into());
    Ok(())
}

pub(crate) fn keys_are_read_from_published_headers(folder: &Path) -> Result<(), Failed> {
    #[derive(Deserialize)]
    struct Vector {
        authorization: String,
        api_key: String,
    }
    let vectors = fs::read(folder.join("signatures/basic_auth_vectors.json"))?;
    let vectors: Vec<Vector> = serde_json::from_slice(&vectors)?;
    assert!(!vectors.is_empty());
    for vector in vectors {
        let header = vector.authorization.as_str();
        let partner = Partner::with_key(&vector.api_key);
        assert_eq!(partner.get_with(LIST_TESTS, header), (200, json!([])));
        let (status, _) = Partner::with_key(KEY).get_with(LIST_TESTS, header);
        assert_eq!(status, 401, "the key of another account");
    }
    Ok(())
}

pub(crate) fn tests_are_listed_as_published(folder: &Path) -> Result<(), Failed> {
    let published = body(folder, "list_tests__response.json")?;
    let partner = Partner::with_key(KEY);
    for test in published.as_array().unwrap() {
        let text = |name: &str| test[name].as_str().unwrap();
        partner.add_test(text("partner_test_id"), text("partner_test_name"));
    }
    assert_eq!(partner.get(LIST_TESTS), (200, published));
    Ok(())
}

pub(crate) fn a_published_send_test_is_stored_completely(folder: &Path) -> Result<(), Failed> {
    let sent = body(folder, "send_test__request.json")?;
    let partner = Partner::with_key(KEY);
    let (id, answer) = send(&partner, &sent);
    assert_same_form(&answer, &body(folder, "send_test__response.json")?);

    let read = partner.wait(partner.store.invitation(&partner.account, &id));
    let invitation = read?.unwrap();
    let candidate = &sent["candidate"];
    let text = |value: &Value| value.as_str().map(str::to_owned);
    assert_eq!(
        Some(invitation.scenario.to_string()),
        text(&sent["partner_test_id"])
    );
    assert_eq!(invitation.callback.map(String::from), text(&sent["url"]));
    assert_eq!(invitation.candidate, Some(CandidateId::new(17_681_532)));
    assert_eq!(invitation.application, Some(ApplicationId::new(26_234_709)));
    let person = invitation.person;
    assert_eq!(person.first_name, text(&candidate["first_name"]));
    assert_eq!(person.last_name, text(&candidate["last_name"]));
    assert_eq!(person.email, text(&candidate["email"]));
    let rest = json!({
        "sent_by": sent["sent_by"],
        "candidate": {
            "preferred_name": candidate["preferred_name"],
            "resume_url": candidate["resume_url"],
            "phone_number": candidate["phone_number"],
            "greenhouse_profile_url": candidate["greenhouse_profile_url"],
        },
    });
    assert_eq!(Value::Object(person.more), rest);

    assert_eq!(send(&partner, &sent).0, id, "a retry");
    partner.run_due();
    assert_eq!(partner.platform.invited(), 1);
    Ok(())
}

pub(crate) fn a_result_matches_the_published_form(folder: &Path) -> Result<(), Failed> {
    let published = body(folder, "test_status__response.json")?;
    let partner = Partner::with_key(KEY);
    let (id, _) = send(&partner, &body(folder, "send_test__request.json")?);
    partner.run_due();
    let status = format!("/api/greenhouse/test-status?partner_interview_id={id}");
    let (_, before) = partner.get(&status);
    assert_ne!(before["partner_status"], published["partner_status"]);
    finish(&partner, &id, published["partner_score"].as_f64().unwrap());

    let (code, status) = partner.get(&status);
    assert_eq!(
        (code, &status["partner_status"]),
        (200, &published["partner_status"])
    );
    assert_same_form(&status, &published);
    assert!(
        status["partner_profile_url"]
            .as_str()
            .unwrap()
            .starts_with("https://")
    );
    for (name, value) in status["metadata"].as_object().unwrap() {
        assert!(!value.is_object() && !value.is_array(), "{name}: {value}");
    }
    Ok(())
}

pub(crate) fn a_published_error_is_accepted(folder: &Path) -> Result<(), Failed> {
    let mut reported = body(folder, "response_error__request.json")?;
    let taken = (200, body(folder, "response_error__response.json")?);
    let partner = Partner::with_key(KEY);
    let (id, _) = send(&partner, &body(folder, "send_test__request.json")?);
    assert_eq!(partner.post(ERRORS, serde_json::to_vec(&reported)?), taken);
    reported["partner_interview_id"] = json!(id.as_str());
    assert_eq!(partner.post(ERRORS, serde_json::to_vec(&reported)?), taken);

    let filter = LogFilter::newest(2);
    let log = partner.wait(partner.store.log_page(&partner.account, &filter))?;
    let concerned: Vec<_> = log
        .entries
        .iter()
        .map(|logged| &logged.entry.invitation)
        .collect();
    assert_eq!(concerned, [&Some(id), &None], "the published id is unknown");
    let (call, error) = (&reported["api_call"], &reported["errors"][0]);
    let text = format!(
        "Greenhouse could not use the response to {} for the test \"{}\" ({}): {}. Check the tests \
         in the product. If the error occurs again, contact Greenhouse Support.",
        call.as_str().unwrap(),
        reported["partner_test_name"].as_str().unwrap(),
        reported["partner_test_id"].as_str().unwrap(),
        error.as_str().unwrap()
    );
    for logged in &log.entries {
        assert_eq!(logged.entry.text, text);
    }
    Ok(())
}

/// Adds the test in the body to the product, then sends the body.
fn send(partner: &Partner, body: &Value) -> (InvitationId, Value) {
    partner.add_test(body["partner_test_id"].as_str().unwrap(), "A test");
    let (status, answer) = partner.post(SEND_TEST, serde_json::to_vec(body).unwrap());
    assert_eq!(status, 200, "{answer}");
    let id = InvitationId::new(answer["partner_interview_id"].as_str().unwrap());
    (id, answer)
}

fn finish(partner: &Partner, invitation: &InvitationId, score: f64) {
    let account = &partner.account;
    let read = partner.wait(partner.store.invitation(account, invitation));
    let id = read.unwrap().unwrap().assessment.unwrap();
    let found = partner.wait(partner.platform.assessment(account, &id));
    let mut assessment: Assessment = found.unwrap().unwrap();
    assessment.scenario = ScenarioId::new("12345");
    assessment.state = AssessmentState::Completed;
    assessment.score = Some(Score::new(score).unwrap());
    assessment.traits = vec![TraitScore::new("Discovery", Score::new(score).unwrap())];
    assessment.completed_at = Some("2026-11-23T09:30:00Z".parse().unwrap());
    partner.platform.put(account, assessment);
}

/// Asserts that both have the same members with the same types. Nested members are the partner's
/// own.
fn assert_same_form(ours: &Value, published: &Value) {
    let form = |body: &Value| -> Vec<_> {
        let members = body.as_object().unwrap().iter();
        members
            .map(|(name, value)| (name.clone(), std::mem::discriminant(value)))
            .collect()
    };
    assert_eq!(form(ours), form(published), "{ours}");
}

fn body(folder: &Path, name: &str) -> Result<Value, Failed> {
    assert!(BODIES.contains(&name));
    let bytes = fs::read(folder.join("assessment").join(name))?;
    Ok(serde_json::from_slice(&bytes)?)
}

const LIST_TESTS: &str = "/api/greenhouse/list-tests";
const SEND_TEST: &str = "/api/greenhouse/send-test";
const ERRORS: &str = "/api/greenhouse/response-error";

const BODIES: [&str; 6] = [
    "list_tests__response.json",
    "response_error__request.json",
    "response_error__response.json",
    "send_test__request.json",
    "send_test__response.json",
    "test_status__response.json",
];
