use std::sync::Arc;

use bytes::Bytes;
use http::header::ACCEPT;
use http::{HeaderMap, HeaderValue, Method};
use url::Url;

use crate::assessment::partner::{CallSubject, call, partner_of, report_malformed};
use crate::assessment::{AssessmentError, TestStatus, check};
use crate::outbound::{self, CallError, Outgoing};
use crate::rows::{ApplicationStatus, OpenedLink};
use crate::state::State;
use crate::world::World;

/// Sends `GET test_status`. Stores a complete result with its test, or drops the result and records
/// the reason.
///
/// If no test has this id, the status is still requested, but not stored.
pub(crate) async fn test_status(
    world: &Arc<World>,
    partner_interview_id: &str,
) -> Result<TestStatus, AssessmentError> {
    let partner = partner_of(world)?;
    let id = find(&world.state(), partner_interview_id);
    let mut url = Url::parse(&partner.test_status_url)
        .map_err(|_| AssessmentError::NoAnswer(CallError::Url.to_string()))?;
    url.query_pairs_mut()
        .append_pair("partner_interview_id", partner_interview_id);
    let answer = call(world, &partner, Method::GET, url.as_str(), None).await?;
    let status = match check::status(&answer.body) {
        Ok(status) => status,
        Err(errors) => {
            let about = about(&world.state(), id, partner_interview_id);
            return Err(report_malformed(world, &partner, about, errors).await);
        }
    };
    if let Some(id) = id {
        store_result(world, id, &status).await;
    }
    Ok(status)
}

async fn store_result(world: &Arc<World>, id: i64, status: &TestStatus) {
    let opened = match &status.partner_profile_url {
        Some(url) if status.is_complete() => Some(open(world, url).await),
        _ => None,
    };
    let mut state = world.state();
    let active = state
        .take_home_tests
        .get(&id)
        .and_then(|test| state.applications.get(&test.application_id))
        .map(|application| application.status);
    let Some(test) = state.take_home_tests.get_mut(&id) else {
        return;
    };
    test.status = Some(status.partner_status.clone());
    let Some(opened) = opened else { return };
    test.opened_link = opened.as_ref().ok().cloned();
    test.drop_reason = reason_to_drop(active, &opened);
    if test.drop_reason.is_none() {
        test.score = status.partner_score;
        test.profile_url = status.partner_profile_url.clone();
        test.metadata = status.metadata.clone();
    }
}

/// Returns the reason to drop a complete result, or `None` to store it. Results are stored for
/// active candidates only (documented). A result whose link is not public is dropped completely
/// (reported by vendors).
fn reason_to_drop(
    application: Option<ApplicationStatus>,
    opened: &Result<OpenedLink, CallError>,
) -> Option<String> {
    match application {
        None => return Some("the application was deleted".to_owned()),
        Some(ApplicationStatus::InProcess) => {}
        Some(other) => return Some(format!("the application is {}", other.as_filter())),
    }
    match opened {
        Ok(opened) if opened.is_open() => None,
        Ok(opened) => Some(format!(
            "partner_profile_url returned status {}",
            opened.status
        )),
        Err(error) => Some(format!(
            "the request to partner_profile_url failed: {error}"
        )),
    }
}

/// Opens a report link without credentials, as the public would. Records redirects but does not
/// follow them.
async fn open(world: &Arc<World>, url: &str) -> Result<OpenedLink, CallError> {
    let mut headers = HeaderMap::new();
    headers.insert(ACCEPT, HeaderValue::from_static("text/html"));
    let answer = outbound::send(
        world,
        Outgoing {
            method: Method::GET,
            url: url.to_owned(),
            headers,
            body: Bytes::new(),
        },
    )
    .await?;
    Ok(OpenedLink {
        status: answer.status.as_u16(),
        location: answer.location,
    })
}

fn find(state: &State, partner_interview_id: &str) -> Option<i64> {
    let mut tests = state.take_home_tests.values();
    tests
        .find(|test| test.partner_interview_id.as_deref() == Some(partner_interview_id))
        .map(|test| test.id)
}

fn about(state: &State, id: Option<i64>, partner_interview_id: &str) -> CallSubject {
    let test = id.and_then(|id| state.take_home_tests.get(&id));
    let candidate = test.and_then(|test| state.candidates.get(&test.candidate_id));
    CallSubject {
        api_call: "test_status",
        partner_test_id: test.map(|test| test.partner_test_id.clone()),
        partner_interview_id: Some(partner_interview_id.to_owned()),
        candidate_email: candidate
            .and_then(|candidate| candidate.email())
            .map(str::to_owned),
    }
}
