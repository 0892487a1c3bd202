//! Golden requests of every write to candidates, tags, attachments and notes.

use std::future::Future;

use bytes::Bytes;
use greenhouse_core::{
    ApplicationId, CandidateId, JobId, SourceId, UserId, settings::NoteVisibility,
};
use greenhouse_harvest::api::{
    AppliedCandidateTagId, AttachmentId, CandidateTagId, CustomFieldId, ReferrerId,
};
use greenhouse_harvest::{Error, HarvestClient, api::*};
use serde_json::{Value, json};
use wiremock::{
    Mock, ResponseTemplate,
    matchers::{any, path_regex},
};

use crate::support::{client, server, with_tokens};

const CANDIDATE: CandidateId = CandidateId::new(7_310_442_002);
const APPLICATION: ApplicationId = ApplicationId::new(8_120_034_002);

/// Makes a call and returns its only request: method and path, and body.
pub(crate) async fn written<T, F: Future<Output = Result<T, Error>>>(
    call: impl FnOnce(HarvestClient) -> F,
) -> (String, Value) {
    let server = server().await;
    with_tokens(&server).await;
    Mock::given(any())
        .respond_with(ResponseTemplate::new(200).set_body_json(json!({"id": 1})))
        .with_priority(150)
        .mount(&server)
        .await;
    let answer = call(client(&server)).await;
    assert!(answer.is_ok(), "{:?}", answer.err());
    let requests = server.received_requests().await.unwrap();
    let mut requests = requests
        .iter()
        .filter(|request| request.url.path() != "/token");
    let request = requests.next().unwrap();
    assert!(requests.next().is_none());
    let body = match request.body.as_slice() {
        [] => Value::Null,
        body => serde_json::from_slice(body).unwrap(),
    };
    let line = format!("{} {}", request.method, request.url.path());
    (line, body)
}

#[tokio::test]
async fn a_candidate_with_everything() {
    let mut new = NewCandidate::new("Mira", "Okafor", "mira@example.org");
    new.preferred_name = Some("Mi".into());
    new.company = Some("Acme".into());
    new.title = Some("Baker".into());
    new.time_zone = Some("Europe/Berlin".into());
    new.is_private = Some(true);
    new.can_email = Some(false);
    let work = EmailAddress::new(EmailKind::Work, "m@example.com");
    new.email_addresses.push(work);
    new.phone_numbers = vec![PhoneNumber::new(PhoneKind::Mobile, "+49 1")];
    new.addresses = vec![PostalAddress::new(AddressKind::Home, "A street\nA town")];
    let page = WebsiteAddress::new(WebsiteKind::Unspecified, "https://mira.example.org");
    new.website_addresses = vec![page];
    new.social_media_addresses = vec![SocialMediaAddress::new("@mira")];
    new.tags = vec!["assessed".into()];
    new.custom_fields = vec![NewCustomFieldValue::of_id(CustomFieldId::new(3), true)];
    let mut application = FirstApplication::new(JobId::new(4));
    application.source_id = Some(SourceId::new(5));
    application.recruiter_id = Some(UserId::new(6));
    application.coordinator_id = Some(UserId::new(7));
    application.referrer_id = Some(ReferrerId::new(8));
    new.application = Some(NewCandidateApplication::Candidate(application));

    let (line, body) = written(async |client| client.create_candidate(&new).await).await;
    assert_eq!(line, "POST /v3/candidates");
    assert_eq!(
        body,
        json!({
            "first_name": "Mira", "last_name": "Okafor", "preferred_name": "Mi", "company": "Acme", "title": "Baker",
            "time_zone": "Europe/Berlin", "is_private": true, "can_email": false,
            "email_addresses": [
                {"value": "mira@example.org", "type": "personal"}, {"value": "m@example.com", "type": "work"},
            ],
            "phone_numbers": [{"value": "+49 1", "type": "mobile"}],
            "addresses": [{"value": "A street\nA town", "type": "home"}],
            "website_addresses": [{"value": "https://mira.example.org", "type": "other"}],
            "social_media_addresses": [{"value": "@mira"}],
            "tags": ["assessed"],
            "custom_fields": [{"custom_field_id": 3, "value": true}],
            "application": {"job_id": 4, "source_id": 5, "recruiter_id": 6, "coordinator_id": 7, "referrer_id": 8},
        })
    );
}

