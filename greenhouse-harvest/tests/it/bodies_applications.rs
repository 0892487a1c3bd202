//! Golden requests of every write to applications.

use std::sync::Arc;

use greenhouse_core::{
    ApplicationId, CandidateId, JobId, StageId, UserId,
    settings::{FromStage, HarvestCredential},
    testing::{ManualClock, ScriptedTransport},
};
use greenhouse_harvest::api::{ApplicationStageId, RejectionReasonId};
use greenhouse_harvest::{Error, HarvestClient, api::*};
use serde_json::{Number, Value, json};

use crate::{bodies_people::written, support::start};

const APPLICATION: ApplicationId = ApplicationId::new(8_120_034_002);
const CANDIDATE: CandidateId = CandidateId::new(7_310_442_002);

#[tokio::test]
async fn an_application_with_everything() {
    let mut new = NewApplication::new(CANDIDATE, JobId::new(1), Some(StageId::new(2)));
    new.source_id = Some(3.into());
    new.recruiter_id = Some(4.into());
    new.coordinator_id = Some(5.into());
    new.referrer_id = Some(6.into());
    new.created_at = Some(start());
    new.custom_fields = vec![NewCustomFieldValue::of_key("level", 72)];
    let asked = written(async |client| client.create_application(&new).await).await;
    let golden = json!({
        "candidate_id": 7_310_442_002_i64, "job_id": 1, "initial_stage_id": 2, "source_id": 3, "recruiter_id": 4,
        "coordinator_id": 5, "referrer_id": 6, "created_at": "2026-05-11T13:54:09Z",
        "custom_fields": [{"name_key": "level", "value": 72}],
    });
    assert_eq!(asked, ("POST /v3/applications".into(), golden));
}

#[tokio::test]
async fn a_prospect_with_and_without_everything() {
    let mut new = NewProspect::new(CANDIDATE);
    let asked = written(async |client| client.create_prospect(&new).await).await;
    let golden = json!({"candidate_id": 7_310_442_002_i64, "prospect": true});
    assert_eq!(asked, ("POST /v3/applications".into(), golden));

    new.job_ids = vec![1.into()];
    new.prospect_pool_id = Some(2.into());
    new.prospect_pool_stage_id = Some(3.into());
    new.prospect_owner_id = Some(4.into());
    new.prospective_department_id = Some(5.into());
    new.prospective_office_id = Some(6.into());
    new.source_id = Some(7.into());
    new.recruiter_id = Some(8.into());
    new.coordinator_id = Some(9.into());
    new.referrer_id = Some(10.into());
    new.created_at = Some(start());
    new.custom_fields = vec![NewCustomFieldValue::of_key("level", "Yes")];
    let (_, body) = written(async |client| client.create_prospect(&new).await).await;
    assert_eq!(
        body,
        json!({
            "candidate_id": 7_310_442_002_i64, "prospect": true, "job_ids": [1], "prospect_pool_id": 2,
            "prospect_pool_stage_id": 3, "prospect_owner_id": 4, "prospective_department_id": 5,
            "prospective_office_id": 6, "source_id": 7, "recruiter_id": 8, "coordinator_id": 9, "referrer_id": 10,
            "created_at": "2026-05-11T13:54:09Z", "custom_fields": [{"name_key": "level", "value": "Yes"}],
        })
    );
}

#[tokio::test]
async fn an_update_sends_what_it_changes() {
    let mut update = UpdateApplication::new();
    let (line, body) =
        written(async |client| client.update_application(APPLICATION, &update).await).await;
    assert_eq!(line, "PATCH /v3/applications/8120034002");
    assert_eq!(body, json!({}));

    update.source_id = Some(1.into());
    update.referrer_id = Some(2.into());
    update.recruiter_id = Some(3.into());
    update.coordinator_id = Some(4.into());
    update.prospect_pool_id = Some(5.into());
    update.prospect_stage_id = Some(6.into());
    update.rejected_at = Some(start().date_naive());
    update.created_at = Some(start().date_naive());
    update.custom_fields = Some(vec![NewCustomFieldValue::of_key("level", "Yes")]);
    let (_, body) =
        written(async |client| client.update_application(APPLICATION, &update).await).await;
    assert_eq!(
        body,
        json!({
            "source_id": 1, "referrer_id": 2, "recruiter_id": 3, "coordinator_id": 4, "prospect_pool_id": 5,
            "prospect_stage_id": 6, "rejected_at": "2026-05-11", "created_at": "2026-05-11",
            "custom_fields": [{"name_key": "level", "value": "Yes"}],
        })
    );
}

