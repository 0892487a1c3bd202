//! Mutated webhook bodies, sent to the service: different notation and every kind of schema drift.
//!
//! Sends 1,000 bodies, or 10,000 with `ACCEPTANCE=full`. `SEED=7` sets the random seed.

#[path = "mutated/body.rs"]
mod body;
#[path = "mutated/chance.rs"]
mod chance;
#[path = "mutated/hook.rs"]
pub(crate) mod hook;
#[path = "mutated/judge.rs"]
mod judge;

use std::env;

use self::{body::Node, chance::Chance, judge::check};

/// Sends the same number of mutations of each body. Returns the number of responses by status.
pub(crate) fn play(bodies: &[(String, Vec<u8>)]) {
    let full = env::var("ACCEPTANCE").as_deref() == Ok("full");
    let seed = env::var("SEED").map_or(1, |seed| seed.parse().unwrap());
    let wanted = if full { 10_000 } else { 1000 };
    println!("{wanted} bodies of {}, SEED={seed}", bodies.len());
    let mut chance = Chance::new(seed);
    let (mut taken, mut refused, mut typed) = (0, 0, 0);
    for at in 0..wanted {
        let (name, body) = &bodies[at % bodies.len()];
        let mut node = Node::read(body);
        let mut touched = Vec::new();
        for _ in 0..chance.below(3) {
            touched.push(node.drift(&mut chance));
        }
        let mut written = node.write(&mut chance).into_bytes();
        let broken = chance.below(12) == 0;
        if broken {
            breaks(&mut written, &mut chance);
        }
        let touched = (!broken).then_some(&touched[..]);
        let verdict = check(name, body, &written, touched);
        match verdict.status {
            200 => taken += 1,
            _ => refused += 1,
        }
        typed += usize::from(verdict.typed);
    }
    println!("{taken} accepted, {typed} of them typed; {refused} refused");
    assert!(
        typed > wanted / 3 && refused > 0,
        "the mutations are too few or too wild"
    );
}

/// Makes bytes invalid JSON in most cases.
fn breaks(body: &mut Vec<u8>, chance: &mut Chance) {
    let at = chance.below(body.len());
    match chance.below(4) {
        0 => body.truncate(at),
        1 => body[at] = 0xff,
        2 => body.extend_from_slice(b" x"),
        _ => body[at] = b'"',
    }
}
