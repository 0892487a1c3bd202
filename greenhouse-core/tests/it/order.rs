//! Webhooks come late, twice and shuffled, and some before the push that they are about. Whatever the order, the end is the
//! truth where it can be read; where it cannot, it is what the log explains.
//!
//! A thousand histories; with `ACCEPTANCE=full` fifty times as many. A failure prints the history and the order, made as
//! small as they can be.

mod receiver;
mod steps;
mod verdict;
mod world;

use std::{env, fmt};

use proptest::{collection::vec, prelude::*};
use tokio::runtime::Builder;

use self::{
    receiver::{Chances, Receiver},
    steps::{History, histories},
    verdict::{Differences, bystander_is_there, compare, outcome, unexplained},
    world::{Delivered, World},
};

/// The order in which webhooks come, and what else is left to chance.
#[derive(Debug, Clone)]
struct Order {
    /// The lower one comes first; of equals the one that was sent first.
    ranks: Drawn,
    late: usize,
    caught: bool,
    chances: Drawn,
}

/// Shown on one line.
#[derive(Clone)]
struct Drawn(Vec<u8>);

impl fmt::Debug for Drawn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.0)
    }
}

fn orders() -> impl Strategy<Value = Order> {
    let ranks = vec(any::<u8>(), MOST_DELIVERIES).prop_map(Drawn);
    let late = prop_oneof![2 => Just(0), 1 => 0..MOST_DELIVERIES];
    let chances = vec(any::<u8>(), 40).prop_map(Drawn);
    (ranks, late, any::<bool>(), chances).prop_map(|(ranks, late, caught, chances)| Order {
        ranks,
        late,
        caught,
        chances,
    })
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: cases(),
        failure_persistence: None,
        max_shrink_iters: 20_000,
        ..ProptestConfig::default()
    })]

    #[test]
    fn any_order_ends_in_the_truth_where_it_can_be_read(history in histories(), order in orders()) {
        plays(&history, &order, true)?;
    }

    #[test]
    fn without_a_reader_any_order_ends_in_what_the_log_explains(history in histories(), order in orders()) {
        plays(&history, &order, false)?;
    }
}

fn plays(history: &History, order: &Order, reader: bool) -> Result<(), TestCaseError> {
    let world = World::after(history);
    let came = shuffled(&world.sent, &order.ranks.0);
    let mut receiver = Receiver::new(&world, reader, Chances::new(&order.chances.0));
    let runtime = Builder::new_current_thread().build().unwrap();
    let (link, bystander, log) = runtime.block_on(async {
        receiver.takes(&came, order.late, order.caught).await;
        (
            receiver.link().await,
            receiver.bystander().await,
            receiver.log().await,
        )
    });
    let mut differences = compare(&world, &link, reader);
    if !reader {
        differences = unexplained(&world, differences, &log);
    }
    let told = || {
        let truth = (&world.candidate, &world.application);
        let mut lines = vec![format!("link {link:?}"), format!("truth {truth:?}")];
        lines.extend(came.iter().map(|one| format!("came {:?}", one.event)));
        lines.extend(log.iter().rev().map(|entry| format!("log {}", entry.text)));
        lines.join("\n")
    };
    prop_assert_eq!(differences, Differences::default(), "{}", told());
    prop_assert_eq!(receiver.told(), outcome(&link), "{}", told());
    if let Some(bystander) = bystander {
        let there = bystander_is_there(&world, &bystander);
        prop_assert!(there, "bystander {:?}\n{}", bystander, told());
    }
    Ok(())
}

fn shuffled(sent: &[Delivered], ranks: &[u8]) -> Vec<Delivered> {
    assert!(sent.len() <= ranks.len());
    let mut ranked: Vec<_> = ranks.iter().zip(sent).collect();
    ranked.sort_by_key(|(rank, _)| **rank);
    ranked
        .into_iter()
        .map(|(_, delivered)| delivered.clone())
        .collect()
}

fn cases() -> u32 {
    let full = env::var("ACCEPTANCE").as_deref() == Ok("full");
    if full { 50_000 } else { 1000 }
}

/// Eight steps, each with two webhooks that come twice.
const MOST_DELIVERIES: usize = 32;
