//! Tests every typed call that `harvest_resources_a` does not test: custom fields, users,
//! scorecards, interviews, rejections, sources and webhooks.

mod scorecards;

use std::sync::Arc;

use greenhouse_core::{ApplicationId, JobId, StageId, UserId, settings::HarvestCredential};
use greenhouse_harvest::api::{CustomFieldId, RejectionReasonId, WebhookId};
use greenhouse_harvest::{HarvestClient, HarvestEndpoints, ReqwestTransport, SystemClock, api::*};
use mock_greenhouse::{Config, MockGreenhouse, ScorecardWrites, SeededJob};
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn custom_fields_and_their_options() {
    let stage = Stage::set().await;
    let options = ["Yes", "No"];
    let seeded = stage
        .greenhouse
        .seed_custom_field("application", "Level", "single_select", &options)
        .unwrap();

    let filter = CustomFieldFilter::new()
        .field_type(CustomFieldType::Application)
        .active(true)
        .name("Level")
        .name_key("level");
    let fields = stage.client.custom_fields(&filter).all().await.unwrap();
    assert_eq!(fields[0].id.value(), seeded.field_id);
    let kind = Some(CustomFieldValueType::SingleSelect);
    assert_eq!(fields[0].value_type, kind);
    assert!(fields[0].unknown.is_empty());

    let filter = CustomFieldOptionFilter::new()
        .custom_field_ids([CustomFieldId::new(seeded.field_id)])
        .custom_field_key("level")
        .active(true);
    let options = stage.client.custom_field_options(&filter).all().await;
    let names = options.unwrap().into_iter().map(|option| option.name);
    let names: Vec<_> = names.flatten().collect();
    assert_eq!(names, ["No", "Yes"], "highest id first");
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn users_their_addresses_and_roles() {
    let stage = Stage::set().await;
    let lee = stage.user("lee@example.org");
    let filter = UserFilter::new().primary_email("lee@example.org");
    let users = stage.client.users(&filter).all().await.unwrap();
    assert_eq!((users.len(), users[0].id), (1, lee));
    assert!(users[0].unknown.is_empty());

    let filter = UserEmailFilter::new()
        .user_ids([lee])
        .emails(["lee@example.org".to_owned()])
        .verified(true);
    let emails = stage.client.user_emails(&filter).all().await.unwrap();
    assert_eq!((emails.len(), emails[0].user_id), (1, Some(lee)));
    assert!(emails[0].unknown.is_empty());

    let roles = stage.client.user_roles(&UserRoleFilter::new()).all().await;
    let mut roles: Vec<_> = roles
        .unwrap()
        .into_iter()
        .flat_map(|role| role.role_type)
        .collect();
    roles.sort();
    assert_eq!(roles, [UserRoleType::JobAdmin, UserRoleType::SiteAdmin]);
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn jobs_and_their_stages() {
    let stage = Stage::set().await;
    let filter = JobFilter::new().status(JobStatus::Open).confidential(false);
    let jobs = stage.client.jobs(&filter).all().await.unwrap();
    assert_eq!((jobs.len(), jobs[0].id), (1, stage.job()));
    assert!(jobs[0].unknown.is_empty());

    let filter = JobInterviewStageFilter::new()
        .job_ids([stage.job()])
        .active(true);
    let stages = stage.client.job_interview_stages(&filter).all().await;
    let stages = stages.unwrap();
    let names: Vec<_> = stages.iter().map(|stage| stage.name.as_deref()).collect();
    assert_eq!(names, [Some("Offer"), Some("Review")], "highest id first");
    assert_eq!(stages[0].sort_order, Some(1));
    assert!(stages.iter().all(|stage| stage.unknown.is_empty()));
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn interviews_from_the_plan_to_the_interviewers() {
    let stage = Stage::set().await;
    let (job, lee) = (stage.job(), stage.user("lee@example.org"));
    let planned = stage.seed(
        "job_interviews",
        json!({"job_id": job, "job_interview_stage_id": stage.stage(), "name": "Talk", "duration": 30,
            "scheduling_type": "needs_scheduling", "require_scorecard": true}),
    );
    let kit = json!({"job_id": job, "job_interview_id": planned, "exercises": "Ask"});
    let kit = stage.seed("interview_kits", kit);
    let interview = stage.seed(
        "interviews",
        json!({"job_id": job, "application_id": stage.application, "job_interview_id": planned,
            "status": "scheduled", "starts_at": "2026-06-02T09:00:00.000Z", "organizer_id": lee,
            "all_day_start_on": "2026-06-02", "external_event_id": "e1"}),
    );
    let part = json!({"interview_id": interview, "user_id": lee, "response_status": "accepted"});
    let part = stage.seed("interviewers", part);

    let filter = JobInterviewFilter::new()
        .job_ids([job])
        .job_interview_stage_ids([stage.stage()])
        .scheduling_type(SchedulingType::NeedsScheduling)
        .active(true);
    let rows = stage.client.job_interviews(&filter).all().await.unwrap();
    assert_eq!((rows[0].id.value(), rows[0].duration), (planned, Some(30)));
    assert!(rows[0].unknown.is_empty());

    let filter = InterviewKitFilter::new()
        .job_ids([job])
        .job_interview_ids([planned.into()]);
    let rows = stage.client.interview_kits(&filter).all().await.unwrap();
    assert_eq!(rows[0].id.value(), kit);
    assert!(rows[0].unknown.is_empty());

    let from = TimeRange::from("2026-06-02T00:00:00Z".parse().unwrap());
    let filter = InterviewFilter::new()
        .application_ids([stage.application])
        .organizer_ids([lee])
        .starts_at(from)
        .all_day_start_on(from)
        .external_event_id("e1")
        .status(InterviewStatus::Scheduled);
    let rows = stage.client.interviews(&filter).all().await.unwrap();
    assert_eq!(rows[0].id.value(), interview);
    assert_eq!(rows[0].all_day_start_on, "2026-06-02".parse().ok());
    assert!(rows[0].unknown.is_empty());

    let filter = InterviewerFilter::new()
        .interview_ids([interview.into()])
        .user_ids([lee])
        .response_status(InterviewerResponse::Accepted);
    let rows = stage.client.interviewers(&filter).all().await.unwrap();
    assert_eq!(rows[0].id.value(), part);
    assert!(rows[0].unknown.is_empty());
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn rejections_and_their_reasons() {
    let stage = Stage::set().await;
    stage
        .greenhouse
        .reject(stage.application.value())
        .await
        .unwrap();
    let other = stage
        .greenhouse
        .seed_rejection_reason("Took another offer", "THEY_REJECTED_US");
    let other = RejectionReasonId::new(other.unwrap());

    let own = stage
        .client
        .rejection_reasons(&RejectionReasonFilter::new());
    let own = own.all().await.unwrap();
    let all = RejectionReasonFilter::new().include_defaults(true);
    let all = stage.client.rejection_reasons(&all).all().await.unwrap();
    assert!(own.len() < all.len());
    let one = stage.client.rejection_reason(other).await.unwrap();
    assert_eq!(Some(&one), own.iter().find(|reason| reason.id == other));
    assert!(one.unknown.is_empty());
    let kind = one.kind.unwrap();
    assert_eq!(kind.key, Some(RejectionReasonKey::TheyRejectedUs));

    let filter = RejectionDetailFilter::new().application_ids([stage.application]);
    let details = stage.client.rejection_details(&filter).all().await.unwrap();
    assert_ne!(details[0].rejection_reason_id, Some(other));
    assert!(details[0].unknown.is_empty());
    let update = UpdateRejectionDetail::new(other);
    let id = details[0].id;
    let changed = stage.client.update_rejection_detail(id, &update).await;
    assert_eq!(changed.unwrap().rejection_reason_id, Some(other));
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sources_and_referrers() {
    let stage = Stage::set().await;
    let lee = stage.user("lee@example.org");
    let kind = json!({"id": 4, "name": "Agencies"});
    let source = stage.seed("sources", json!({"name": "Heads", "type": kind}));
    let sources = stage.client.sources(&SourceFilter::new()).all().await;
    let sources = sources.unwrap();
    let found = sources.iter().find(|one| one.id.value() == source).unwrap();
    let kind = found.kind.as_ref().and_then(|kind| kind.name.as_deref());
    assert_eq!(kind, Some("Agencies"));
    assert!(found.unknown.is_empty());

    let referrer = stage.seed("referrers", json!({"name": "Lee", "user_id": lee}));
    let filter = ReferrerFilter::new().user_ids([lee]);
    let referrers = stage.client.referrers(&filter).all().await.unwrap();
    assert_eq!(referrers[0].id.value(), referrer);
    assert!(referrers[0].unknown.is_empty());
    stage.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn webhooks_are_created_updated_and_deleted() {
    let stage = Stage::set().await;
    let inbox = format!("{}/_mock/inbox", stage.greenhouse.url());
    let mut new = NewWebhook::new("r", inbox, "k", WebhookAction::RejectCandidate, 7)
        .with_basic_auth("u", "p");
    new.error_recipient_email = Some("ops@example.com".into());
    let made = stage.client.create_webhook(&new).await.unwrap();
    assert_eq!(made.max_attempts, Some(7));
    assert!(made.unknown.is_empty());

    let mut update = UpdateWebhook::new()
        .without_basic_auth()
        .with_error_recipient(None);
    update.max_attempts = Some(3);
    update.event_action_type = Some(WebhookAction::HireCandidate);
    let changed = stage.client.update_webhook(made.id, &update).await;
    let changed = changed.unwrap();
    assert_eq!(changed.max_attempts, Some(3));
    assert_eq!(changed.error_recipient_email, None);

    let listed = stage.hooks().await;
    assert_eq!(listed.len(), 1);
    let action = listed[0].event_action_type.clone();
    assert_eq!(action, Some(WebhookAction::HireCandidate));
    let client_id = listed[0].client_id.as_deref();
    assert_eq!(client_id, Some(&*stage.greenhouse.credential().client_id));
    stage.client.delete_webhook(made.id).await.unwrap();
    assert!(stage.hooks().await.is_empty());
    let missing = stage.client.delete_webhook(WebhookId::new(1)).await;
    assert!(!missing.unwrap_err().outcome_unknown());
    stage.strike().await;
}

/// Greenhouse with one job and one application, and a client.
struct Stage {
    greenhouse: MockGreenhouse,
    client: HarvestClient,
    job: SeededJob,
    application: ApplicationId,
}

impl Stage {
    async fn set() -> Self {
        let config = Config::default().with_rate_limit(10_000);
        let greenhouse = MockGreenhouse::start(config).await.unwrap();
        greenhouse.switch(|switches| switches.scorecard_writes = ScorecardWrites::Working);
        let job = greenhouse.seed_job("Account Executive", &["Review", "Offer"]);
        let candidate = greenhouse.seed_candidate("Mira", "Okafor", "mira@example.org");
        let application = greenhouse.seed_application(candidate, job.job_id).unwrap();
        let known = greenhouse.credential();
        let secret = Some(known.client_secret.as_str().into());
        let credential = HarvestCredential::new(&*known.client_id, secret).unwrap();
        let url = || greenhouse.url().parse().unwrap();
        let endpoints = HarvestEndpoints::new(url(), url()).unwrap();
        let transport = Arc::new(ReqwestTransport::direct().unwrap());
        let client = HarvestClient::builder(transport, Arc::new(SystemClock), credential)
            .acting_as(UserId::new(greenhouse.site_admin()))
            .endpoints(endpoints)
            .build();
        Self {
            greenhouse,
            client,
            job,
            application: ApplicationId::new(application),
        }
    }

    fn job(&self) -> JobId {
        JobId::new(self.job.job_id)
    }

    fn stage(&self) -> StageId {
        StageId::new(self.job.stages[0].id)
    }

    fn user(&self, email: &str) -> UserId {
        UserId::new(self.greenhouse.seed_user("Lee", "Brandt", email, false))
    }

    fn seed(&self, list: &str, row: serde_json::Value) -> i64 {
        self.greenhouse.seed_record(list, row).unwrap()
    }

    async fn hooks(&self) -> Vec<Webhook> {
        let hooks = self.client.webhooks(&WebhookFilter::new()).all().await;
        hooks.unwrap()
    }

    async fn strike(self) {
        assert!(self.greenhouse.unexpected().is_empty());
        self.greenhouse.stop().await;
    }
}
