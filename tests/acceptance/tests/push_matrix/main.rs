//! The push with everything going wrong: every HTTP exchange of every scenario, with every trouble the mock can make, on a
//! simulated clock. A person retries until it is done, on the same host or after a restart; then there is one of each, and
//! the sync log has told the truth all along.
//!
//! A seeded sample of the cases; with `ACCEPTANCE=full` all of them, and pairs of troubles besides. `SEED=7` draws another
//! sample, and `PUSH_CASE=at-a-stage/4:cut-applied/retry` plays one case and shows all that was said:
//!
//! ```sh
//! PUSH_CASE=at-a-stage/4:cut-applied/retry cargo test -p acceptance --test push_matrix -- --nocapture
//! ```

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod case;
mod chance;
mod clock;
mod ground;
mod scenario;
mod stage;
mod story;
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
    trouble::{Exchange, Trouble},
    workers::{Played, play_all},
};

#[test]
fn one_of_each_whatever_befalls_which_exchange() {
    if let Ok(name) = env::var("PUSH_CASE") {
        let case = Case::named(&name).unwrap_or_else(|| panic!("there is no case {name}"));
        let played = play_all(&[case]).remove(0);
        println!("{played}");
        return assert_eq!(played.verdict, Ok(()));
    }
    let healthy: Vec<Case> = SCENARIOS.iter().map(Case::healthy).collect();
    let healthy = play_all(&healthy);
    let mut failed = Failed::default();
    failed.note(&healthy);
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
    // Where nobody had to retry, a restart before that makes no other case.
    let retried = single.iter().filter(|played| played.was_retried);
    let restarted: Vec<Case> = retried.map(|played| played.case.restarted()).collect();
    single.extend(play_all(&restarted));
    failed.note(&single);
    let missed = single.iter().find(|played| !played.troubles_came());
    assert!(
        missed.is_none(),
        "it did not happen: {}",
        missed.unwrap().case
    );

    let first = chance.draw(single, if full { PAIRS } else { SAMPLE / 10 });
    let pairs: Vec<Case> = first
        .iter()
        .filter_map(|played| with_another_trouble(played, &mut chance))
        .collect();
    let pairs = play_all(&pairs);
    failed.note(&pairs);

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
    // Shown although the test passes: what print macros write is kept back then.
    writeln!(io::stdout(), "{played}").unwrap();
    failed.is_none();
}

/// A scenario once for each exchange that it has, and each trouble of that. What it has in common with an earlier scenario,
/// from its first exchange on, is played there, and of what it has in common with one from some exchange on to the end, each
/// trouble of its kind is played once.
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

/// The case with a second trouble in an exchange that came after the first: often one that looks after what the first left.
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

/// What does not hold.
#[derive(Default)]
struct Failed {
    /// Each with its name and why.
    all: Vec<String>,
    /// Of what was shown in full: most that fail, fail alike.
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
        assert!(self.all.is_empty(), "{} cases do not hold", self.all.len());
    }
}

/// Cases that once did not hold: they are played always.
const REMEMBERED: [&str; 2] = [
    "lagging-and-flat/4:429-for-60/retry",
    "scorecard/10:outage-unreachable+14:outage/restart",
];
/// How many cases are played but for `ACCEPTANCE=full`.
const SAMPLE: usize = 700;
/// How many pairs of troubles with it.
const PAIRS: usize = 600;
/// How many failures are shown in full.
const SHOWN: usize = 8;
