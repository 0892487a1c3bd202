//! Diagnosis of an account's push: its settings, their counterparts in Greenhouse, and its backlog.
//!
//! [`PushDiagnosis`] is the only set of checks. Settings verification, health and the server's
//! `doctor` command all report its findings.

mod backlog;
mod credential;
mod fields;
pub(super) mod health;
mod jobs;
mod lists;
mod local;
mod rules;
mod source;
mod stage_tests;

use futures_util::FutureExt as _;
use greenhouse_core::{health::Check, platform::ProductJob, settings::SettingsProblem};

use self::lists::{Lists, Rows};
pub(super) use self::stage_tests::Unchecked;
use super::texts::{diagnosis as texts, settings as problems};
use crate::{Access, AuthProblem, Error, HarvestClient};

/// Findings about an account's push settings and the Greenhouse objects that they refer to.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct PushDiagnosis {
    /// Findings in the order of the checks.
    pub findings: Vec<PushFinding>,
    /// Failed call that ended the checks early; `None` if all checks ran. The findings before the
    /// failure are valid.
    pub failure: Option<Error>,
    /// Name of the check that the failure interrupted.
    failed_check: &'static str,
    /// Scopes that the credential lacks.
    lacking: Vec<&'static str>,
    /// Result of the scopes check if no scope is known to be missing.
    scopes: Option<Check>,
}

/// One finding of a [`PushDiagnosis`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct PushFinding {
    /// The finding as a health check.
    pub check: Check,
    /// The finding as settings problems, each with a stable code. Empty if the settings can still
    /// be saved.
    pub problems: Vec<SettingsProblem>,
}

/// Client that sees the most records.
struct Reader {
    client: HarvestClient,
    /// `true` if lists contain every record.
    sees_all: bool,
}

impl PushDiagnosis {
    /// Checks the settings in `access` without writing anything. `product_jobs` are the product's
    /// jobs, if known.
    ///
    /// [`HarvestClients::access_to_check`](crate::HarvestClients::access_to_check) returns the
    /// access for settings that are not saved yet. A partner's app must be saved before a user can
    /// consent to it; until then, only the checks that do not call Greenhouse run.
    ///
    /// | member | code | problem |
    /// |---|---|---|
    /// | `credential` | `credential_refused` | Greenhouse rejected the credential |
    /// | `credential` | `scope_missing` | a required scope is missing; one problem per scope |
    /// | `acting_user` | `acting_user_unknown` | the user does not exist in Greenhouse |
    /// | `acting_user` | `acting_user_deactivated` | the user is deactivated |
    /// | `acting_user` | `acting_user_refused` | the credential cannot act as the user |
    /// | `acting_user` | `acting_user_cannot_see` | no available user is a Site Admin [^1] |
    /// | `jobs.{job}` | `product_job_unknown` | the job does not exist in the product |
    /// | `jobs.{job}.job` | `job_unknown` | Greenhouse does not list the job [^2] |
    /// | `jobs.{job}.job` | `job_closed`, `job_draft` | the job does not accept applications |
    /// | `jobs.{job}.stage` | `stage_unknown` | Greenhouse does not list the stage |
    /// | `jobs.{job}.stage` | `stage_of_another_job`, `stage_inactive` | not usable for the job |
    /// | `jobs.{job}.interview_kit` | `kit_unknown`, `kit_of_another_job` | not usable for the job |
    /// | `fields.{field}` | `field_key_blank`, `trait_blank` | the mapping is empty |
    /// | `fields.{field}` | `field_twice` | the field is mapped twice |
    /// | `fields.{field}` | `field_unknown`, `field_inactive` | the field is missing or inactive |
    /// | `fields.{field}` | `field_unsuitable` | the field's type cannot hold the value |
    /// | `fields.{field}` | `field_options` | the field lacks an option for a recommendation |
    /// | `status_field` | as for `fields.{field}` | not usable for the status of tests |
    /// | `source` | `source_unknown` | the source does not exist |
    /// | `jobs.{job}.advance_to` | as for `stage` | not usable for the job |
    /// | `rules` | `rules_overlap` | both rules apply to some scores |
    /// | `rules.advance` | `rule_without_stage` | no mapped job has a stage for the rule |
    /// | `rules.reject.reason` | `rejection_reason_unknown` | the reason does not exist |
    /// | `stage_tests[{place}].stage` | as for `jobs.{job}.stage` | not usable for the job |
    /// | `stage_tests[{place}].stage` | `stage_test_twice` | the stage is listed twice |
    /// | `tags[{place}]` | `tag_blank`, `tag_twice` | the tag is empty or listed twice |
    /// | any | `forbidden` | Greenhouse refused a read that the check needs |
    ///
    /// [^1]: The member is `credential` for a partner's app.
    /// [^2]: A confidential job may be hidden.
    pub async fn of(access: &Access, product_jobs: Option<&[ProductJob]>) -> Self {
        let mut diagnosis = Self::default();
        if let Err((check, error)) = diagnosis.examine(access, product_jobs).boxed().await {
            diagnosis.failed_check = check;
            diagnosis.failure = Some(error);
        }
        diagnosis.add_scopes();
        diagnosis
    }

    /// Converts the findings to health checks, one for each finding and one for the failure.
    pub fn into_checks(self) -> Vec<Check> {
        let failed = self.failure;
        let failed = failed.map(|error| texts::greenhouse_failed(self.failed_check, &error));
        let checks = self.findings.into_iter().map(|finding| finding.check);
        checks.chain(failed).collect()
    }

