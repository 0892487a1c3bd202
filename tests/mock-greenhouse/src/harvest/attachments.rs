use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::StatusCode;
use serde::Serialize;

use crate::harvest::body::ClosedBody;
use crate::harvest::page;
use crate::harvest::query::Kind;
use crate::harvest::{ListRequest, WriteRequest};
use crate::rows::Attachment;
use crate::switches::{AttachmentExtraMembers, AttachmentVisibility};
use crate::urls;
use crate::wire::Answer;

/// Serves `GET /v3/attachments`.
pub(super) fn list(request: &ListRequest<'_>) -> Result<Answer, Answer> {
    page::list(
        request,
        &request.state.attachments,
        FILTERS,
        |file, filter| match filter.name {
            "application_ids" => filter.id(Some(file.application_id)),
            "candidate_ids" => filter.id(file.candidate_id),
            "type" => filter.text(Some(&file.kind)),
            _ => false,
        },
    )
}

/// Serves `POST /v3/attachments`. Returns 201 with the row as a list shows it (several clients).
/// Only applications have attachments (documented).
pub(super) fn create(request: &mut WriteRequest<'_>) -> Result<Answer, Answer> {
    let mut body = ClosedBody::read(request.call)?;
    let application_id = body.required_integer("application_id");
    let filename = body.required_text("filename");
    let kind = body.required_one_of("type", KINDS);
    let visibility = body.one_of("visibility", &["public", "private", "admin_only"]);
    if body.has("content") == body.has("url") {
        body.problem("content", "exactly one of content and url is required");
    }
    let (content, url) = (body.text("content"), body.text("url"));
    let content = content
        .map(|encoded| STANDARD.decode(encoded).map(Bytes::from))
        .transpose()
        .unwrap_or_else(|_| {
            body.problem("content", "is not base64");
            None
        });
    body.finish()?;

    let application = request
        .state
        .applications
        .get(&application_id)
        .ok_or_else(|| Answer::no_record("Application"))?;
    let candidate_id = Some(application.candidate_id);
    relabel_earlier(request, application_id, &kind);
    let effective_visibility = visibility.clone().unwrap_or_else(|| {
        default_visibility(&kind, request.state.switches.attachment_visibility).to_owned()
    });
    let id = request.state.next_id();
    let file = Attachment {
        id,
        application_id,
        candidate_id,
        kind,
        filename,
        url: url.unwrap_or_else(|| urls::file(request.base_url, id)),
        created_at: request.now,
        updated_at: request.now,
        content,
        visibility,
        effective_visibility,
    };
    let answer = match request.state.switches.attachment_extra_members {
        AttachmentExtraMembers::Absent => Answer::json(StatusCode::CREATED, &file),
        AttachmentExtraMembers::Present => {
            let extended = RowWithExtraMembers {
                content_type: content_type(&file.filename),
                visibility: &file.effective_visibility,
                row: &file,
            };
            Answer::json(StatusCode::CREATED, &extended)
        }
    };
    request.state.attachments.insert(id, file);
    Ok(answer)
}

/// Serves `DELETE /v3/attachments/{id}`. Returns 200 with a message (inferred). Cannot be undone
/// (documented).
pub(super) fn delete(request: &mut WriteRequest<'_>) -> Result<Answer, Answer> {
    request
        .state
        .attachments
        .remove(&request.id)
        .ok_or_else(|| Answer::no_record("Attachment"))?;
    Ok(Answer::deleted("Attachment", request.id))
}

/// The row with the two additional members that some clients expect after creation.
#[derive(Serialize)]
struct RowWithExtraMembers<'a> {
    #[serde(flatten)]
    row: &'a Attachment,
    content_type: &'static str,
    visibility: &'a str,
}

/// Returns the visibility of a file that was sent without one. The type determines the visibility
/// (documented); the list of private types is inferred.
fn default_visibility(kind: &str, default: AttachmentVisibility) -> &'static str {
    let of_offer = matches!(
        kind,
        "offer_packet" | "offer_letter" | "signed_offer_letter"
    );
    match default {
        AttachmentVisibility::ByType if of_offer => "private",
        AttachmentVisibility::ByType | AttachmentVisibility::Public => "public",
        AttachmentVisibility::Private => "private",
    }
}

fn content_type(filename: &str) -> &'static str {
    match filename.rsplit_once('.').map(|(_, extension)| extension) {
        Some("pdf") => "application/pdf",
        Some("txt") => "text/plain",
        Some("html") => "text/html",
        Some("json") => "application/json",
        _ => "application/octet-stream",
    }
}

/// Relabels an earlier resume or cover letter as `other` when a second file of the same type is
/// added (documented).
fn relabel_earlier(request: &mut WriteRequest<'_>, application_id: i64, kind: &str) {
    if !matches!(kind, "resume" | "cover_letter") {
        return;
    }
    for file in request.state.attachments.values_mut() {
        if file.application_id == application_id && file.kind == kind {
            file.kind = "other".to_owned();
            file.updated_at = request.now;
        }
    }
}

const KINDS: &[&str] = &[
    "resume",
    "cover_letter",
    "take_home_test",
    "offer_packet",
    "offer_letter",
    "signed_offer_letter",
    "other",
    "form_attachment",
    "midfunnel_agreement",
    "automated_agreement",
];

const FILTERS: &[(&str, Kind)] = &[
    ("application_ids", Kind::Ids),
    ("candidate_ids", Kind::Ids),
    ("type", Kind::OneOf(KINDS)),
];
