//! Problems of an account's push: in its settings, in Greenhouse, and in its backlog.
//!
//! Settings verification, health and the doctor are views of what is found here.

mod backlog;
mod credential;
mod fields;
pub(super) mod health;
mod jobs;
mod local;
mod source;

use greenhouse_core::{platform::ProductJob, settings::SettingsProblem};
use serde::de::DeserializeOwned;

use crate::{Access, AuthProblem, Error, List};

/// Everything in the settings of this access that cannot work, in the order of the settings; `product_jobs` are the jobs
/// that the product has, where it was asked. Nothing is written.
///
/// [`HarvestClients::access_to_check`](crate::HarvestClients::access_to_check) gives the access to settings that are not
/// saved yet. The app of a partner has to be saved before anybody can consent to it; until somebody has, only what needs no
/// Greenhouse is checked.
///
/// | member | code | what is wrong |
/// |---|---|---|
/// | `credential` | `credential_refused` | Greenhouse does not take it |
/// | `credential` | `scope_missing` | it lacks this scope, which a push by these settings needs; one problem each |
/// | `acting_user` | `acting_user_unknown`, `acting_user_deactivated`, `acting_user_refused` | nobody can act as this user |
/// | `acting_user` | `acting_user_cannot_see` | neither this user nor the credential's own is a Site Admin; of the app of a partner, `credential` |
/// | `jobs.{job}` | `product_job_unknown` | the product has no such job |
/// | `jobs.{job}.job` | `job_unknown`, `job_closed`, `job_draft` | nobody can apply for it; a confidential job may be hidden |
/// | `jobs.{job}.stage` | `stage_unknown`, `stage_of_another_job`, `stage_inactive` | nobody can be at it |
/// | `jobs.{job}.interview_kit` | `kit_unknown`, `kit_of_another_job` | no scorecard of this job can belong to it |
/// | `fields.{field}` | `field_key_blank`, `trait_blank`, `field_twice` | the mapping says nothing, or twice the same field |
/// | `fields.{field}` | `field_unknown`, `field_inactive` | there is no such field |
/// | `fields.{field}` | `field_unsuitable` | its kind cannot take the value |
/// | `fields.{field}` | `field_options` | a recommendation is not among its options |
/// | `source` | `source_unknown` | there is no such source |
/// | `tags[{place}]` | `tag_blank`, `tag_twice` | the tag is none, or one that is there |
/// | any | `forbidden` | Greenhouse does not let this be looked up |
///
/// # Errors
///
/// Those of a read: Greenhouse, or the store of the rate limits, could not be asked, and nothing is known.
pub async fn verify_push_settings(
    access: &Access,
    product_jobs: Option<&[ProductJob]>,
) -> Result<Vec<SettingsProblem>, Error> {
    let settings = &access.settings;
    let mut problems = local::problems(settings, product_jobs);
    if let Some(reader) = credential::check(access, &mut problems).await? {
        jobs::check(&reader, settings, &mut problems).await?;
        fields::check(&reader, settings, &mut problems).await?;
        source::check(&reader, settings, &mut problems).await?;
    }
    problems.sort_by_key(|problem| place(&problem.member));
    Ok(problems)
}

/// All rows of a list; none where they may not be read, which is a problem of this member.
async fn rows<T: DeserializeOwned + Send + 'static>(
    list: List<T>,
    member: &str,
    problems: &mut Vec<SettingsProblem>,
) -> Result<Option<Vec<T>>, Error> {
    let (route, problem) = match list.all().await {
        Ok(rows) => return Ok(Some(rows)),
        Err(Error::Auth { route, problem }) => (route, problem),
        Err(error) => return Err(error),
    };
    let new = match problem {
        AuthProblem::MissingScope { scope } => credential::scope_missing(scope),
        problem => SettingsProblem::new(
            member,
            "forbidden",
            format!("This could not be looked up: {route} was refused, {problem}."),
            problem.remedy(),
        ),
    };
    if !problems.contains(&new) {
        problems.push(new);
    }
    Ok(None)
}

/// Where a member stands among the settings.
fn place(member: &str) -> usize {
    let top = member.split(['.', '[']).next().unwrap_or_default();
    MEMBERS
        .iter()
        .position(|known| *known == top)
        .unwrap_or(MEMBERS.len())
}

const MEMBERS: [&str; 6] = [
    "credential",
    "acting_user",
    "jobs",
    "fields",
    "source",
    "tags",
];
