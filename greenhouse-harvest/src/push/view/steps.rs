use chrono::{DateTime, Utc};
use greenhouse_core::store::{JournalMark, Push, PushStep};
use serde::Serialize;

use crate::push::texts::time;

/// State of a step in a push.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "openapi", schemars(rename = "PushStepState"))]
#[non_exhaustive]
pub struct StepView {
    /// The step, such as `candidate` or `application_fields`.
    pub step: PushStep,
    /// - `done`: written to Greenhouse by this push.
    /// - `found`: already in Greenhouse.
    /// - `running`: a write has begun.
    /// - `unknown`: a write has begun, and its outcome is unknown. A retry searches Greenhouse
    ///   first.
    /// - `partial`: some of the step's writes are done.
    /// - `not_done`: nothing was written.
    #[cfg_attr(
        feature = "openapi",
        schemars(extend("enum" = ["done", "found", "running", "unknown", "partial", "not_done"]))
    )]
    pub state: &'static str,
    /// Time of the step's first entry in the journal: the beginning of its first write, or the time
    /// at which its object was found. ISO 8601 in UTC.
    #[cfg_attr(feature = "openapi", schemars(with = "chrono::DateTime<chrono::Utc>"))]
    pub began_at: String,
    /// Time at which the step was done or known not to be done. ISO 8601 in UTC. `None` for a step
    /// that is `running`, `unknown` or `partial`.
    #[cfg_attr(
        feature = "openapi",
        schemars(with = "Option<chrono::DateTime<chrono::Utc>>")
    )]
    pub ended_at: Option<String>,
}

/// Returns the steps that have begun, in the order of the push.
pub(super) fn steps(push: &Push, is_running: bool) -> Vec<StepView> {
    let steps = PushStep::ALL.into_iter();
    steps
        .filter_map(|step| step_view(push, step, is_running))
        .collect()
}

fn step_view(push: &Push, step: PushStep, is_running: bool) -> Option<StepView> {
    let last = push.mark(step)?;
    let began = push.journal.iter().find(|line| line.step == step)?;
    let (state, ended) = match &last.mark {
        JournalMark::Done { .. } if last.part.is_some() && is_running => ("running", None),
        JournalMark::Done { .. } if last.part.is_some() => ("partial", None),
        JournalMark::Done { found: true, .. } => ("found", Some(last.at)),
        JournalMark::Done { found: false, .. } => ("done", Some(last.at)),
        JournalMark::NotDone => ("not_done", Some(last.at)),
        _ if is_running => ("running", None),
        _ => ("unknown", None),
    };
    Some(StepView {
        step,
        state,
        began_at: time(began.at),
        ended_at: ended.map(|at: DateTime<Utc>| time(at)),
    })
}

#[cfg(test)]
mod tests {
    use greenhouse_core::{
        AccountId, AssessmentId,
        store::{JournalEntry, PersonKey, PushOrigin},
    };

    use super::*;

    #[test]
    fn each_journal_gives_the_states_and_times_of_its_steps() {
        use JournalMark::{Begun, NotDone, NotSeen};
        use PushStep::{Candidate, Ratings};
        let done = |found| JournalMark::Done { id: 7, found };
        for (journal, is_running, expected) in [
            (vec![], true, None),
            (vec![(Candidate, None, NotSeen)], false, None),
            (
                vec![(Candidate, None, Begun)],
                true,
                Some(("running", None)),
            ),
            (
                vec![(Candidate, None, Begun)],
                false,
                Some(("unknown", None)),
            ),
            (
                vec![(Candidate, None, Begun), (Candidate, None, NotDone)],
                false,
                Some(("not_done", Some(1))),
            ),
            (
                vec![
                    (Candidate, None, Begun),
                    (Candidate, None, NotSeen),
                    (Candidate, None, done(false)),
                ],
                true,
                Some(("done", Some(2))),
            ),
            (
                vec![(Candidate, None, done(true))],
                true,
                Some(("found", Some(0))),
            ),
            (
                vec![(Ratings, Some(7), Begun), (Ratings, Some(7), done(false))],
                true,
                Some(("running", None)),
            ),
            (
                vec![(Ratings, Some(7), Begun), (Ratings, Some(7), done(false))],
                false,
                Some(("partial", None)),
            ),
            (
                vec![
                    (Ratings, Some(7), done(false)),
                    (Ratings, None, done(false)),
                ],
                false,
                Some(("done", Some(1))),
            ),
        ] {
            let mut push = push();
            for (second, (step, part, mark)) in journal.iter().enumerate() {
                let mut line = JournalEntry::new(*step, mark.clone(), at(second));
                line.part = *part;
                push.journal.push(line);
            }
            let views = steps(&push, is_running);
            let found = views
                .first()
                .map(|view| (view.state, view.ended_at.clone()));
            let expected =
                expected.map(|(state, ended)| (state, ended.map(|second| time(at(second)))));
            assert_eq!(found, expected, "{journal:?}");
            assert!(views.iter().all(|view| view.began_at == time(at(0))));
        }
    }

    #[test]
    fn steps_are_listed_in_the_order_of_the_push() {
        let mut push = push();
        for step in [PushStep::Note, PushStep::Candidate, PushStep::Report] {
            let mark = JournalMark::Done {
                id: 1,
                found: false,
            };
            push.journal.push(JournalEntry::new(step, mark, at(0)));
        }
        let views = steps(&push, false);
        let listed: Vec<_> = views.iter().map(|view| view.step).collect();
        assert_eq!(
            listed,
            [PushStep::Candidate, PushStep::Report, PushStep::Note]
        );
    }

    fn push() -> Push {
        let person = PersonKey::of_email(&AccountId::new("acme"), "ada@example.com");
        Push::new(AssessmentId::new("a-1"), person, PushOrigin::Person, at(0))
    }

    fn at(second: usize) -> DateTime<Utc> {
        let second = i64::try_from(second).unwrap();
        DateTime::from_timestamp(1_790_000_000 + second, 0).unwrap()
    }
}
