//! Signed deliveries by the thousand, shuffled, several at once and some more than once, to a host that is killed again and
//! again and does what they cause meanwhile. Most of what they tell has happened before; the rest goes on happening.
//!
//! ```sh
//! SEED=7 cargo test -p acceptance --test processes flood -- --nocapture
//! ```
//!
//! With the same seed the same happens and is sent. What the host was at when it was killed, is up to the machine.

pub(crate) mod files;
pub(crate) mod ground;
pub(crate) mod history;
pub(crate) mod letter;
pub(crate) mod post;
pub(crate) mod verdict;

use std::{sync::Arc, time::Duration};

use greenhouse_core::Clock;
use greenhouse_harvest::SystemClock;
use tokio::task::JoinSet;

use self::{
    ground::{Ground, LONGEST},
    history::History,
    letter::{Letter, Letters},
    post::Post,
};
use crate::{chance::Chance, host::HostProcess, kills::seed};

/// How much of it.
pub(crate) struct Size {
    /// Not counting what comes more than once.
    pub(crate) deliveries: usize,
    pub(crate) kills: usize,
    /// Assessments that were pushed.
    pub(crate) links: usize,
}

pub(crate) async fn has_every_effect_once(size: Size) {
    let seed = seed();
    println!("{} deliveries (seed {seed})", size.deliveries);
    let mut chance = Chance::of(seed);
    let ground = ground::set(&size, None).await;
    let greenhouse = &ground.stage.greenhouse;
    let mut history = History::of(&ground, &size, seed ^ 1);
    let mut letters = Letters::default();
    let first = happened(&size, &ground, &mut history, &mut letters, &mut chance).await;

    let begun = SystemClock.now();
    let post = Arc::new(Post::new(&ground.hook_url, Chance::of(seed ^ 2)));
    let all = first.len() * 100 / HAPPENED;
    post.put(first);
    let host = ground.stage.host();
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
        kill(&ground, host, &post, &moments, Chance::of(seed ^ 4)),
        live.go_on(&ground, &mut history, &mut letters, &post),
    );
    while let Some(sender) = senders.join_next().await {
        sender.unwrap();
    }
    let flooded = SystemClock.now() - begun;
    until_done(&ground).await;
    let took = SystemClock.now() - begun;
    let ended = host.terminate(Duration::from_secs(20)).await;
    assert!(ended.is_some_and(|status| status.success()), "{ended:?}");

    let answers = post.answers();
    println!(
        "{} deliveries and {} duplicates in {} ms, all done after {} ms; {} kills; answers {answers:?} (0 for none)",
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
    verdict::assert_right(&ground, &history, &letters, &post.taken()).await;
    greenhouse.assert_no_problems();
    ground.files.close().await;
    ground.stage.greenhouse.stop().await;
}

/// What has happened before the flood. From then on the clock of Greenhouse shows the time.
pub(crate) async fn happened(
    size: &Size,
    ground: &Ground,
    history: &mut History<'_>,
    letters: &mut Letters,
    chance: &mut Chance,
) -> Vec<Letter> {
    let greenhouse = &ground.stage.greenhouse;
    let mut first = Vec::new();
    while letters.all.len() < size.deliveries * HAPPENED / 100 {
        history.pass();
        let told = history.act().await;
        first.extend(letters.write(greenhouse, &told, chance));
    }
    greenhouse.clock().hold_at(SystemClock.now());
    greenhouse.clock().release();
    first
}

/// Kills the host when so many deliveries were taken, and starts it again at once.
async fn kill(
    ground: &Ground,
    mut host: HostProcess,
    post: &Post,
    moments: &[usize],
    mut chance: Chance,
) -> HostProcess {
    for moment in moments {
        while post.taken_times() < *moment {
            assert!(post.is_busy(), "the flood was over before the kill");
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        let more = chance.below(20_000) as u64;
        tokio::time::sleep(Duration::from_micros(more)).await;
        assert!(post.is_busy(), "the flood was over before the kill");
        host.kill();
        host = ground.stage.host();
    }
    host
}

/// What happens while deliveries are sent.
pub(crate) struct Live {
    /// How many are sent, about.
    pub(crate) all: usize,
    /// How many deliveries there are in the end.
    pub(crate) wanted: usize,
    pub(crate) chance: Chance,
}

impl Live {
    pub(crate) async fn go_on(
        mut self,
        ground: &Ground,
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
            let told = history.act().await;
            let new = letters.write(&ground.stage.greenhouse, &told, &mut self.chance);
            post.put(new);
            next += step;
            left = self.wanted.saturating_sub(letters.all.len());
        }
        post.close();
    }
}

/// Until the hosts have nothing left to do.
pub(crate) async fn until_done(ground: &Ground) {
    let begun = SystemClock.now();
    loop {
        ground.files.hasten().await;
        let due = ground.files.due().await;
        if due.is_empty() {
            return;
        }
        let spent = (SystemClock.now() - begun).to_std().unwrap();
        assert!(spent < LONGEST, "{due:?} are still due after {spent:?}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// So many of a hundred deliveries tell what happened before the flood.
pub(crate) const HAPPENED: usize = 85;
/// When so many of a hundred were taken, there are no more kills.
const LAST_KILL: usize = 95;
const AT_ONCE: usize = 16;
