use http::StatusCode;
use serde::Serialize;

use crate::harvest::members::Members;
use crate::harvest::page;
use crate::harvest::query::Kind;
use crate::harvest::{Listing, Writing, applications, custom_fields};
use crate::rows::{Address, Application, Candidate, CandidateChanges, SocialAddress};
use crate::state::State;
use crate::switches::CreatedCandidate;
use crate::wire::Answer;

/// `GET /v3/candidates`.
pub(super) fn list(listing: &Listing<'_>) -> Result<Answer, Answer> {
    page::list(
        listing,
        &listing.state.candidates,
        FILTERS,
        |candidate, filter| match filter.name {
            "email" => candidate
                .email_addresses
                .iter()
                .any(|address| filter.same_word(&address.value)),
            "tag" => candidate.tags.iter().any(|tag| filter.text(Some(tag))),
            "private" => filter.flag(true) || !candidate.private,
            "last_activity_at" => filter.time(Some(candidate.last_activity_at)),
            "custom_field_option_id" => {
                custom_fields::chosen(listing.state, filter, &candidate.custom_fields)
            }
            _ => false,
        },
    )
}

/// `POST /v3/candidates`: 201, wrapped (two clients and a connector's documentation). Does not
/// check for duplicates (documented).
pub(super) fn create(writing: &mut Writing<'_>) -> Result<Answer, Answer> {
    let mut body = Members::read(writing.call)?;
    let first_name = body.required_text("first_name");
    let last_name = body.required_text("last_name");
    let changes = changes(&mut body, writing.state, None);
    let application = body.object("application", |application| {
        applications::Wanted::read(application, writing.state)
    });
    body.finish()?;

    let changes = CandidateChanges {
        first_name: Some(first_name),
        last_name: Some(last_name),
        ..changes
    };
    let id = writing.state.add_candidate(changes, writing.now);
    let application = match application
        .map(|wanted| wanted.apply(writing.state, id, writing.now))
        .transpose()
    {
        Ok(application) => application,
        Err(refusal) => {
            writing.state.candidates.remove(&id);
            return Err(refusal.into());
        }
    };
    writing.state.settle_tags(id, writing.now)?;
    let candidate = writing.state.candidates.get(&id);
    if writing.state.switches.created_candidate == CreatedCandidate::Flat {
        return Ok(Answer::json(StatusCode::CREATED, &candidate));
    }
    let created = Created {
        candidate,
        application: application.and_then(|id| writing.state.applications.get(&id)),
    };
    Ok(Answer::json(StatusCode::CREATED, &created))
}

/// `PATCH /v3/candidates/{id}`: replaces the members that are sent, collections as a whole
/// (documented).
pub(super) fn update(writing: &mut Writing<'_>) -> Result<Answer, Answer> {
    let mut body = Members::read(writing.call)?;
    let (first_name, last_name) = (body.text("first_name"), body.text("last_name"));
    let linked_user_ids = body.integers("linked_user_ids");
    let changes = CandidateChanges {
        first_name,
        last_name,
        linked_user_ids,
        ..changes(
            &mut body,
            writing.state,
            writing.state.candidates.get(&writing.id),
        )
    };
    body.finish()?;

    let candidate = writing
        .state
        .candidates
        .get_mut(&writing.id)
        .ok_or_else(|| Answer::no_record("Candidate"))?;
    candidate.change(changes, writing.now);
    let answer = Answer::json(StatusCode::OK, candidate);
    writing.state.settle_tags(writing.id, writing.now)?;
    let event = writing.state.candidate_updated(writing.id)?;
    writing.events.push(event);
    Ok(answer)
}

/// `POST /v3/candidates/{id}/merge`: 200, the row of the remaining candidate, which is the id in
/// the path (one client).
pub(super) fn merge(writing: &mut Writing<'_>) -> Result<Answer, Answer> {
    let mut body = Members::read(writing.call)?;
    let loser = body.required_integer("secondary_candidate_id");
    body.finish()?;

    let events = writing.state.merge(writing.id, loser, writing.now)?;
    writing.events.extend(events);
    row(writing)
}

/// `PATCH /v3/candidates/{id}/anonymize`: 200, the row (one client).
pub(super) fn anonymize(writing: &mut Writing<'_>) -> Result<Answer, Answer> {
    let mut body = Members::read(writing.call)?;
    let fields = body.required_texts("fields");
    body.finish()?;

    let events = writing.state.anonymize(writing.id, &fields, writing.now)?;
    writing.events.extend(events);
    row(writing)
}

/// `DELETE /v3/candidates/{id}`: 200 with a message (one client).
pub(super) fn delete(writing: &mut Writing<'_>) -> Result<Answer, Answer> {
    let events = writing.state.delete_candidate(writing.id)?;
    writing.events.extend(events);
    Ok(Answer::deleted("Candidate", writing.id))
}

fn row(writing: &Writing<'_>) -> Result<Answer, Answer> {
    let row = writing
        .state
        .candidates
        .get(&writing.id)
        .ok_or_else(|| Answer::no_record("Candidate"))?;
    Ok(Answer::json(StatusCode::OK, row))
}

#[derive(Serialize)]
struct Created<'a> {
    candidate: Option<&'a Candidate>,
    application: Option<&'a Application>,
}

/// Reads the members that create and update share.
fn changes(body: &mut Members, state: &State, current: Option<&Candidate>) -> CandidateChanges {
    let custom_fields = custom_fields::read(body, state, "candidate", false).map(|sent| {
        custom_fields::after(
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

fn addresses(body: &mut Members, name: &str, kinds: &[&str]) -> Option<Vec<Address>> {
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
