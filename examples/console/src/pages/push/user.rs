//! Section 2: the user in Greenhouse who pushes candidates.

use maud::{Markup, html};
use serde_json::Value;

use super::{
    failure::{contains, failed, short},
    saving::save_off_button,
    section::Sections,
    switch::is_partner,
};
use crate::{
    api::{ApiError, Check, CheckState, UserChoice, UserChoices},
    draft::Draft,
    form::Form,
    parts::{Field, Tone, notice, problem_list, problem_summary, text_input},
    request::ConsoleRequest,
    texts::fill,
};

pub(super) async fn markup(sections: &Sections<'_>, draft: &Draft<'_>) -> Markup {
    let request = sections.request;
    let texts = &request.texts().push;
    let stored = sections.settings["acting_user"].as_u64();
    if is_partner(&sections.settings) && stored.is_none() && !draft.has_problems() {
        return html! { p.gh-lead { (texts.user_of_partner) } };
    }
    let search = request.query.filled("user_q");
    let (search_form, fields) = match users(request, search, stored).await {
        Ok(users) => {
            let fields = choices(request, draft, &users, stored, search);
            (search_markup(request, search), fields)
        }
        Err(error) => {
            let id = stored.map(|id| id.to_string()).unwrap_or_default();
            let field = Field {
                name: NAME,
                label: texts.user_id,
                hint: texts.user_id_hint,
            };
            let input = text_input(request, draft, field, "text", &id);
            (failed(request, texts.choices_failed, &error), input)
        }
    };
    html! {
        p.gh-lead {
            @if is_partner(&sections.settings) { (texts.user_of_partner) }
            @else { (texts.user_lead) }
        }
        @if let Some(Ok(checked)) = &sections.checked { (warnings(&checked.checks)) }
        (search_form)
        form method="post" action=(request.link("push/user")) data-guard=(draft.guard()) data-partial {
            (sections.version_field())
            (problem_summary(request, draft, &[NAME]))
            (fields)
            div.gh-save {
                button.gh-button.gh-primary type="submit"
                    data-busy=(request.texts().common.checking) { (texts.user_save) }
                span.gh-unsaved { (request.texts().common.unsaved) }
            }
            (save_off_button(request, draft))
        }
    }
}

/// The active users. A list that is cut is asked for the address, and for the stored user. A user
/// who is searched for by id is always asked for.
async fn users(
    request: &ConsoleRequest<'_>,
    search: Option<&str>,
    stored: Option<u64>,
) -> Result<UserChoices, ApiError> {
    let users: UserChoices = request.api.get(&request.list("choices/users")).await?;
    let address = search.filter(|search| search.contains('@') && users.truncated);
    let address = address.map(|address| ("email", address.to_owned()));
    let id = search.and_then(user_id).map(|id| ("id", id.to_string()));
    let stored = stored.filter(|_| users.truncated);
    let stored = stored.map(|id| ("id", id.to_string()));
    let mut all = users.users;
    for (parameter, value) in [address, id, stored].into_iter().flatten() {
        if all.iter().any(|own| own.id.to_string() == value) {
            continue;
        }
        let query = url::form_urlencoded::Serializer::new(String::new())
            .append_pair(parameter, &value)
            .finish();
        let path = request.list(&format!("choices/users?{query}"));
        let found: UserChoices = request.api.get(&path).await?;
        for user in found.users {
            if all.iter().all(|own| own.id != user.id) {
                all.push(user);
            }
        }
    }
    Ok(UserChoices {
        users: all,
        ..users
    })
}

/// The id that a user has typed into the search.
fn user_id(search: &str) -> Option<u64> {
    search.parse().ok().filter(|id| *id > 0)
}

fn search_markup(request: &ConsoleRequest<'_>, search: Option<&str>) -> Markup {
    let texts = &request.texts().push;
    html! {
        form.gh-search role="search" aria-label=(texts.user_search) method="get"
            action=(request.link("push#user")) data-partial {
            label for="gh-user-q" { (texts.user_search) }
            input.gh-input #gh-user-q type="search" name="user_q" value=(search.unwrap_or_default())
                autocomplete="off" spellcheck="false";
            button.gh-button type="submit" { (texts.search) }
        }
    }
}