#[tokio::test]
async fn a_candidate_who_is_a_prospect() {
    let mut prospect = FirstProspect::new();
    let bare = NewCandidate::new("Mira", "Okafor", "m@example.org").as_prospect(prospect.clone());
    let (_, body) = written(async |client| client.create_candidate(&bare).await).await;
    assert_eq!(body["application"], json!({"prospect": true}));

    prospect.prospect_pool_id = Some(1.into());
    prospect.prospect_pool_stage_id = Some(2.into());
    prospect.prospect_owner_id = Some(3.into());
    prospect.source_id = Some(4.into());
    prospect.recruiter_id = Some(5.into());
    prospect.coordinator_id = Some(6.into());
    prospect.referrer_id = Some(7.into());
    prospect.job_ids = vec![8.into(), 9.into()];
    let full = NewCandidate::new("Mira", "Okafor", "m@example.org").as_prospect(prospect);
    let (_, body) = written(async |client| client.create_candidate(&full).await).await;
    assert_eq!(
        body["application"],
        json!({
            "prospect": true, "prospect_pool_id": 1, "prospect_pool_stage_id": 2, "prospect_owner_id": 3, "source_id": 4,
            "recruiter_id": 5, "coordinator_id": 6, "referrer_id": 7, "job_ids": [8, 9],
        })
    );
}

#[tokio::test]
async fn an_update_sends_what_it_changes() {
    let mut update = UpdateCandidate::new();
    let (line, body) =
        written(async |client| client.update_candidate(CANDIDATE, &update).await).await;
    assert_eq!(line, "PATCH /v3/candidates/7310442002");
    assert_eq!(body, json!({}));

    update.first_name = Some("Mira".into());
    update.last_name = Some("Okafor".into());
    update.preferred_name = Some(String::new());
    update.company = Some("Acme".into());
    update.title = Some("Baker".into());
    update.time_zone = Some("UTC".into());
    update.is_private = Some(false);
    update.can_email = Some(true);
    update.email_addresses = Some(vec![EmailAddress::personal("m@example.org")]);
    update.phone_numbers = Some(vec![]);
    update.addresses = Some(vec![PostalAddress::new(AddressKind::Work, "A street")]);
    update.website_addresses = Some(vec![WebsiteAddress::new(WebsiteKind::Blog, "m.example")]);
    update.social_media_addresses = Some(vec![SocialMediaAddress::new("@m")]);
    update.tags = Some(vec!["assessed".into()]);
    update.linked_user_ids = Some(vec![UserId::new(5)]);
    let level = NewCustomFieldValue::of_key("level", CustomFieldInput::Clear);
    update.custom_fields = Some(vec![level]);
    let (_, body) = written(async |client| client.update_candidate(CANDIDATE, &update).await).await;
    assert_eq!(
        body,
        json!({
            "first_name": "Mira", "last_name": "Okafor", "preferred_name": "", "company": "Acme", "title": "Baker",
            "time_zone": "UTC", "is_private": false, "can_email": true,
            "email_addresses": [{"value": "m@example.org", "type": "personal"}],
            "phone_numbers": [],
            "addresses": [{"value": "A street", "type": "work"}],
            "website_addresses": [{"value": "m.example", "type": "blog"}],
            "social_media_addresses": [{"value": "@m"}],
            "tags": ["assessed"], "linked_user_ids": [5],
            "custom_fields": [{"name_key": "level", "value": null}],
        })
    );
}

#[tokio::test]
async fn an_update_and_a_merge_are_answered_flat_or_wrapped() {
    let row = json!({"id": CANDIDATE, "company": "Acme"});
    for answer in [
        row.clone(),
        json!({"candidate": row}),
        json!({"candidate": row, "application": null}),
    ] {
        let server = server().await;
        with_tokens(&server).await;
        Mock::given(path_regex("^/v3/candidates/"))
            .respond_with(ResponseTemplate::new(200).set_body_json(&answer))
            .mount(&server)
            .await;
        let client = client(&server);
        let updated = client
            .update_candidate(CANDIDATE, &UpdateCandidate::new())
            .await
            .unwrap();
        let merged = client
            .merge_candidates(CANDIDATE, CandidateId::new(2))
            .await
            .unwrap();
        for read in [updated, merged] {
            assert_eq!(read.id, CANDIDATE, "{answer}");
            assert_eq!(read.company.as_deref(), Some("Acme"), "{answer}");
        }
    }
}

