use http::StatusCode;

use crate::harvest::body::ClosedBody;
use crate::harvest::page;
use crate::harvest::query::Kind;
use crate::harvest::{ListRequest, WriteRequest};
use crate::rows::{Note, User};
use crate::state::State;
use crate::switches::NoteMentions;
use crate::wire::Answer;

/// Serves `GET /v3/notes`.
pub(super) fn list(request: &ListRequest<'_>) -> Result<Answer, Answer> {
    page::list(
        request,
        &request.state.notes,
        FILTERS,
        |note, filter| match filter.name {
            "candidate_ids" => filter.id(Some(note.candidate_id)),
            "application_ids" => filter.id(note.application_id),
            "user_ids" => filter.id(note.user_id),
            "type" => filter.text(Some(&note.kind)),
            "visibility" => filter.text(Some(&note.visibility)),
            _ => false,
        },
    )
}

/// Serves `POST /v3/notes`. Returns 201 with the row. Does not check that the candidate exists
/// (observed live).
pub(super) fn create(request: &mut WriteRequest<'_>) -> Result<Answer, Answer> {
    let mut body = ClosedBody::read(request.call)?;
    let candidate_id = body.required_integer("candidate_id");
    let kind = kind(&mut body);
    let visibility = body.required_one_of("visibility", &["public", "private", "admin_only"]);
    let text = body.required_text("body");
    let application_id = body.integer("application_id");
    let user_id = body.integer("user_id").unwrap_or(request.acting_user);
    let is_email = kind == "EMAIL";
    for member in ["subject", "email_from", "email_to", "email_cc"] {
        if is_email && !body.has(member) {
            body.problem(member, "is required for EMAIL");
        }
        if !is_email && member != "subject" && body.has(member) {
            body.problem(member, "is permitted for EMAIL only");
        }
    }
    let subject = body.text("subject");
    let (email_from, email_to, email_cc) = (
        body.texts("email_from"),
        body.texts("email_to"),
        body.texts("email_cc"),
    );
    body.finish()?;

    if let Some(application_id) = application_id {
        let application = request
            .state
            .applications
            .get(&application_id)
            .ok_or_else(|| Answer::no_record("Application"))?;
        if application.candidate_id != candidate_id {
            return Err(Answer::refused(
                "Application does not belong to the candidate",
            ));
        }
    }
    let id = request.state.next_id();
    let note = Note {
        id,
        candidate_id,
        application_id,
        user_id: Some(user_id),
        kind,
        visibility: read_spelling(&visibility).to_owned(),
        body: text,
        body_with_tags: None,
        subject,
        email_from: email_from.map(|addresses| addresses.join(", ")),
        email_to: email_to.map(|addresses| addresses.join(", ")),
        email_cc,
        email_attachment_file_names: None,
        import_hash: None,
        created_at: request.now,
        updated_at: request.now,
    };
    let answer = Answer::json(StatusCode::CREATED, &note);
    if request.state.switches.note_mentions == NoteMentions::Notified {
        mention(request.state, id, &note.body);
    }
    request.state.notes.insert(id, note);
    Ok(answer)
}

/// Records a mention of each user whose name or address follows an `@` (unknown).
fn mention(state: &mut State, note: i64, text: &str) {
    let named = |user: &User| {
        [&user.name, &user.primary_email]
            .iter()
            .any(|name| text.contains(&format!("@{name}")))
    };
    let users: Vec<i64> = state
        .users
        .values()
        .filter(|user| named(user))
        .map(|user| user.id)
        .collect();
    state
        .mentions
        .extend(users.into_iter().map(|user| (note, user)));
}

/// Reads the kind. Only upper case is accepted, although the error lists the kinds in lower case
/// (observed live).
fn kind(body: &mut ClosedBody) -> String {
    let kind = body.required_text("note_type");
    if !kind.is_empty() && !["NOTE", "ACTIVITY", "EMAIL"].contains(&kind.as_str()) {
        body.problem(
            "note_type",
            format!("`{kind}` is not one of: email, activity, note"),
        );
    }
    kind
}

/// Maps the spelling in writes to the spelling in reads (documented).
fn read_spelling(visibility: &str) -> &'static str {
    match visibility {
        "public" => "publicly_visible",
        "private" => "privately_visible",
        _ => "admin_only_visible",
    }
}

const FILTERS: &[(&str, Kind)] = &[
    ("candidate_ids", Kind::Ids),
    ("application_ids", Kind::Ids),
    ("user_ids", Kind::Ids),
    ("type", Kind::Text),
    (
        "visibility",
        Kind::OneOf(&[
            "publicly_visible",
            "privately_visible",
            "admin_only_visible",
        ]),
    ),
];
