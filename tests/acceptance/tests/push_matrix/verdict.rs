//! Invariants that hold under every fault.

use std::fmt;

use greenhouse_core::{
    scorecard::note_has_marker,
    store::{LogFilter, LogStatus, Push, PushState, Records, SyncLog},
};
use mock_greenhouse::{Application, ApplicationStatus, Candidate};
use serde_json::{Value, json};

use crate::{
    fixture::{
        EMAIL, LEVEL, MOTTO, NOTICE_PERIOD, OTHER_EMAIL, OWN_TAG, RATING, REPORT, RESULT, SCORE,
        TAG,
    },
    scenario::{Card, Person, Rule},
    stage::Stage,
};

/// Result of a check. The error describes the violated invariant.
pub(crate) type Verdict = Result<(), String>;

/// Numbers of records about the person in Greenhouse.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Counts {
    candidates: usize,
    applications: usize,
    reports: usize,
    /// Scorecards, and notes instead of scorecards.
    scorecards: usize,
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            candidates,
            applications,
            reports,
            scorecards,
        } = self;
        write!(
            f,
            "candidates {candidates}, applications {applications}, reports {reports}, scorecards \
             {scorecards}"
        )
    }
}

/// Returns an error from the function if the condition does not hold.
#[macro_export]
macro_rules! holds {
    ($condition:expr, $($words:tt)+) => {
        if !$condition {
            return Err(format!($($words)+));
        }
    };
}

impl Stage {
    pub(crate) async fn record(&self) -> Result<Push, String> {
        self.push()
            .await
            .ok_or_else(|| "the record is gone".to_owned())
    }

    /// Returns the push's only sync log entry, as shown to an operator.
    pub(crate) async fn entry(&self) -> Result<Value, String> {
        let path = format!("sync-log?assessment={}", self.assessment());
        let page = self.operator("GET", &path).await;
        let entries = page.body["entries"].as_array();
        match entries.map(Vec::as_slice) {
            Some([entry]) => Ok(entry.clone()),
            _ => Err(format!("expected one entry: {page:?}")),
        }
    }

    /// Checks that the sync log agrees with the record of the push.
    pub(crate) async fn is_truthful(&self) -> Verdict {
        let (push, entry) = (self.record().await?, self.entry().await?);
        let text = entry["text"].as_str().unwrap_or_default();
        for personal in [EMAIL, "Mira", "Okafor"] {
            holds!(
                !text.contains(personal),
                "the log contains a person's name: {text}"
            );
        }
        let status = &entry["status"];
        holds!(
            entry["retry"] == json!(status == "failed"),
            "wrong offer of a retry: {entry}"
        );
        match &push.state {
            PushState::Done => {
                holds!(status == "done", "the push is done, the log shows {entry}");
                holds!(
                    entry["application"] == json!(push.application),
                    "wrong application: {entry}"
                );
                self.is_whole().await
            }
            PushState::Failed(failure) => {
                holds!(
                    status == "failed",
                    "the push has failed, the log shows {entry}"
                );
                holds!(
                    text == failure.text,
                    "the log shows {text}, the record {failure:?}"
                );
                // A failure between two steps contains no step.
                let between = failure.code == "interrupted";
                holds!(
                    failure.step.is_some() || between,
                    "wrong step in {failure:?}"
                );
                holds!(!failure.code.is_empty(), "wrong code in {failure:?}");
                let unsettled = ["not_settled", "unknown_outcome"];
                holds!(
                    !unsettled.contains(&failure.code.as_str()) || failure.retry_after.is_some(),
                    "wrong retry time in {failure:?}"
                );
                Ok(())
            }
            _ => {
                holds!(
                    status == "pending",
                    "the push is in progress, the log shows {entry}"
                );
                Ok(())
            }
        }
    }

    /// Checks that no record ever exists twice.
    pub(crate) fn is_at_most_one(&self) -> Verdict {
        let (candidates, applications) = (self.candidates(), self.applications());
        holds!(candidates.len() <= 1, "{} candidates", candidates.len());
        holds!(
            applications.len() <= 1,
            "{} applications",
            applications.len()
        );
        let (reports, cards) = (self.greenhouse.attachments().len(), self.cards());
        let most = self.assessments.len();
        holds!(reports <= most, "{reports} reports");
        holds!(cards <= most, "{cards} scorecards and notes");
        let moves = applications.first().map_or(0, |row| self.stages_of(row.id));
        holds!(moves <= 2, "moved {} times", moves - 1);
        let unexpected = self.greenhouse.unexpected();
        // This failed request is how Greenhouse reports that the credential cannot write
        // scorecards.
        let unexpected = unexpected
            .iter()
            .find(|one| !one.path.contains("scorecard"));
        holds!(unexpected.is_none(), "unexpected: {unexpected:?}");
        Ok(())
    }

