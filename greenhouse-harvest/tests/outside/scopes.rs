//! Every scope of a typed call is in the description.

use std::{collections::BTreeSet, future::Future, sync::Arc};

use async_trait::async_trait;
use bytes::Bytes;
use greenhouse_core::{
    ExchangeLimits, HttpTransport, StageId, TransportError,
    settings::{FromStage, HarvestCredential, NoteVisibility},
    testing::ManualClock,
};
use greenhouse_harvest::{Error, HarvestClient, Route, api::*};
use http::{Request, Response, StatusCode};
use serde_json::Value;

pub(crate) fn are_described(description: &Value) -> Result<(), String> {
    let flows = &description["components"]["securitySchemes"]["oauth2"]["flows"];
    let scopes = flows["clientCredentials"]["scopes"].as_object();
    let scopes = scopes.ok_or("the description has no scopes")?;
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    let routes = runtime
        .map_err(|error| error.to_string())?
        .block_on(routes())?;
    let named: BTreeSet<_> = routes.iter().map(Route::scope).collect();
    let strange: Vec<_> = named
        .into_iter()
        .filter(|scope| !scopes.contains_key(*scope))
        .collect();
    if strange.is_empty() {
        Ok(())
    } else {
        Err(format!("{strange:?} are not described"))
    }
}

/// Routes of all typed calls, collected from the errors of a simulated Greenhouse that refuses each
/// call.
async fn routes() -> Result<Vec<Route>, String> {
    let credential = HarvestCredential::new("client-7", Some("secret".into()));
    let credential = credential.map_err(|error| error.to_string())?;
    let now = "2026-05-11T13:54:09Z".parse().unwrap();
    let clock = Arc::new(ManualClock::self_advancing(now));
    let client = HarvestClient::builder(Arc::new(Refusing), clock, credential).build();
    let client = &client;
    let mut routes = Vec::new();
    macro_rules! lists {
        ($($list:ident $filter:ident,)*) => {$(
            routes.push(refused(client.$list(&$filter::new()).all()).await?);
        )*};
    }
    lists! {
        application_stages ApplicationStageFilter,
        applications ApplicationFilter,
        applied_candidate_tags AppliedCandidateTagFilter,
        attachments AttachmentFilter,
        candidate_attribute_types CandidateAttributeTypeFilter,
        candidate_tags CandidateTagFilter,
        candidates CandidateFilter,
        custom_field_options CustomFieldOptionFilter,
        custom_fields CustomFieldFilter,
        focus_candidate_attributes FocusCandidateAttributeFilter,
        interview_kits InterviewKitFilter,
        interviewers InterviewerFilter,
        interviews InterviewFilter,
        job_candidate_attributes JobCandidateAttributeFilter,
        job_interview_stages JobInterviewStageFilter,
        job_interviews JobInterviewFilter,
        jobs JobFilter,
        notes NoteFilter,
        referrers ReferrerFilter,
        rejection_details RejectionDetailFilter,
        rejection_reasons RejectionReasonFilter,
        scorecard_candidate_attributes ScorecardCandidateAttributeFilter,
        scorecard_question_answer_options ScorecardQuestionAnswerOptionFilter,
        scorecard_question_answers ScorecardQuestionAnswerFilter,
        scorecard_question_options ScorecardQuestionOptionFilter,
        scorecard_questions ScorecardQuestionFilter,
        scorecards ScorecardFilter,
        sources SourceFilter,
        user_emails UserEmailFilter,
        user_roles UserRoleFilter,
        users UserFilter,
        webhooks WebhookFilter,
    }
    macro_rules! writes {
        ($($write:ident ($($argument:expr),*),)*) => {$(
            routes.push(refused(client.$write($($argument),*)).await?);
        )*};
    }
    let card = NewScorecard::new(1, 2, 3);
    let rating = NewScorecardCandidateAttribute::new(1, 2, "yes");
    let answer = NewScorecardQuestionAnswer::new(1, 2);
    let choice = NewScorecardQuestionAnswerOption::new(1, 2);
    let hook = NewWebhook::new("n", "https://a.example/", "k", "hire_candidate".into(), 7);
    let person = NewCandidate::new("n", "n", "n@example.org");
    let application = NewApplication::new(1.into(), 2.into(), None);
    let movement = Move::new(StageId::new(1), MoveTo::Next);
    let file = Bytes::from_static(b"f");
    let file = NewAttachment::new(1.into(), "f", AttachmentType::Unspecified, file);
    let note = NewNote::new(1.into(), None, NoteVisibility::Private, "n");
    writes! {
        create_candidate(&person),
        update_candidate(1.into(), &UpdateCandidate::new()),
        merge_candidates(1.into(), 2.into()),
        anonymize_candidate(1.into(), ["notes"]),
        delete_candidate(1.into()),
        create_application(&application),
        create_prospect(&NewProspect::new(1)),
        update_application(1.into(), &UpdateApplication::new()),
        move_application(1.into(), &movement, FromStage::default()),
        reject_application(1.into(), &Rejection::new(2)),
        unreject_application(1.into()),
        hire_application(1.into(), &Hire::new()),
        convert_to_candidate(1.into(), &Conversion::new(2)),
        delete_application(1.into()),
        create_attachment(&file),
        delete_attachment(1.into()),
        create_note(&note),
        create_candidate_tag("n"),
        apply_candidate_tag(1.into(), 2.into()),
        remove_candidate_tag(1.into()),
        rejection_reason(1.into()),
        update_rejection_detail(1.into(), &UpdateRejectionDetail::new(2)),
        create_scorecard(&card),
        update_scorecard(1.into(), &UpdateScorecard::new()),
        create_scorecard_candidate_attribute(&rating),
        update_scorecard_candidate_attribute(1.into(), &UpdateScorecardCandidateAttribute::new()),
        create_scorecard_question_answer(&answer),
        update_scorecard_question_answer(1.into(), &UpdateScorecardQuestionAnswer::new()),
        create_scorecard_question_answer_option(&choice),
        create_webhook(&hook),
        update_webhook(1.into(), &UpdateWebhook::new()),
        delete_webhook(1.into()),
    }
    Ok(routes)
}

async fn refused<T>(call: impl Future<Output = Result<T, Error>>) -> Result<Route, String> {
    match call.await {
        Err(error @ Error::Auth { .. }) => Ok(error.route()),
        Err(error) => Err(error.to_string()),
        Ok(_) => Err("the call succeeded".to_owned()),
    }
}

#[derive(Debug)]
struct Refusing;

#[async_trait]
impl HttpTransport for Refusing {
    async fn send(
        &self,
        request: Request<Bytes>,
        _limits: ExchangeLimits,
    ) -> Result<Response<Bytes>, TransportError> {
        if request.uri().path() == "/token" {
            return Ok(Response::new(Bytes::from_static(TOKEN)));
        }
        let mut refusal = Response::new(Bytes::new());
        *refusal.status_mut() = StatusCode::FORBIDDEN;
        Ok(refusal)
    }
}

const TOKEN: &[u8] =
    br#"{"token_type":"Bearer","access_token":"a.b.c","expires_at":"2026-05-11T14:54:09Z"}"#;
