use std::sync::Arc;

use http::Method;
use serde::Serialize;
use serde_json::{Value, json};

use crate::assessment::partner::{CallSubject, call, partner_of, report_malformed};
use crate::assessment::{AssessmentError, PartnerTest, check, completion, polling};
use crate::rows::{ApplicationStatus, TakeHomeTest};
use crate::state::{State, TriggeredTest};
use crate::switches::SendTestMembers;
use crate::urls;
use crate::world::World;

/// Sends `GET list_tests`.
pub(crate) async fn list_tests(world: &Arc<World>) -> Result<Vec<PartnerTest>, AssessmentError> {
    let partner = partner_of(world)?;
    let answer = call(world, &partner, Method::GET, &partner.list_tests_url, None).await?;
    match check::tests(&answer.body) {
        Ok(tests) => {
            let names = tests
                .iter()
                .map(|test| (test.partner_test_id.clone(), test.partner_test_name.clone()))
                .collect();
            world.state().partner_tests = names;
            Ok(tests)
        }
        Err(errors) => {
            let about = CallSubject {
                api_call: "list_tests",
                ..CallSubject::default()
            };
            Err(report_malformed(world, &partner, about, errors).await)
        }
    }
}

/// Sends `POST send_test` for one application, with a new URL for the completion call.
pub(crate) async fn send_test(
    world: &Arc<World>,
    application: i64,
    partner_test_id: &str,
) -> Result<TakeHomeTest, AssessmentError> {
    partner_of(world)?;
    let now = world.now();
    let id = {
        let mut state = world.state();
        let application = state
            .applications
            .get(&application)
            .ok_or(AssessmentError::NotFound("Application"))?;
        if application.status != ApplicationStatus::InProcess {
            return Err(AssessmentError::Refused(
                "the application is not active".to_owned(),
            ));
        }
        let (candidate_id, application_id) = (application.candidate_id, application.id);
        let id = state.next_id();
        let test = TakeHomeTest {
            id,
            candidate_id,
            application_id,
            partner_test_id: partner_test_id.to_owned(),
            url: completion::address(world, state.switches.completion_address, id),
            partner_interview_id: None,
            status: None,
            score: None,
            profile_url: None,
            metadata: None,
            opened_link: None,
            drop_reason: None,
            completions: 0,
            sent_at: now,
            next_poll_at: polling::first(now),
        };
        state.take_home_tests.insert(id, test);
        id
    };
    resend_test(world, id).await
}

/// Sends the tests of stage transition rules in the background. Failures appear in the exchange log
/// and among the complaints.
pub(crate) fn send_triggered(world: &Arc<World>, tests: Vec<TriggeredTest>) {
    for test in tests {
        let sender = Arc::clone(world);
        world.tasks.spawn(async move {
            let _ = send_test(&sender, test.application_id, &test.partner_test_id).await;
        });
    }
}

/// Repeats `POST send_test` with the same URL, as a retry of the test and not as a second test
/// (inferred).
pub(crate) async fn resend_test(
    world: &Arc<World>,
    take_home_test: i64,
) -> Result<TakeHomeTest, AssessmentError> {
    let partner = partner_of(world)?;
    let (body, about) = request(&world.state(), take_home_test, &partner.sent_by)?;
    let answer = call(
        world,
        &partner,
        Method::POST,
        &partner.send_test_url,
        Some(body.into()),
    )
    .await?;
    match check::partner_interview_id(&answer.body) {
        Ok(partner_interview_id) => {
            let mut state = world.state();
            let test = state
                .take_home_tests
                .get_mut(&take_home_test)
                .ok_or(AssessmentError::NotFound("TakeHomeTest"))?;
            let reported_early = test.partner_interview_id.is_none() && test.completions > 0;
            test.partner_interview_id = Some(partner_interview_id.clone());
            let test = test.clone();
            drop(state);
            if reported_early {
                completion::request_result(world, partner_interview_id);
            }
            Ok(test)
        }
        Err(errors) => Err(report_malformed(world, &partner, about, errors).await),
    }
}

/// Returns the request body, and the subject of the call for a complaint.
fn request(
    state: &State,
    take_home_test: i64,
    sent_by: &str,
) -> Result<(Vec<u8>, CallSubject), AssessmentError> {
    let test = state
        .take_home_tests
        .get(&take_home_test)
        .ok_or(AssessmentError::NotFound("TakeHomeTest"))?;
    let candidate = state
        .candidates
        .get(&test.candidate_id)
        .ok_or(AssessmentError::NotFound("Candidate"))?;
    let email = candidate.email().ok_or_else(|| {
        AssessmentError::Refused("the candidate has no e-mail address".to_owned())
    })?;
    let resume = state
        .attachments
        .values()
        .find(|file| file.application_id == test.application_id && file.kind == "resume");
    let body = SendTest {
        partner_test_id: &test.partner_test_id,
        candidate: SentCandidate {
            first_name: &candidate.first_name,
            last_name: &candidate.last_name,
            preferred_name: candidate.preferred_name.as_deref(),
            resume_url: resume.map(|file| file.url.as_str()),
            phone_number: candidate
                .phone_numbers
                .first()
                .map(|phone| phone.value.as_str()),
            email,
            greenhouse_profile_url: urls::profile(test.candidate_id, test.application_id),
        },
        sent_by,
        url: &test.url,
    };
    let about = CallSubject {
        api_call: "send_test",
        partner_test_id: Some(test.partner_test_id.clone()),
        partner_interview_id: None,
        candidate_email: Some(email.to_owned()),
    };
    let mut body = json!(body);
    match state.switches.send_test_members {
        SendTestMembers::Documented => {}
        SendTestMembers::Sparse => remove_optional_members(&mut body),
        SendTestMembers::Extended => add_members(&mut body, test),
    }
    Ok((body.to_string().into_bytes(), about))
}

fn remove_optional_members(body: &mut Value) {
    if let Some(candidate) = body.get_mut("candidate").and_then(Value::as_object_mut) {
        for member in ["preferred_name", "resume_url", "phone_number"] {
            candidate.remove(member);
        }
    }
    if let Some(body) = body.as_object_mut() {
        body.remove("sent_by");
    }
}

fn add_members(body: &mut Value, test: &TakeHomeTest) {
    body["candidate"]["id"] = json!(test.candidate_id);
    body["candidate"]["pronouns"] = json!("they/them");
    body["application"] = json!({ "id": test.application_id });
}

/// The body of `send_test` with every documented member. Members without a value are null, not
/// absent (documented).
#[derive(Serialize)]
struct SendTest<'a> {
    partner_test_id: &'a str,
    candidate: SentCandidate<'a>,
    sent_by: &'a str,
    url: &'a str,
}

#[derive(Serialize)]
struct SentCandidate<'a> {
    first_name: &'a str,
    last_name: &'a str,
    preferred_name: Option<&'a str>,
    resume_url: Option<&'a str>,
    phone_number: Option<&'a str>,
    email: &'a str,
    greenhouse_profile_url: String,
}