    /// Converts the findings to settings problems, in the order of the settings.
    ///
    /// # Errors
    ///
    /// The failure, if the checks ended early.
    pub fn into_settings_problems(self) -> Result<Vec<SettingsProblem>, Error> {
        if let Some(error) = self.failure {
            return Err(error);
        }
        let findings = self.findings.into_iter();
        let mut problems: Vec<_> = findings.flat_map(|finding| finding.problems).collect();
        problems.sort_by_key(|problem| place(&problem.member));
        Ok(problems)
    }

    async fn examine(
        &mut self,
        access: &Access,
        product_jobs: Option<&[ProductJob]>,
    ) -> Result<(), (&'static str, Error)> {
        let settings = &access.settings;
        let failed = |check| move |error| (check, error);
        let valid = (!settings.tags.is_empty()).then(texts::tags_valid);
        self.add(PushFinding::of("tags", valid, local::tags(&settings.tags)));
        let accepted = credential::check(access, self).await?;
        let reader = accepted.as_ref().map(|accepted| &accepted.reader);
        let mut lists = Lists::default();
        if let Some(accepted) = &accepted {
            let user = accepted.user_to_read(settings);
            lists = Lists::read(&accepted.reader, user, settings).await;
            let acting = accepted.check_user(settings, lists.users.take());
            self.add(acting.map_err(failed("acting_user"))?);
        }
        let sees_less = reader.is_some_and(|reader| !reader.sees_all);
        let jobs = jobs::check(lists.mapped, sees_less, settings, product_jobs, self);
        jobs.map_err(failed("mapped_jobs"))?;
        let reader = reader.filter(|reader| reader.sees_all);
        let reader = reader.map(|reader| &reader.client);
        let fields = fields::check(reader, lists.fields, settings, self).await;
        fields.map_err(failed("mapped_fields"))?;
        source::check(lists.sources, settings, self).map_err(failed("source"))?;
        rules::check(lists.reasons, settings, self).map_err(failed("rules"))
    }

    fn add(&mut self, finding: impl Into<Option<PushFinding>>) {
        self.findings.extend(finding.into());
    }

    fn add_scopes(&mut self) {
        if self.lacking.is_empty() {
            let scopes = self.scopes.take();
            return self.add(scopes.map(PushFinding::from));
        }
        let check = texts::scopes_missing(&self.lacking);
        let lacking = self.lacking.iter();
        let problems = lacking
            .map(|scope| problems::scope_missing(scope))
            .collect();
        self.findings.push(PushFinding { check, problems });
    }

    /// Returns the rows of a list. If Greenhouse refused the list, returns the reason, and adds it
    /// to the missing scopes or to the problems of this member.
    fn rows<T>(
        &mut self,
        rows: Rows<T>,
        member: &str,
        found: &mut Vec<SettingsProblem>,
    ) -> Result<Result<Vec<T>, AuthProblem>, Error> {
        let (route, problem) = match rows {
            Ok(rows) => return Ok(Ok(rows)),
            Err(Error::Auth { route, problem }) => (route, problem),
            Err(error) => return Err(error),
        };
        if let AuthProblem::MissingScope { scope } = problem {
            if !self.lacking.contains(&scope) {
                self.lacking.push(scope);
            }
            return Ok(Err(problem));
        }
        let new = problems::forbidden(member, &route.to_string(), problem);
        if !found.contains(&new) {
            found.push(new);
        }
        Ok(Err(problem))
    }
}

impl PushFinding {
    /// Returns the finding for these problems, or for the check `valid` if there are no problems.
    fn of(
        name: impl Into<String>,
        valid: Option<Check>,
        problems: Vec<SettingsProblem>,
    ) -> Option<Self> {
        let check = if problems.is_empty() {
            valid?
        } else {
            let texts: Vec<&str> = problems.iter().map(|found| &*found.message).collect();
            let mut remedies: Vec<&str> = problems.iter().map(|found| &*found.remedy).collect();
            remedies.dedup();
            Check::problem(name, texts.join(" "), remedies.join(" "))
        };
        Some(Self { check, problems })
    }

    fn problem(name: &str, problem: SettingsProblem) -> Option<Self> {
        Self::of(name, None, vec![problem])
    }
}

/// A finding that does not prevent settings from being saved.
impl From<Check> for PushFinding {
    fn from(check: Check) -> Self {
        let problems = Vec::new();
        Self { check, problems }
    }
}

/// Returns the problems in the settings of `access`, in the order of the settings. Shorthand for
/// [`PushDiagnosis::of`] and [`PushDiagnosis::into_settings_problems`].
///
/// # Errors
///
/// [`Error`] if a read from Greenhouse or from the rate limit store failed.
pub async fn verify_push_settings(
    access: &Access,
    product_jobs: Option<&[ProductJob]>,
) -> Result<Vec<SettingsProblem>, Error> {
    let diagnosis = PushDiagnosis::of(access, product_jobs).await;
    diagnosis.into_settings_problems()
}

/// Returns the position of a member in the settings.
fn place(member: &str) -> usize {
    let top = member.split(['.', '[']).next().unwrap_or_default();
    MEMBERS
        .iter()
        .position(|known| *known == top)
        .unwrap_or(MEMBERS.len())
}

const MEMBERS: [&str; 9] = [
    "credential",
    "acting_user",
    "jobs",
    "fields",
    "status_field",
    "source",
    "tags",
    "rules",
    "stage_tests",
];
