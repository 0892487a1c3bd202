use http::StatusCode;
use serde::Serialize;
use serde_json::json;

use crate::harvest::body::ClosedBody;
use crate::harvest::page;
use crate::harvest::query::Kind;
use crate::harvest::{ListRequest, WriteRequest, applications, custom_fields};
use crate::rows::{Address, Application, Candidate, CandidateChanges, SocialAddress};
use crate::state::State;
use crate::switches::{CandidateEmailFilter, CreatedCandidate, UpdatedCandidate};
use crate::wire::Answer;

/// Serves `GET /v3/candidates`.
pub(super) fn list(request: &ListRequest<'_>) -> Result<Answer, Answer> {
    page::list(
        request,
        &request.state.candidates,
        FILTERS,
        |candidate, filter| match filter.name {
            "email" => candidate.email_addresses.iter().any(|address| {
                match request.switches.candidate_email_filter {
                    CandidateEmailFilter::Exact => filter.same_word(&address.value),
                    CandidateEmailFilter::Contains => filter.is_part_of(&address.value),
                }
            }),
            "tag" => candidate.tags.iter().any(|tag| filter.text(Some(tag))),
            "private" => filter.flag(true) || !candidate.private,
            "last_activity_at" => filter.time(Some(candidate.last_activity_at)),
            "custom_field_option_id" => {
                custom_fields::has_option(request.state, filter, &candidate.custom_fields)
            }
            _ => false,
        },
    )
}

/// Serves `POST /v3/candidates`. Returns 201 with the wrapped row (two clients and a connector's
/// documentation). Does not check for duplicates (documented).
pub(super) fn create(request: &mut WriteRequest<'_>) -> Result<Answer, Answer> {
    let mut body = ClosedBody::read(request.call)?;
    let first_name = body.required_text("first_name");
    let last_name = body.required_text("last_name");
    let changes = changes(&mut body, request.state, None);
    let application = body.object("application", |application| {
        applications::NewApplication::read(application, request.state)
    });
    body.finish()?;

    let changes = CandidateChanges {
        first_name: Some(first_name),
        last_name: Some(last_name),
        ..changes
    };
    let id = request.state.add_candidate(changes, request.now);
    let application = match application
        .map(|new| new.apply(request.state, id, request.now))
        .transpose()
    {
        Ok(application) => application,
        Err(refusal) => {
            request.state.candidates.remove(&id);
            return Err(refusal.into());
        }
    };
    request.state.sync_tags(id, request.now)?;
    let candidate = request.state.candidates.get(&id);
    if request.state.switches.created_candidate == CreatedCandidate::Flat {
        return Ok(Answer::json(StatusCode::CREATED, &candidate));
    }
    let created = CreatedBody {
        candidate,
        application: application.and_then(|id| request.state.applications.get(&id)),
    };
    Ok(Answer::json(StatusCode::CREATED, &created))
}

/// Serves `PATCH /v3/candidates/{id}`, which replaces the members in the body. Collections are
/// replaced as a whole (documented).
pub(super) fn update(request: &mut WriteRequest<'_>) -> Result<Answer, Answer> {
    let mut body = ClosedBody::read(request.call)?;
    let (first_name, last_name) = (body.text("first_name"), body.text("last_name"));
    let linked_user_ids = body.integers("linked_user_ids");
    let changes = CandidateChanges {
        first_name,
        last_name,
        linked_user_ids,
        ..changes(
            &mut body,
            request.state,
            request.state.candidates.get(&request.id),
        )
    };
    body.finish()?;

    let candidate = request
        .state
        .candidates
        .get_mut(&request.id)
        .ok_or_else(|| Answer::no_record("Candidate"))?;
    candidate.change(changes, request.now);
    let answer = match request.state.switches.updated_candidate {
        UpdatedCandidate::Flat => Answer::json(StatusCode::OK, candidate),
        UpdatedCandidate::Wrapped => {
            Answer::json(StatusCode::OK, &json!({ "candidate": candidate }))
        }
    };
    request.state.sync_tags(request.id, request.now)?;
    let event = request.state.candidate_update_event(request.id)?;
    request.events.push(event);
    Ok(answer)
}

/// Serves `POST /v3/candidates/{id}/merge`. Returns 200 with the row of the remaining candidate,
/// whose id is in the path (one client).
pub(super) fn merge(request: &mut WriteRequest<'_>) -> Result<Answer, Answer> {
    let mut body = ClosedBody::read(request.call)?;
    let loser = body.required_integer("secondary_candidate_id");
    body.finish()?;

    let events = request.state.merge(request.id, loser, request.now)?;
    request.events.extend(events);
    row(request)
}

/// Serves `PATCH /v3/candidates/{id}/anonymize`. Returns 200 with the row (one client).
pub(super) fn anonymize(request: &mut WriteRequest<'_>) -> Result<Answer, Answer> {
    let mut body = ClosedBody::read(request.call)?;
    let fields = body.required_texts("fields");
    body.finish()?;

    let events = request.state.anonymize(request.id, &fields, request.now)?;
    request.events.extend(events);
    row(request)
}

/// Serves `DELETE /v3/candidates/{id}`. Returns 200 with a message (one client).
pub(super) fn delete(request: &mut WriteRequest<'_>) -> Result<Answer, Answer> {
    let events = request.state.delete_candidate(request.id)?;
    request.events.extend(events);
    Ok(Answer::deleted("Candidate", request.id))
}

fn row(request: &WriteRequest<'_>) -> Result<Answer, Answer> {
    let row = request
        .state
        .candidates
        .get(&request.id)
        .ok_or_else(|| Answer::no_record("Candidate"))?;
    Ok(Answer::json(StatusCode::OK, row))
}

#[derive(Serialize)]
struct CreatedBody<'a> {
    candidate: Option<&'a Candidate>,
    application: Option<&'a Application>,
}

/// Reads the members that create and update share.
fn changes(body: &mut ClosedBody, state: &State, current: Option<&Candidate>) -> CandidateChanges {
    let custom_fields = custom_fields::read(body, state, "candidate", false).map(|sent| {
        custom_fields::merged_values(
            state,
            "candidate",
            current.map(|row| &row.custom_fields),
            sent,
        )
    });
    CandidateChanges {
        preferred_name: body.text("preferred_name"),
        company: body.text("company"),
        title: body.text("title"),
        time_zone: body.text("time_zone"),
        private: body.flag("is_private"),
        can_email: body.flag("can_email"),
        tags: body.texts("tags"),
        email_addresses: addresses(body, "email_addresses", &["personal", "work", "other"]),
        phone_numbers: addresses(
            body,
            "phone_numbers",
            &["home", "work", "mobile", "skype", "other"],
        ),
        addresses: addresses(body, "addresses", &["home", "work", "other"]),
        website_addresses: addresses(
            body,
            "website_addresses",
            &["personal", "company", "portfolio", "blog", "other"],
        ),
        social_media_addresses: body.objects("social_media_addresses", |item| SocialAddress {
            value: item.required_text("value"),
        }),
        custom_fields,
        ..CandidateChanges::default()
    }
}

fn addresses(body: &mut ClosedBody, name: &str, kinds: &[&str]) -> Option<Vec<Address>> {
    body.objects(name, |item| Address {
        value: item.required_text("value"),
        kind: item.required_one_of("type", kinds),
    })
}

const FILTERS: &[(&str, Kind)] = &[
    ("email", Kind::Text),
    ("tag", Kind::Text),
    ("private", Kind::Flag),
    ("last_activity_at", Kind::Time),
    ("custom_field_option_id", Kind::Id),
];