#[tokio::test]
async fn other_actions_on_candidates() {
    let other = CandidateId::new(2);
    let asked = written(async |client| client.merge_candidates(CANDIDATE, other).await).await;
    let golden = json!({"secondary_candidate_id": 2});
    assert_eq!(
        asked,
        ("POST /v3/candidates/7310442002/merge".into(), golden)
    );
    let fields = ["full_name", "notes"];
    let asked = written(async |client| client.anonymize_candidate(CANDIDATE, fields).await).await;
    let golden = json!({"fields": ["full_name", "notes"]});
    assert_eq!(
        asked,
        ("PATCH /v3/candidates/7310442002/anonymize".into(), golden)
    );
    let asked = written(async |client| client.delete_candidate(CANDIDATE).await).await;
    assert_eq!(
        asked,
        ("DELETE /v3/candidates/7310442002".into(), Value::Null)
    );
}

#[tokio::test]
async fn tags() {
    let asked = written(async |client| client.create_candidate_tag("assessed").await).await;
    assert_eq!(
        asked,
        (
            "POST /v3/candidate_tags".into(),
            json!({"name": "assessed"})
        )
    );
    let tag = CandidateTagId::new(2);
    let asked = written(async |client| client.apply_candidate_tag(CANDIDATE, tag).await).await;
    let golden = json!({"candidate_id": 7_310_442_002_i64, "candidate_tag_id": 2});
    assert_eq!(asked, ("POST /v3/applied_candidate_tags".into(), golden));
    let row = AppliedCandidateTagId::new(3);
    let asked = written(async |client| client.remove_candidate_tag(row).await).await;
    assert_eq!(
        asked,
        ("DELETE /v3/applied_candidate_tags/3".into(), Value::Null)
    );
}

#[tokio::test]
async fn attachments() {
    let content = Bytes::from_static(b"%PDF");
    let mut new = NewAttachment::new(APPLICATION, "cv.pdf", AttachmentType::Resume, content);
    new.visibility = Some(AttachmentVisibility::AdminOnly);
    let (line, body) = written(async |client| client.create_attachment(&new).await).await;
    assert_eq!(line, "POST /v3/attachments");
    assert_eq!(
        body,
        json!({
            "application_id": 8_120_034_002_i64, "filename": "cv.pdf", "type": "resume", "visibility": "admin_only",
            "content": "JVBERg==",
        })
    );
    let url = "https://files.example.net/a?b=c".parse().unwrap();
    let kind = AttachmentType::Unspecified;
    let new = NewAttachment::from_url(APPLICATION, "a.pdf", kind, &url);
    let (_, body) = written(async |client| client.create_attachment(&new).await).await;
    assert_eq!(
        body,
        json!({
            "application_id": 8_120_034_002_i64, "filename": "a.pdf", "type": "other",
            "url": "https://files.example.net/a?b=c",
        })
    );
    let id = AttachmentId::new(4);
    let asked = written(async |client| client.delete_attachment(id).await).await;
    assert_eq!(asked, ("DELETE /v3/attachments/4".into(), Value::Null));
}

#[tokio::test]
async fn notes() {
    let plain = NewNote::new(CANDIDATE, None, NoteVisibility::Public, "Calm");
    let mut about = plain.clone();
    about.application_id = Some(APPLICATION);
    about.user_id = Some(UserId::new(5));
    about.form = NoteForm::Note {
        subject: Some("Test".into()),
    };
    let mut email = NoteEmail::new("Test", "lee@example.com", "mira@example.org");
    email.email_to.push("m@example.org".into());
    let base = json!({"candidate_id": 7_310_442_002_i64, "visibility": "public", "body": "Calm"});
    for (new, more) in [
        (plain.clone(), json!({"note_type": "NOTE"})),
        (
            about,
            json!({"note_type": "NOTE", "application_id": 8_120_034_002_i64, "user_id": 5, "subject": "Test"}),
        ),
        (
            plain.clone().as_activity(),
            json!({"note_type": "ACTIVITY"}),
        ),
        (
            plain.as_email(email),
            json!({
                "note_type": "EMAIL", "subject": "Test", "email_from": ["lee@example.com"],
                "email_to": ["mira@example.org", "m@example.org"], "email_cc": [],
            }),
        ),
    ] {
        let mut golden = base.clone();
        let members = more.as_object().unwrap().clone();
        golden.as_object_mut().unwrap().extend(members);
        let asked = written(async |client| client.create_note(&new).await).await;
        assert_eq!(asked, ("POST /v3/notes".into(), golden));
        assert!(!format!("{new:?}").contains("Calm") && !format!("{new:?}").contains("example"));
    }
}
