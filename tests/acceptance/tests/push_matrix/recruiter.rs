//! A recruiter decides on the application while a push with a rule runs. The recruiter's decision
//! must remain.

use std::{env, io, io::Write as _, time::Duration};

use greenhouse_core::store::PushState;
use mock_greenhouse::ApplicationStatus;

use crate::{
    case::Case,
    chance::Chance,
    holds,
    scenario::{Rule, SCENARIOS},
    stage::Stage,
    trouble::{Act, Trouble},
    verdict::Verdict,
    wire::Decided,
    workers::{Played, play_all},
};

#[test]
fn a_rule_never_acts_after_a_recruiter() {
    let ruled = SCENARIOS
        .iter()
        .filter(|scenario| scenario.rule != Rule::None);
    let healthy: Vec<Case> = ruled.map(Case::healthy).collect();
    let healthy = play_all(&healthy);
    let mut chance = Chance::seeded();
    let mut cases = Vec::new();
    for one in &healthy {
        let exchanges: Vec<_> = one.exchanges().collect();
        for at in 1..=exchanges.len() {
            for act in &Trouble::RECRUITER {
                let alone = one.case.with(at, act);
                // A fault in the exchange before, so that the decision falls between two attempts.
                let earlier = at.checked_sub(1).filter(|earlier| *earlier > 0);
                if let Some(earlier) = earlier {
                    let lag = one.case.scenario.lag;
                    let faults = Trouble::all_of(exchanges[earlier - 1], lag);
                    let faults: Vec<_> = faults.filter(|fault| fault.is_typical()).collect();
                    let fault = faults[chance.below(faults.len())];
                    cases.push(one.case.with(earlier, fault).with(at, act));
                }
                cases.push(alone);
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
    let decided = played.iter().filter(|one| one.outcomes.contains(DECIDED));
    let raced = played.iter().filter(|one| one.outcomes.contains(RACED));
    let text = format!(
        "{} of {all} cases with a recruiter: {} decisions, {} in the request of the rejection itself (seed {})",
        played.len(),
        decided.count(),
        raced.count(),
        chance.seed
    );
    writeln!(io::stdout(), "{text}").unwrap();
    let failed = played.iter().filter(|one: &&Played| one.verdict.is_err());
    assert_eq!(failed.count(), 0);
    assert!(played.iter().any(|one| one.outcomes.contains(DECIDED)));
}

impl Stage {
    pub(crate) async fn play_beside_a_recruiter(&mut self, case: &Case) -> Verdict {
        if self.scenario.triggered {
            self.notify().await;
        } else {
            self.begin().await?;
        }
        let path = format!("push/{}", self.assessment());
        for _ in 0..LONGEST {
            let lives = self.work().await.map_err(|error| error.to_string())?;
            if !lives || self.wire.host_was_stopped() {
                self.restart().await;
            }
            self.is_at_most_one()?;
            match self.record().await?.state {
                PushState::Queued => self.until_due().await?,
                PushState::Running { lease_until } => self.expires(case, lease_until).await?,
                PushState::Done => break,
                // Nothing is written to an application that is rejected or hired.
                PushState::Failed(failure) if FINAL.contains(&&*failure.code) => break,
                _ => {
                    self.clock.advance(PAUSE).await;
                    self.retry(&path).await?;
                }
            }
        }
        match self.wire.decided() {
            Some(decided) => self.remains(&decided),
            None => Ok(()),
        }
    }

    /// Checks that the application is as the recruiter left it.
    fn remains(&mut self, decided: &Decided) -> Verdict {
        self.outcomes.insert(DECIDED.to_owned());
        let sent = self.wire.sent();
        // Greenhouse has no conditional rejection: a rejection that is already on its way follows a
        // move.
        let raced = sent.get(decided.before - 1).is_some_and(|sent| {
            sent.ruled() && self.scenario.rule == Rule::Reject && decided.act == Act::Moves
        });
        if raced {
            self.outcomes.insert(RACED.to_owned());
            return Ok(());
        }
        let later = sent
            .iter()
            .skip(decided.before - 1)
            .find(|sent| sent.ruled());
        holds!(
            later.is_none(),
            "acted after the recruiter: {}",
            later.unwrap()
        );
        let rows = self.greenhouse.applications();
        let row = rows.into_iter().skip(1).max_by_key(|row| row.id);
        let row = row.ok_or("the application is gone")?;
        let expected = match decided.act {
            Act::Moves => ApplicationStatus::InProcess,
            Act::Rejects => ApplicationStatus::Rejected,
            Act::Hires => ApplicationStatus::Hired,
        };
        holds!(row.status == expected, "{decided:?}, then {:?}", row.status);
        let stage = row.job_interview_stage_id;
        holds!(stage == decided.stage, "{decided:?}, then at {stage:?}");
        Ok(())
    }
}

const DECIDED: &str = "the recruiter decided";
const RACED: &str = "the recruiter decided in the request of the rejection";
/// Failures that a retry cannot mend.
const FINAL: [&str; 2] = ["application_rejected", "application_hired"];
const PAUSE: Duration = Duration::from_secs(60);
const LONGEST: usize = 40;
/// Number of cases that run without `ACCEPTANCE=full`.
const SAMPLE: usize = 100;