    /// Checks that every expected record is in Greenhouse exactly once.
    pub(crate) async fn is_whole(&self) -> Verdict {
        self.is_at_most_one()?;
        let (candidates, applications) = (self.candidates(), self.applications());
        let [candidate] = candidates.as_slice() else {
            return Err("no candidate".to_owned());
        };
        let [application] = applications.as_slice() else {
            return Err("no application".to_owned());
        };
        let email = match self.scenario.person {
            Person::Invited => OTHER_EMAIL,
            _ => EMAIL,
        };
        holds!(
            candidate.email() == Some(email),
            "the email address was changed"
        );
        self.is_placed(candidate, application)?;
        self.is_reported(application).await?;
        self.is_filled_in(candidate, application)?;
        self.is_known(candidate, application).await
    }

    fn is_placed(&self, candidate: &Candidate, application: &Application) -> Verdict {
        let scenario = self.scenario;
        holds!(
            application.candidate_id == candidate.id,
            "application of another candidate"
        );
        holds!(
            application.job_id == Some(self.fixture.job.job_id),
            "application for another job"
        );
        let status = match scenario.rule {
            Rule::Reject => ApplicationStatus::Rejected,
            _ => ApplicationStatus::InProcess,
        };
        holds!(
            application.status == status,
            "it is {:?}",
            application.status
        );
        let known = self.fixture.application;
        holds!(
            known.is_none_or(|known| known == application.id),
            "not the existing application"
        );
        let (stage, stages) = match known {
            Some(_) if scenario.moves && scenario.person != Person::Invited => {
                (self.fixture.stage(), 2)
            }
            Some(_) => (self.fixture.first_stage(), 1),
            None if scenario.staged => (self.fixture.stage(), 1),
            None => (self.fixture.first_stage(), 1),
        };
        let (stage, stages) = match scenario.rule {
            Rule::Advance => (self.fixture.last_stage(), stages + 1),
            _ => (stage, stages),
        };
        let at = application.job_interview_stage_id;
        holds!(at == Some(stage), "at stage {at:?}, expected {stage}");
        let entered = self.stages_of(application.id);
        holds!(entered == stages, "entered {entered} stages");
        Ok(())
    }

    /// Checks that the report and the scorecard exist, in the form that the sync log shows.
    async fn is_reported(&self, application: &Application) -> Verdict {
        let (reports, wanted) = (self.greenhouse.attachments(), self.assessments.len());
        holds!(reports.len() == wanted, "{} reports", reports.len());
        holds!(
            self.cards() == wanted,
            "{} scorecards and notes",
            self.cards()
        );
        for report in &reports {
            holds!(report.application_id == application.id, "wrong report URL");
            holds!(
                report.kind == "other",
                "report has the kind {}",
                report.kind
            );
            let whole = report
                .content
                .as_ref()
                .is_some_and(|pdf| pdf.starts_with(b"%PDF"));
            holds!(whole, "report is not a PDF");
            let marker = report.filename.trim_start_matches("assessment-");
            let marker = marker.trim_end_matches(".pdf");
            let notes = self.greenhouse.notes();
            let notes = notes.iter().filter(|note| {
                note.application_id == Some(application.id) && note_has_marker(&note.body, marker)
            });
            let cards = self.greenhouse.records("scorecards");
            let cards = cards.iter().filter(|card| {
                card.members["application_id"] == application.id
                    && note_has_marker(card.members["notes"].as_str().unwrap_or_default(), marker)
            });
            let forms = notes.count() + cards.count();
            holds!(
                forms == 1,
                "{} is reported in {forms} forms",
                report.filename
            );
        }
        let entry = self.entry().await?;
        let text = entry["text"].as_str().unwrap_or_default();
        let card = self.greenhouse.records("scorecards").pop();
        let expected = match (self.scenario.card, &card) {
            (_, Some(_)) => "scorecard with 1 rating, without ratings for Discovery & Diagnosis",
            (Card::Absent, None) => "scorecard as a note (the job has no attributes for the traits",
            (Card::Forbidden, None) => {
                "scorecard as a note (the credential is not allowed to write scorecards"
            }
            (Card::Working, None) => NOT_SAID,
        };
        // A list that lacks the interview kit looks like a job without an interview kit.
        let missed = self.wire.showed_another_row() && text.contains(NOT_FOUND);
        let noted = card.is_none() && (text.contains(NOT_SAID) || missed);
        let agrees = text.contains(expected) || noted;
        holds!(agrees, "the log on the scorecard: {text}");
        let ratings = self.greenhouse.records("scorecard_candidate_attributes");
        let cards = usize::from(card.is_some());
        holds!(ratings.len() == cards, "{} ratings", ratings.len());
        let rated = ratings.iter().find(|rating| {
            let rated = &rating.members["candidate_attribute_rating"];
            rated != "strong_yes"
        });
        holds!(rated.is_none(), "wrong rating");
        Ok(())
    }

