//! The status of a test is written to a custom field. Whatever fails, the field ends with the last
//! status, and everything else stays as it was.

use std::{env, io, io::Write as _, time::Duration};

use greenhouse_core::{
    Clock, InvitationId, status_field,
    store::{
        Changes, Invitation, InvitationState, LogFilter, LogSubject, Records, SyncLog, TaskKind,
        TaskQueue, TestStatus, Write,
    },
};
use mock_greenhouse::ApplicationStatus;

use crate::{
    case::Case,
    chance::Chance,
    fixture::{LEVEL, NOTICE_PERIOD},
    holds,
    scenario::STATUS_SCENARIOS,
    stage::{INVITATION, Stage},
    trouble::{Act, Trouble},
    verdict::Verdict,
    workers::{Played, play_all},
};

#[test]
fn whatever_fails_the_field_ends_with_the_last_status() {
    let healthy: Vec<Case> = STATUS_SCENARIOS.iter().map(Case::healthy).collect();
    let healthy = play_all(&healthy);
    let mut chance = Chance::seeded();
    let mut cases = Vec::new();
    for one in &healthy {
        assert_eq!(one.verdict, Ok(()), "{one}");
        let writes = one.endpoints().filter(|one| one.starts_with("PATCH"));
        assert_eq!(writes.count(), 2, "one write for each status: {one}");
        for (at, exchange) in (1..).zip(one.exchanges()) {
            let faults = Trouble::all_of(exchange, one.case.scenario.lag);
            for trouble in faults.chain(&Trouble::RECRUITER) {
                cases.push(one.case.with(at, trouble));
                cases.push(one.case.with(at, trouble).restarted());
            }
        }
    }
    let all = cases.len();
    let full = env::var("ACCEPTANCE").as_deref() == Ok("full");
    let cases = chance.draw(cases, if full { all } else { SAMPLE });
    let played = play_all(&cases);
    for one in &played {
        if let Err(why) = &one.verdict {
            println!("{}: {why}\n{one}", one.case);
        }
    }
    let text = format!(
        "{} of {all} cases with a status (seed {})",
        played.len(),
        chance.seed
    );
    writeln!(io::stdout(), "{text}").unwrap();
    let failed = played.iter().filter(|one: &&Played| one.verdict.is_err());
    assert_eq!(failed.count(), 0);
    assert!(played.iter().all(Played::troubles_came));
}

impl Stage {
    /// The candidate starts, and completes the test after the first attempt to write that.
    pub(crate) async fn play_status(&mut self, case: &Case) -> Verdict {
        self.becomes(InvitationState::Started).await;
        let mut is_completed = false;
        for _ in 0..LONGEST {
            let due = self.store.next_due(&[TaskKind::WriteStatus]).await;
            let Some(due) = due.unwrap() else {
                break;
            };
            let left = due.signed_duration_since(self.clock.now());
            self.clock.advance(left.to_std().unwrap_or_default()).await;
            let lives = self.write_statuses().await;
            let lives = lives.map_err(|error| error.to_string())?;
            if !lives || self.wire.host_was_stopped() || case.restarts {
                self.restart().await;
            }
            if !is_completed {
                self.becomes(InvitationState::Completed).await;
                is_completed = true;
            }
        }
        // A request of a host that has died must not overwrite the last status.
        self.clock.advance(LATE).await;
        self.ends_with_the_last_status().await
    }

    async fn invitation(&self) -> Invitation {
        let id = InvitationId::new(INVITATION);
        let found = self.store.invitation(&self.account, &id).await;
        found.unwrap().unwrap()
    }

    /// Changes the state of the invitation, as the other direction does.
    async fn becomes(&self, state: InvitationState) {
        let mut invitation = self.invitation().await;
        invitation.state = state;
        let (mut changes, field) = (Changes::none(), self.scenario.status.unwrap());
        status_field::enqueue(&mut changes, &mut invitation, field, self.clock.now());
        changes.invitations.push(Write::Put(invitation));
        self.apply(changes).await;
    }

    async fn ends_with_the_last_status(&self) -> Verdict {
        let record = self.invitation().await.status_field;
        holds!(!record.is_due, "the task remains: {record:?}");
        holds!(record.begun_at.is_none(), "not settled: {record:?}");
        let written = record.written.map(|written| written.status);
        holds!(
            written == Some(TestStatus::Completed),
            "{written:?} is recorded"
        );
        let application = self.fixture.application.unwrap();
        let rows = self.greenhouse.applications();
        let row = rows.iter().find(|row| row.id == application).unwrap();
        let of = |key: &str| row.custom_fields[key]["value"].clone();
        let field = of(self.scenario.status.unwrap());
        holds!(
            field
                .as_str()
                .is_some_and(|field| field.eq_ignore_ascii_case("completed")),
            "the field shows {field}"
        );
        for (key, value) in [(NOTICE_PERIOD, "Three months"), (LEVEL, "Senior")] {
            holds!(of(key) == value, "{key} was changed to {}", of(key));
        }
        let decided = self.wire.decided();
        let expected = match decided.map(|decided| decided.act) {
            Some(Act::Rejects) => ApplicationStatus::Rejected,
            Some(Act::Hires) => ApplicationStatus::Hired,
            Some(Act::Moves) | None => ApplicationStatus::InProcess,
        };
        holds!(row.status == expected, "the status is {:?}", row.status);
        if let Some(decided) = decided {
            let stage = row.job_interview_stage_id;
            holds!(stage == decided.stage, "the stage is {stage:?}");
        }
        let unexpected = self.greenhouse.unexpected();
        holds!(unexpected.is_empty(), "unexpected: {unexpected:?}");
        let newest = LogFilter::newest(9);
        let page = self.store.log_page(&self.account, &newest);
        let page = page.await.map_err(|error| error.to_string())?;
        let entries = page.entries.iter().map(|logged| &logged.entry);
        let entries: Vec<_> = entries
            .filter(|entry| entry.subject == LogSubject::StatusField)
            .map(|entry| &*entry.code)
            .collect();
        holds!(entries == ["status_written"], "the log shows {entries:?}");
        Ok(())
    }
}

const LATE: Duration = Duration::from_secs(180);
const LONGEST: usize = 40;
/// Number of cases that run without `ACCEPTANCE=full`.
const SAMPLE: usize = 200;