#[tokio::test]
async fn the_end_of_an_application() {
    let mut rejection = Rejection::new(RejectionReasonId::new(1));
    let bare =
        written(async |client| client.reject_application(APPLICATION, &rejection).await).await;
    let line = "POST /v3/applications/8120034002/reject";
    assert_eq!(bare, (line.into(), json!({"rejection_reason_id": 1})));

    rejection.notes = Some("Too calm".into());
    let mut email = RejectionEmail::new();
    email.send_email_at = Some(start());
    email.email_template_id = Some(2.into());
    email.email_from_user_id = Some(3.into());
    rejection.rejection_email = Some(email);
    let range = NumberRange {
        min_value: Number::from(1),
        max_value: Number::from(2),
    };
    let range = CustomFieldInput::NumberRange(range);
    rejection.custom_fields = vec![NewCustomFieldValue::of_key("pay", range)];
    let (_, body) =
        written(async |client| client.reject_application(APPLICATION, &rejection).await).await;
    assert_eq!(
        body,
        json!({
            "rejection_reason_id": 1, "notes": "Too calm",
            "rejection_email": {
                "send_email_at": "2026-05-11T13:54:09Z", "email_template_id": 2, "email_from_user_id": 3,
            },
            "custom_fields": [{"name_key": "pay", "value": {"min_value": 1, "max_value": 2}}],
        })
    );
    assert!(!format!("{rejection:?}").contains("calm"));

    let asked = written(async |client| client.unreject_application(APPLICATION).await).await;
    let line = "POST /v3/applications/8120034002/unreject";
    assert_eq!(asked, (line.into(), json!({})));

    let mut hire = Hire::new();
    let bare = written(async |client| client.hire_application(APPLICATION, &hire).await).await;
    let line = "POST /v3/applications/8120034002/hire";
    assert_eq!(bare, (line.into(), json!({})));
    hire.start_date = Some(start());
    hire.opening_id = Some(1.into());
    hire.close_reason_id = Some(2.into());
    let (_, body) = written(async |client| client.hire_application(APPLICATION, &hire).await).await;
    let golden =
        json!({"start_date": "2026-05-11T13:54:09Z", "opening_id": 1, "close_reason_id": 2});
    assert_eq!(body, golden);

    let asked = written(async |client| client.delete_application(APPLICATION).await).await;
    assert_eq!(
        asked,
        ("DELETE /v3/applications/8120034002".into(), Value::Null)
    );
}

#[tokio::test]
async fn from_one_form_or_stage_to_another() {
    let mut conversion = Conversion::new(JobId::new(1));
    conversion.to_job_interview_stage_id = Some(StageId::new(2));
    let asked =
        written(async |client| client.convert_to_candidate(APPLICATION, &conversion).await).await;
    let line = "POST /v3/applications/8120034002/convert_to_candidate";
    let golden = json!({"job_id": 1, "to_job_interview_stage_id": 2});
    assert_eq!(asked, (line.into(), golden));

    let mut movement = Move::new(StageId::new(1), MoveTo::Stage(StageId::new(2)));
    movement.email_from = Some(UserId::new(3));
    let asked = written(async |client| {
        client
            .move_application(APPLICATION, &movement, FromStage::default())
            .await
    })
    .await;
    let line = "POST /v3/applications/8120034002/move";
    let golden = json!({"from_stage_id": 1, "to_stage_id": 2, "email_from_user_id": 3});
    assert_eq!(asked, (line.into(), golden));
}

#[tokio::test]
async fn a_move_from_an_unknown_stage_is_not_sent() {
    let transport = Arc::new(ScriptedTransport::new());
    let credential = HarvestCredential::new("client-7", Some("s".into())).unwrap();
    let clock = Arc::new(ManualClock::at(start()));
    for (setting, from) in [
        (
            FromStage::JobInterviewStage,
            CurrentStage::from(ApplicationStageId::new(1)),
        ),
        (FromStage::ApplicationStage, StageId::new(1).into()),
    ] {
        let client =
            HarvestClient::builder(transport.clone(), clock.clone(), credential.clone()).build();
        let movement = Move::new(from, MoveTo::Next);
        let refused = client
            .move_application(APPLICATION, &movement, setting)
            .await;
        let error = refused.unwrap_err();
        assert!(
            matches!(
                &error,
                Error::Construction {
                    source: Some(_),
                    ..
                }
            ),
            "{error:?}"
        );
        assert!(!error.outcome_unknown());
    }
}