    /// Checks that values from recruiters are kept and that the pushed values are added.
    fn is_filled_in(&self, candidate: &Candidate, application: &Application) -> Verdict {
        let scenario = self.scenario;
        let known = self.fixture.person.is_some();
        if scenario.tags {
            let mut tags: Vec<&str> = candidate.tags.iter().map(String::as_str).collect();
            tags.sort_unstable();
            let wanted = if known { &[TAG, OWN_TAG][..] } else { &[TAG] };
            holds!(tags == wanted, "tags {tags:?}");
        }
        if scenario.fields {
            let of = |row: &serde_json::Map<String, Value>, key: &str| row[key]["value"].clone();
            let fields = &application.custom_fields;
            let score = of(fields, SCORE).as_f64();
            holds!(score == Some(72.0), "score is {score:?}");
            let result = of(fields, RESULT);
            holds!(result == "Yes", "result is {result}");
            let applied = self.fixture.application.is_some();
            let kept = (of(fields, NOTICE_PERIOD), of(fields, LEVEL));
            let wanted = match applied {
                true => (json!("Three months"), json!("Senior")),
                false => (Value::Null, Value::Null),
            };
            holds!(kept == wanted, "lost: {kept:?}");
            let fields = &candidate.custom_fields;
            let report = of(fields, REPORT);
            let link = report.as_str().unwrap_or_default();
            holds!(
                link.starts_with("https://product.example/"),
                "report is {report}"
            );
            let rating = of(fields, RATING);
            holds!(rating == "Strong Yes", "trait is {rating}");
            let kept = of(fields, MOTTO);
            let wanted = if known {
                json!("Calm and clear")
            } else {
                Value::Null
            };
            holds!(kept == wanted, "lost: {kept}");
        }
        Ok(())
    }

    /// Checks that the host has stored the link to the candidate and the application.
    async fn is_known(&self, candidate: &Candidate, application: &Application) -> Verdict {
        for assessment in &self.assessments {
            let link = self.store.link(&self.account, assessment).await.unwrap();
            let link = link.ok_or("no link")?;
            let ids = (link.candidate.value(), link.application.value());
            holds!(
                ids == (candidate.id, application.id),
                "the link has {ids:?}"
            );
        }
        let push = self.record().await?;
        let ids = (
            push.candidate.map(|id| id.value()),
            push.application.map(|id| id.value()),
        );
        let wanted = (Some(candidate.id), Some(application.id));
        holds!(ids == wanted, "the record has {ids:?}");
        let newest = LogFilter::newest(50);
        let page = self.store.log_page(&self.account, &newest).await.unwrap();
        let left = page
            .entries
            .iter()
            .find(|one| one.entry.status != LogStatus::Done);
        holds!(left.is_none(), "the log still contains {left:?}");
        Ok(())
    }

    /// Returns all candidates with the person's e-mail address.
    fn candidates(&self) -> Vec<Candidate> {
        let mut rows = self.greenhouse.candidates();
        rows.retain(|row| row.id != self.fixture.bystander);
        rows
    }

    fn applications(&self) -> Vec<Application> {
        let mut rows = self.greenhouse.applications();
        rows.retain(|row| row.candidate_id != self.fixture.bystander);
        rows
    }

    pub(crate) fn counts(&self) -> Counts {
        Counts {
            candidates: self.candidates().len(),
            applications: self.applications().len(),
            reports: self.greenhouse.attachments().len(),
            scorecards: self.cards(),
        }
    }

    fn cards(&self) -> usize {
        self.greenhouse.notes().len() + self.greenhouse.records("scorecards").len()
    }

    /// Returns the number of stages that the application has entered.
    fn stages_of(&self, application: i64) -> usize {
        let rows = self.greenhouse.application_stages();
        let of = rows.iter().filter(|row| row.application_id == application);
        of.filter(|row| row.entered_at.is_some()).count()
    }
}

/// Beginning of the sync log text if the job has no interview kit or none of the traits.
const NOT_FOUND: &str = "scorecard as a note (the job has ";
/// Sync log text after a failed introspection.
const NOT_SAID: &str = "scorecard as a note (Greenhouse did not list the credential's scopes";
