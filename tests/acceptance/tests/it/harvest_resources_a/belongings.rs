//! Attachments, notes and tags.

use bytes::Bytes;
use greenhouse_core::{UserId, settings::NoteVisibility};
use greenhouse_harvest::api::*;
use mock_greenhouse::{AttachmentExtraMembers, Switches};

use super::{Setting, refused};

#[tokio::test(flavor = "multi_thread")]
async fn attachments_are_created_listed_and_deleted() {
    let mut switches = Switches::default();
    switches.attachment_extra_members = AttachmentExtraMembers::Present;
    let setting = Setting::with(switches).await;
    let client = setting.client();
    let new = NewApplication::new(setting.person, setting.job, None);
    let application = client.create_application(&new).await.unwrap().id;

    let pdf = Bytes::from_static(b"%PDF");
    let kind = AttachmentType::TakeHomeTest;
    let mut file = NewAttachment::new(application, "a.pdf", kind.clone(), pdf);
    file.visibility = Some(AttachmentVisibility::AdminOnly);
    let row = client.create_attachment(&file).await.unwrap();
    assert_eq!(row.filename.as_deref(), Some("a.pdf"));
    assert_eq!(row.candidate_id, Some(setting.person));
    assert_eq!(
        row.unknown["visibility"], "admin_only",
        "content of the attachment"
    );

    let url = "https://files.example.net/b.pdf".parse().unwrap();
    let linked = NewAttachment::from_url(application, "b.pdf", AttachmentType::Resume, &url);
    client.create_attachment(&linked).await.unwrap();

    let filter = AttachmentFilter::new()
        .application_ids([application])
        .candidate_ids([setting.person])
        .kind(kind.clone());
    let rows = client.attachments(&filter).all().await.unwrap();
    let [found] = rows.as_slice() else {
        panic!("{rows:?}")
    };
    assert_eq!((found.id, &found.kind), (row.id, &Some(kind)));
    assert!(found.unknown.is_empty() && found.url.is_some());

    client.delete_attachment(row.id).await.unwrap();
    assert_eq!(setting.greenhouse.attachments().len(), 1);
    assert_eq!(refused(client.delete_attachment(row.id).await), 404);
    setting.greenhouse.assert_no_problems();
}

#[tokio::test(flavor = "multi_thread")]
async fn notes_of_each_kind_are_created_and_listed() {
    let setting = Setting::with(Switches::default()).await;
    let client = setting.client();
    let new = NewApplication::new(setting.person, setting.job, None);
    let application = client.create_application(&new).await.unwrap().id;
    let author = UserId::new(setting.greenhouse.job_admin());

    for (written, read) in [
        (NoteVisibility::Public, NoteReaders::Public),
        (NoteVisibility::Private, NoteReaders::Private),
        (NoteVisibility::AdminOnly, NoteReaders::AdminOnly),
    ] {
        let plain = NewNote::new(setting.person, application, written, "Calm\nand clear");
        let mut about = plain.clone();
        about.user_id = Some(author);
        about.form = NoteForm::Note {
            subject: Some("Test".into()),
        };
        let email = NoteEmail::new("Test", "lee@example.com", "mira@example.org");
        for (new, kind) in [
            (about, NoteType::Note),
            (plain.clone().as_activity(), NoteType::Activity),
            (plain.as_email(email), NoteType::Email),
        ] {
            let row = client.create_note(&new).await.unwrap();
            let filter = NoteFilter::new()
                .candidate_ids([setting.person])
                .application_ids([application])
                .kind(kind.clone())
                .visibility(read.clone());
            let found = client.notes(&filter).all().await.unwrap();
            assert_eq!(found, std::slice::from_ref(&row), "{kind}");
            assert!(row.unknown.is_empty(), "{:?}", row.unknown);
            assert_eq!((row.kind, row.visibility), (Some(kind), Some(read.clone())));
            assert_eq!(row.body.as_deref(), Some("Calm\nand clear"));
        }
    }
    let by_author = NoteFilter::new().user_ids([author]);
    assert_eq!(client.notes(&by_author).all().await.unwrap().len(), 3);

    let general = NewNote::new(setting.person, None, NoteVisibility::Public, "Hello");
    let row = client.create_note(&general).await.unwrap();
    assert_eq!(row.application_id, None);
    setting.greenhouse.assert_no_problems();
}

#[tokio::test(flavor = "multi_thread")]
async fn tags_are_created_added_and_removed() {
    let setting = Setting::with(Switches::default()).await;
    let client = setting.client();
    let tag = client.create_candidate_tag("assessed").await.unwrap();
    let tags = CandidateTagFilter::new().ids([tag.id]);
    let tags = client.candidate_tags(&tags).all().await.unwrap();
    assert_eq!(tags[0].name.as_deref(), Some("assessed"));
    assert!(tags[0].unknown.is_empty());

    let given = client
        .apply_candidate_tag(setting.person, tag.id)
        .await
        .unwrap();
    let filter = AppliedCandidateTagFilter::new()
        .candidate_ids([setting.person])
        .candidate_tag_ids([tag.id]);
    let rows = client.applied_candidate_tags(&filter).all().await.unwrap();
    assert_eq!(rows, std::slice::from_ref(&given));
    assert!(given.unknown.is_empty());
    let tagged = CandidateFilter::new().tag("assessed");
    assert_eq!(client.candidates(&tagged).all().await.unwrap().len(), 1);

    client.remove_candidate_tag(given.id).await.unwrap();
    assert!(client.candidates(&tagged).all().await.unwrap().is_empty());
    setting.greenhouse.assert_no_problems();
}
