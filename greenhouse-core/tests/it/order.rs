//! Webhooks arrive late, twice and shuffled, and some before the push of their application. In any
//! order, the result is the true state if Greenhouse can be read. Otherwise the log explains each
//! difference.
//!
//! Runs 1,000 histories, with `ACCEPTANCE=full` 50,000. A failure prints the shrunk history and
//! order.

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

/// Order of arrival, and the other random choices.
#[derive(Debug, Clone)]
struct Order {
    /// The lowest rank arrives first; equal ranks arrive in the order of sending.
    ranks: Drawn,
    late: usize,
    caught: bool,
    chances: Drawn,
}

/// Debug writes it on one line.
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
    fn any_order_converges_to_the_true_state(history in histories(), order in orders()) {
        check(&history, &order, true)?;
    }

    #[test]
    fn without_a_reader_the_log_explains_every_difference(history in histories(), order in orders()) {
        check(&history, &order, false)?;
    }
}

fn check(history: &History, order: &Order, reader: bool) -> Result<(), TestCaseError> {
    let world = World::after(history);
    let arrived = shuffled(&world.sent, &order.ranks.0);
    let mut receiver = Receiver::new(&world, reader, Chances::new(&order.chances.0));
    let runtime = Builder::new_current_thread().build().unwrap();
    let (link, bystander, log) = runtime.block_on(async {
        receiver
            .receive_all(&arrived, order.late, order.caught)
            .await;
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
    let context = || {
        let truth = (&world.candidate, &world.application);
        let mut lines = vec![format!("link {link:?}"), format!("truth {truth:?}")];
        lines.extend(
            arrived
                .iter()
                .map(|one| format!("received {:?}", one.event)),
        );
        lines.extend(log.iter().rev().map(|entry| format!("log {}", entry.text)));
        lines.join("\n")
    };
    prop_assert_eq!(differences, Differences::default(), "{}", context());
    prop_assert_eq!(receiver.outcome(), outcome(&link), "{}", context());
    if let Some(bystander) = bystander {
        let there = bystander_is_there(&world, &bystander);
        prop_assert!(there, "bystander {:?}\n{}", bystander, context());
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

/// Eight steps, each with two webhooks that arrive twice.
const MOST_DELIVERIES: usize = 32;
