//! Fault injection for the push. Every fault of the mock is injected into every HTTP exchange of
//! every scenario, on a simulated clock. A person retries until the push is done, on the same host
//! or after a restart. Afterwards, each record exists exactly once, and the sync log has always
//! been correct.
//!
//! Runs a seeded sample of the cases. With `ACCEPTANCE=full`, it runs all cases, and pairs of
//! faults. `SEED=7` selects another sample. `PUSH_CASE=at-a-stage/4:cut-applied/retry` runs one
//! case and prints the exchanges:
//!
//! ```sh
//! PUSH_CASE=at-a-stage/4:cut-applied/retry \
//!     cargo test -p acceptance --test push_matrix -- --nocapture
//! ```

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod case;
mod chance;
mod clock;
mod fixture;
mod recruiter;
mod scenario;
mod stage;
mod status;
mod story;
mod summary;
mod trouble;
mod verdict;
mod wire;
mod workers;

use std::{
    collections::BTreeSet,
    env,
    io::{self, Write as _},
};

use self::{
    case::Case,
    chance::Chance,
    scenario::SCENARIOS,
    summary::Summary,
    trouble::{Exchange, Trouble},
    workers::{Played, play_all},
};

#[test]
fn every_fault_at_every_exchange_leaves_one_of_each() {
    if let Ok(name) = env::var("PUSH_CASE") {
        let case = Case::named(&name).unwrap_or_else(|| panic!("no case is named {name}"));
        let played = play_all(&[case]).remove(0);
        println!("{played}");
        return assert_eq!(played.verdict, Ok(()));
    }
    let healthy: Vec<Case> = SCENARIOS.iter().map(Case::healthy).collect();
    let healthy = play_all(&healthy);
    let (mut failed, mut summary) = (Failed::default(), Summary::default());
    failed.note(&healthy);
    summary.add(&healthy);
    for one in &healthy {
        let waited = one.outcomes.contains(REPORT_NOT_READY);
        assert_eq!(waited, one.case.scenario.report_after > 0, "{}", one.case);
    }
    let remembered: Vec<Case> = REMEMBERED
        .iter()
        .flat_map(|name| Case::named(name))
        .collect();
    assert_eq!(remembered.len(), REMEMBERED.len());
    failed.note(&play_all(&remembered));

    let full = env::var("ACCEPTANCE").as_deref() == Ok("full");
    let mut chance = Chance::seeded();
    let single = (0..healthy.len()).flat_map(|number| {
        let (earlier, rest) = healthy.split_at(number);
        with_each_trouble(&rest[0], earlier)
    });
    let single: Vec<Case> = single.collect();
    let all = single.len();
    let mut single = play_all(&chance.draw(single, if full { all } else { SAMPLE }));
    let drawn = single.len();
    // A restart before the retry makes no difference if nothing was retried.
    let retried = single.iter().filter(|played| played.was_retried);
    let restarted: Vec<Case> = retried.map(|played| played.case.restarted()).collect();
    single.extend(play_all(&restarted));
    failed.note(&single);
    summary.add(&single);
    let missed = single.iter().find(|played| !played.troubles_came());
    assert!(
        missed.is_none(),
        "the fault did not occur: {}",
        missed.unwrap().case
    );

    let first = chance.draw(single, if full { PAIRS } else { SAMPLE / 10 });
    let pairs: Vec<Case> = first
        .iter()
        .filter_map(|played| with_another_trouble(played, &mut chance))
        .collect();
    let pairs = play_all(&pairs);
    failed.note(&pairs);
    summary.add(&pairs);

    let endpoints: BTreeSet<String> = healthy.iter().flat_map(Played::endpoints).collect();
    let played = format!(
        "{} scenarios with {} endpoints; {drawn} of {all} cases with one trouble, {} with a restart as well, {} with two \
         troubles (seed {})",
        healthy.len(),
        endpoints.len(),
        restarted.len(),
        pairs.len(),
        chance.seed
    );
    // Written directly to stdout, so that the output also appears if the test passes.
    writeln!(io::stdout(), "{played}\n{summary}").unwrap();
    failed.is_none();
    for outcome in [
        REPORT_NOT_READY,
        "waiting: unreachable",
        "waiting: rate_limited",
    ] {
        assert!(summary.with_outcome(outcome) > 0, "{outcome}");
    }
    for name in ["other-row", "repeated-row"] {
        assert!(summary.with_trouble(name) > 0, "{name}");
    }
}

/// Returns cases of one scenario: one for each of its exchanges and each fault of that exchange.
/// Leading exchanges that an earlier scenario shares are left out. For shared trailing exchanges,
/// only one fault of each kind is included.
fn with_each_trouble(healthy: &Played, earlier: &[Played]) -> Vec<Case> {
    let begins = earlier.iter().map(|other| healthy.begins_with(other)).max();
    let ends = earlier.iter().map(|other| healthy.ends_with(other)).max();
    let end = healthy.exchanges().count() - ends.unwrap_or_default();
    let mut cases = Vec::new();
    for (number, exchange) in (1..)
        .zip(healthy.exchanges())
        .skip(begins.unwrap_or_default())
    {
        for trouble in Trouble::all_of(exchange, healthy.case.scenario.lag) {
            if number <= end || trouble.is_typical() {
                cases.push(healthy.case.with(number, trouble));
            }
        }
    }
    cases
}

/// Adds a second fault to an exchange after the first fault. The later exchange often checks the
/// effects of the first fault.
fn with_another_trouble(played: &Played, chance: &mut Chance) -> Option<Case> {
    let exchanges: Vec<Exchange> = played.exchanges().collect();
    let (at, first) = played.case.troubles.first()?;
    let later = exchanges
        .len()
        .checked_sub(*at)
        .filter(|later| *later > 0)?;
    let number = at + 1 + chance.below(later);
    let delay = first.delay() + played.case.scenario.lag;
    let troubles: Vec<_> = Trouble::all_of(exchanges[number - 1], delay).collect();
    Some(
        played
            .case
            .with(number, troubles[chance.below(troubles.len())]),
    )
}

/// Cases that failed.
#[derive(Default)]
struct Failed {
    /// Name and reason of each failed case.
    all: Vec<String>,
    /// Full transcripts of the first failures; most failures are alike.
    shown: BTreeSet<String>,
}

impl Failed {
    fn note(&mut self, played: &[Played]) {
        for one in played {
            let Err(why) = &one.verdict else { continue };
            self.all.push(format!("{}: {why}", one.case));
            if self.shown.len() < SHOWN && self.shown.insert(why.clone()) {
                println!("{one}\n");
            }
        }
    }

    fn is_none(&self) {
        for one in &self.all {
            println!("{one}");
        }
        assert!(self.all.is_empty(), "{} cases failed", self.all.len());
    }
}

const REPORT_NOT_READY: &str = "waiting: report_not_ready";
/// Cases that failed in the past and always run.
const REMEMBERED: [&str; 6] = [
    "lagging-and-flat/4:429-for-60/retry",
    "move/6:other-row/retry",
    "rule-advance/8:other-row/retry",
    "rule-advance-lagging/7:other-row/retry",
    "scorecard/10:outage-unreachable+14:outage/restart",
    "tags-of-applied/5:stall-then-apply-10+9:outage-unreachable/restart",
];
/// Number of cases that run without `ACCEPTANCE=full`.
const SAMPLE: usize = 350;
/// Number of pairs of faults that run without `ACCEPTANCE=full`.
const PAIRS: usize = 600;
/// Maximum number of failures that are shown in full.
const SHOWN: usize = 8;
