//! Thousands of signed deliveries, shuffled, concurrent and some duplicated. The host is killed
//! repeatedly while it receives the deliveries and runs the resulting tasks. Most of the events
//! happen before the flood, the rest during the flood.
//!
//! ```sh
//! SEED=7 cargo test -p acceptance --test processes flood -- --nocapture
//! ```
//!
//! A seed determines the events and the deliveries. The state of the host at each kill depends on
//! the machine.

pub(crate) mod files;
pub(crate) mod fixture;
pub(crate) mod history;
pub(crate) mod letter;
pub(crate) mod post;
pub(crate) mod verdict;

use std::{sync::Arc, time::Duration};

use greenhouse_core::Clock;
use greenhouse_harvest::SystemClock;
use tokio::task::JoinSet;

use self::{
    fixture::{Fixture, LONGEST},
    history::History,
    letter::{Letter, Letters},
    post::Post,
};
use crate::{chance::Chance, host::HostProcess, kills::seed};

/// Size of the flood.
pub(crate) struct Size {
    /// Number of deliveries without duplicates.
    pub(crate) deliveries: usize,
    pub(crate) kills: usize,
    /// Number of pushed assessments.
    pub(crate) links: usize,
}

pub(crate) async fn has_every_effect_once(size: Size) {
    let seed = seed();
    println!("{} deliveries (seed {seed})", size.deliveries);
    let mut chance = Chance::of(seed);
    let fixture = fixture::set(&size, None).await;
    let greenhouse = &fixture.stage.greenhouse;
    let mut history = History::of(&fixture, &size, seed ^ 1);
    let mut letters = Letters::default();
    let first = happened(&size, &fixture, &mut history, &mut letters, &mut chance).await;

    let begun = SystemClock.now();
    let post = Arc::new(Post::new(&fixture.hook_url, Chance::of(seed ^ 2)));
    let all = first.len() * 100 / HAPPENED;
    post.put(first);
    let host = fixture.stage.host();
    let mut senders = JoinSet::new();
    for _ in 0..AT_ONCE {
        let post = Arc::clone(&post);
        senders.spawn(async move { post.work().await });
    }
    let moments: Vec<usize> = (0..size.kills)
        .map(|kill| (all * kill + chance.below(all)) / size.kills * LAST_KILL / 100)
        .collect();
    let live = Live {
        all,
        wanted: size.deliveries,
        chance: Chance::of(seed ^ 3),
    };
    let (host, ()) = tokio::join!(
        kill(&fixture, host, &post, &moments, Chance::of(seed ^ 4)),
        live.generate_events(&fixture, &mut history, &mut letters, &post),
    );
    while let Some(sender) = senders.join_next().await {
        sender.unwrap();
    }
    let flooded = SystemClock.now() - begun;
    until_done(&fixture).await;
    let took = SystemClock.now() - begun;
    let ended = host.terminate(Duration::from_secs(20)).await;
    assert!(ended.is_some_and(|status| status.success()), "{ended:?}");

    let answers = post.answers();
    println!(
        "{} deliveries and {} duplicates in {} ms, all tasks done after {} ms; {} kills; responses {answers:?} (0 for none)",
        letters.all.len(),
        letters.repeated,
        flooded.num_milliseconds(),
        took.num_milliseconds(),
        moments.len(),
    );
    let odd = answers
        .keys()
        .find(|status| ![0, 200, 503].contains(*status));
    assert_eq!(odd, None, "{answers:?}");
    verdict::assert_right(&fixture, &history, &letters, &post.taken()).await;
    greenhouse.assert_no_problems();
    fixture.files.close().await;
    fixture.stage.greenhouse.stop().await;
}

/// Creates the events before the flood. Then sets Greenhouse's clock to the current time.
pub(crate) async fn happened(
    size: &Size,
    fixture: &Fixture,
    history: &mut History<'_>,
    letters: &mut Letters,
    chance: &mut Chance,
) -> Vec<Letter> {
    let greenhouse = &fixture.stage.greenhouse;
    let mut first = Vec::new();
    while letters.all.len() < size.deliveries * HAPPENED / 100 {
        history.pass();
        let deliveries = history.act().await;
        first.extend(letters.write(greenhouse, &deliveries, chance));
    }
    greenhouse.clock().hold_at(SystemClock.now());
    greenhouse.clock().release();
    first
}

/// Kills the host when enough deliveries have been accepted, and restarts it immediately.
async fn kill(
    fixture: &Fixture,
    mut host: HostProcess,
    post: &Post,
    moments: &[usize],
    mut chance: Chance,
) -> HostProcess {
    for moment in moments {
        while post.taken_times() < *moment {
            assert!(post.is_busy(), "the flood ended before the kill");
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        let more = chance.below(20_000) as u64;
        tokio::time::sleep(Duration::from_micros(more)).await;
        assert!(post.is_busy(), "the flood ended before the kill");
        host.kill();
        host = fixture.stage.host();
    }
    host
}

/// Events during the flood.
pub(crate) struct Live {
    /// Approximate number of deliveries.
    pub(crate) all: usize,
    /// Total number of deliveries at the end.
    pub(crate) wanted: usize,
    pub(crate) chance: Chance,
}

impl Live {
    pub(crate) async fn generate_events(
        mut self,
        fixture: &Fixture,
        history: &mut History<'_>,
        letters: &mut Letters,
        post: &Post,
    ) {
        let mut left = self.wanted.saturating_sub(letters.all.len());
        let step = (self.all * HAPPENED / 100 / left.max(1)).max(1);
        let mut next = 0;
        while left > 0 {
            while post.taken_times() < next {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
            let deliveries = history.act().await;
            let new = letters.write(&fixture.stage.greenhouse, &deliveries, &mut self.chance);
            post.put(new);
            next += step;
            left = self.wanted.saturating_sub(letters.all.len());
        }
        post.close();
    }
}

/// Waits until the hosts have no unfinished tasks, except reconciliations.
pub(crate) async fn until_done(fixture: &Fixture) {
    let begun = SystemClock.now();
    loop {
        fixture.files.make_all_due().await;
        let due = fixture.files.due().await;
        if due.is_empty() {
            return;
        }
        let spent = (SystemClock.now() - begun).to_std().unwrap();
        assert!(spent < LONGEST, "{due:?} are still due after {spent:?}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// Percentage of deliveries about events before the flood.
pub(crate) const HAPPENED: usize = 85;
/// Percentage of accepted deliveries after which no host is killed.
const LAST_KILL: usize = 95;
const AT_ONCE: usize = 16;