/// Radio buttons: the credential's own user, the current user, and the users that were searched
/// for, or without a search the first Site Admins.
fn choices(
    request: &ConsoleRequest<'_>,
    draft: &Draft<'_>,
    users: &UserChoices,
    stored: Option<u64>,
    search: Option<&str>,
) -> Markup {
    let texts = &request.texts().push;
    let stored = stored.map(|id| id.to_string()).unwrap_or_default();
    let chosen = draft.text(NAME, stored.as_str());
    let known = |id: &str| users.users.iter().find(|user| user.id.to_string() == id);
    let (current, typed) = (known(&stored), known(&chosen));
    let is_match = |user: &&UserChoice| match search {
        Some(search) => {
            let texts = [&user.name, &user.email];
            let mut texts = texts.into_iter().flatten();
            user_id(search) == Some(user.id) || texts.any(|text| contains(text, search))
        }
        None => user.site_admin == Some(true),
    };
    let found: Vec<&UserChoice> = users.users.iter().filter(is_match).collect();
    let mut shown: Vec<&UserChoice> = current.into_iter().chain(typed).collect();
    shown.extend(found.iter().take(SHOWN));
    let mut seen = Vec::new();
    shown.retain(|user| {
        let is_new = !seen.contains(&user.id);
        seen.push(user.id);
        is_new
    });
    // Greenhouse checks an unknown id when it is saved.
    let unlisted = search.and_then(user_id).filter(|id| {
        let id = id.to_string();
        found.is_empty() && known(&id).is_none() && id != stored
    });
    let more = found.len().saturating_sub(SHOWN) as u64;
    let is_gone = !stored.is_empty() && current.is_none() && !users.truncated;
    let is_lost = !stored.is_empty() && current.is_none();
    let lacks_access = current.is_some_and(|user| user.site_admin == Some(false));
    let has_problems = draft.problems_of(NAME).next().is_some();
    html! {
        @if lacks_access { (notice(Tone::Warning, &html! { p { (texts.user_warning) } })) }
        fieldset.gh-field.gh-radios.gh-invalid[has_problems] #gh-users
            aria-describedby=[has_problems.then_some("gh-acting_user-problems")] {
            legend { (texts.user_found) }
            label.gh-radio {
                input type="radio" name=(NAME) value="" checked[chosen.is_empty()];
                span { (texts.user_own) @if stored.is_empty() { " · " (texts.user_current) } }
            }
            @if is_lost {
                label.gh-radio {
                    input type="radio" name=(NAME) value=(stored) checked[chosen == stored];
                    span {
                        (fill(texts.user_number, &[("id", &stored)])) " · " (texts.user_current)
                        @if is_gone { " · " (texts.user_gone) }
                    }
                }
            }
            @for user in shown {
                @let id = user.id.to_string();
                label.gh-radio {
                    input type="radio" name=(NAME) value=(id) checked[chosen == id];
                    span { (label(request, user)) @if id == stored { " · " (texts.user_current) } }
                }
            }
            @if let Some(id) = unlisted {
                label.gh-radio {
                    input type="radio" name=(NAME) value=(id) checked[chosen == id.to_string()];
                    span {
                        (fill(texts.user_number, &[("id", &id.to_string())])) " · "
                        (texts.user_unlisted)
                    }
                }
            } @else if let (Some(search), true) = (search, found.is_empty()) {
                p role="status" dir="auto" { (fill(texts.user_none, &[("search", search)])) }
            }
            @if more > 0 && search.is_some() { p.gh-hint { (texts.users_more.of(more)) } }
            @if users.truncated { p.gh-hint { (texts.user_list_cut) } }
            (problem_list(request, "gh-acting_user-problems", draft.problems_of(NAME)))
        }
    }
}

fn label(request: &ConsoleRequest<'_>, user: &UserChoice) -> Markup {
    let texts = &request.texts().push;
    let number = fill(texts.user_number, &[("id", &user.id.to_string())]);
    let name = user.name.as_deref().map_or(number, short);
    html! {
        bdi { (name) }
        @if let Some(email) = &user.email { " · " bdi { (short(email)) } }
        @match user.site_admin {
            Some(true) => { " · " (texts.user_site_admin) }
            Some(false) => { " · " (texts.user_not_site_admin) }
            None => {}
        }
    }
}

/// What the check of the settings says about the acting user.
fn warnings(checks: &[Check]) -> Markup {
    let own = checks.iter();
    let own = own.filter(|check| ["acting_user", "harvest_reader"].contains(&check.name.as_str()));
    html! {
        @for check in own {
            @let tone = match check.state {
                CheckState::Ok => Tone::Info,
                CheckState::Warning => Tone::Warning,
                CheckState::Problem => Tone::Problem,
            };
            (notice(tone, &html! {
                p data-check=(check.name) {
                    (check.text) @if let Some(remedy) = &check.remedy { " " (remedy) }
                }
            }))
        }
    }
}

pub(super) fn change(form: &Form, settings: &mut Value) {
    settings[NAME] = super::saving::id(form.get(NAME).unwrap_or_default());
}

const NAME: &str = "acting_user";
/// Maximum number of users in the list.
const SHOWN: usize = 20;
