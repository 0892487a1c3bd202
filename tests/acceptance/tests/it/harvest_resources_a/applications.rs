use chrono::{DateTime, NaiveDate, Utc};
use greenhouse_core::{ApplicationStatus, JobId, SourceId, StageId, settings::FromStage};
use greenhouse_harvest::{Error, api::*};
use mock_greenhouse::{FromStageId, Presence, Switches};

use super::{Setting, refused};

#[tokio::test(flavor = "multi_thread")]
async fn an_application_from_creation_to_deletion() {
    let setting = Setting::with(Switches::default()).await;
    let client = setting.client();
    let mut new = NewApplication::new(setting.person, setting.job, Some(setting.stages[1]));
    new.source_id = Some(SourceId::new(setting.greenhouse.source()));
    new.created_at = Some(day("2026-01-02T00:00:00Z"));
    let row = client.create_application(&new).await.unwrap();
    assert!(row.unknown.is_empty(), "{:?}", row.unknown);
    assert_eq!(row.created_at, new.created_at);
    assert_eq!(row.source_id, new.source_id);
    assert_eq!(row.stage().unwrap().id, Some(setting.stages[1]));
    assert_eq!(row.answers.as_deref(), Some(&[][..]));

    let mut update = UpdateApplication::new();
    update.created_at = NaiveDate::from_ymd_opt(2026, 1, 3);
    update.prospect_pool_id = Some(1.into());
    let changed = client.update_application(row.id, &update).await.unwrap();
    assert_eq!(changed.created_at, Some(day("2026-01-03T00:00:00Z")));
    assert_eq!(
        changed.source_id, new.source_id,
        "the update did not contain it"
    );

    let reason = setting.greenhouse.rejection_reason();
    let mut rejection = Rejection::new(reason);
    rejection.notes = Some("Too calm".into());
    let mut email = RejectionEmail::new();
    email.send_email_at = Some(day("2030-01-01T00:00:00Z"));
    rejection.rejection_email = Some(email);
    client.reject_application(row.id, &rejection).await.unwrap();
    let rejected = setting.application(&client, row.id).await;
    assert_eq!(rejected.status, Some(ApplicationStatus::Rejected));
    assert_eq!(rejected.rejection_reason_id, Some(reason.into()));
    assert!(rejected.rejected_at.is_some());
    let again = client.reject_application(row.id, &rejection).await;
    assert_eq!(refused(again), 422);

    client.unreject_application(row.id).await.unwrap();
    let status = setting.application(&client, row.id).await.status;
    assert_eq!(status, Some(ApplicationStatus::Active));
    let mut hire = Hire::new();
    hire.start_date = Some(day("2030-01-01T00:00:00Z"));
    client.hire_application(row.id, &hire).await.unwrap();
    let status = setting.application(&client, row.id).await.status;
    assert_eq!(status, Some(ApplicationStatus::Hired));

    client.delete_application(row.id).await.unwrap();
    assert!(setting.greenhouse.applications().is_empty());
    setting.greenhouse.assert_no_problems();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_prospect_becomes_a_candidate() {
    let setting = Setting::with(Switches::default()).await;
    let client = setting.client();
    let mut new = NewProspect::new(setting.person);
    new.job_ids = vec![setting.job];
    let prospect = client.create_prospect(&new).await.unwrap();
    assert_eq!((prospect.prospect, prospect.job_id), (Some(true), None));
    assert_eq!(prospect.prospective_job_ids, Some(vec![setting.job]));

    let mut conversion = Conversion::new(setting.job);
    conversion.to_job_interview_stage_id = Some(setting.stages[1]);
    let row = client
        .convert_to_candidate(prospect.id, &conversion)
        .await
        .unwrap();
    assert_eq!((row.prospect, row.job_id), (Some(false), Some(setting.job)));
    assert_eq!(row.job_interview_stage_id, Some(setting.stages[1]));
    setting.greenhouse.assert_no_problems();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_move_sends_the_expected_kind_of_id() {
    for (wanted, setting_of_moves) in [
        (FromStageId::JobStage, FromStage::JobInterviewStage),
        (FromStageId::StageRow, FromStage::ApplicationStage),
    ] {
        let mut switches = Switches::default();
        switches.from_stage_id = wanted;
        let setting = Setting::with(switches).await;
        let client = setting.client();
        let new = NewApplication::new(setting.person, setting.job, None);
        let id = client.create_application(&new).await.unwrap().id;
        let at = async || setting.application(&client, id).await;

        let there = Move::new(&at().await, MoveTo::Stage(setting.stages[2]));
        client
            .move_application(id, &there, setting_of_moves)
            .await
            .unwrap();
        assert_eq!(at().await.job_interview_stage_id, Some(setting.stages[2]));
        let outdated = Move::new(there.from, MoveTo::Stage(setting.stages[1]));
        assert_eq!(
            refused(
                client
                    .move_application(id, &outdated, setting_of_moves)
                    .await
            ),
            422
        );

        let rows = ApplicationStageFilter::new().application_ids([id]);
        let rows = client.application_stages(&rows).all().await.unwrap();
        assert_eq!(rows.len(), 3, "one for each stage of the plan");
        assert!(rows.iter().all(|row| row.unknown.is_empty()));
        let current = ApplicationStageFilter::new()
            .application_ids([id])
            .job_interview_stage_ids([setting.stages[2]])
            .current(true);
        let current = client.application_stages(&current).all().await.unwrap();
        assert_eq!(current[0].application_id, Some(id));
        let back = Move::new(&current[0], MoveTo::Stage(setting.stages[0]));
        client
            .move_application(id, &back, setting_of_moves)
            .await
            .unwrap();
        let on = Move::new(&at().await, MoveTo::Next);
        client
            .move_application(id, &on, setting_of_moves)
            .await
            .unwrap();
        assert_eq!(at().await.job_interview_stage_id, Some(setting.stages[1]));

        let other = setting.greenhouse.seed_job("Baker", &["Review", "Offer"]);
        let over = Move::new(&at().await, MoveTo::Job(JobId::new(other.job_id)));
        client
            .move_application(id, &over, setting_of_moves)
            .await
            .unwrap();
        let row = at().await;
        assert_eq!(row.job_id, Some(JobId::new(other.job_id)));
        assert_eq!(row.stage_name.as_deref(), Some("Review"));

        // The other setting is refused, so the two ids differ.
        let other = match setting_of_moves {
            FromStage::JobInterviewStage => FromStage::ApplicationStage,
            FromStage::ApplicationStage => FromStage::JobInterviewStage,
        };
        let wrong = Move::new(&row, MoveTo::Next);
        let wrong = client.move_application(id, &wrong, other).await;
        assert_eq!(refused(wrong), 422);
        setting.greenhouse.assert_no_problems();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_move_from_an_unknown_stage_is_refused_locally() {
    let mut switches = Switches::default();
    switches.job_interview_stage_id = Presence::Absent;
    let setting = Setting::with(switches).await;
    let client = setting.client();
    let new = NewApplication::new(setting.person, setting.job, None);
    let row = client.create_application(&new).await.unwrap();
    let blind = client
        .move_application(row.id, &Move::new(&row, MoveTo::Next), FromStage::default())
        .await;
    assert!(
        matches!(blind, Err(Error::Construction { .. })),
        "{blind:?}"
    );
    // The rows of the application's stages show which stage is current.
    let current = ApplicationStageFilter::new()
        .application_ids([row.id])
        .current(true);
    let current = client.application_stages(&current).all().await.unwrap();
    client
        .move_application(
            row.id,
            &Move::new(&current[0], MoveTo::Next),
            FromStage::default(),
        )
        .await
        .unwrap();
    let path = "/v3/applications/{id}/move";
    setting.greenhouse.assert_requests("POST", path, 1);
    setting.greenhouse.assert_no_problems();
}

#[tokio::test(flavor = "multi_thread")]
async fn applications_are_found_by_every_filter() {
    let setting = Setting::with(Switches::default()).await;
    let client = setting.client();
    let other = setting.greenhouse.seed_job("Baker", &["Review"]);
    let mut new = NewApplication::new(setting.person, setting.job, Some(setting.stages[1]));
    new.source_id = Some(setting.greenhouse.source().into());
    let wanted = client.create_application(&new).await.unwrap();
    let second = NewApplication::new(setting.person, other.job_id.into(), None);
    client.create_application(&second).await.unwrap();

    let all = ApplicationFilter::new;
    for filter in [
        all().job_ids([setting.job]),
        all().stage_ids(wanted.stage_id),
        all().job_interview_stage_ids([setting.stages[1]]),
        all().stage_name("Take Home Test"),
        all().source_ids(new.source_id),
        all().candidate_ids([setting.person]).ids([wanted.id]),
        all()
            .status(ApplicationStatus::Active)
            .job_ids([setting.job]),
        all().prospect(false).job_ids([setting.job]),
    ] {
        let rows = client.applications(&filter).all().await.unwrap();
        let ids: Vec<_> = rows.iter().map(|row| row.id).collect();
        assert_eq!(ids, [wanted.id], "{filter:?}");
    }
    for filter in [
        all().stage_ids([StageId::value(setting.stages[1]).into()]),
        all().stage_name("take home test"),
        all().prospective_job_ids([setting.job]),
        all().job_post_ids([1.into()]),
        all().referrer_ids([1.into()]),
        all().status(ApplicationStatus::Converted),
    ] {
        let rows = client.applications(&filter).all().await.unwrap();
        assert!(rows.is_empty(), "{filter:?}");
    }
    setting.greenhouse.assert_no_problems();
}

fn day(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}
