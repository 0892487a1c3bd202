//! Faults in the completion calls.

use mock_greenhouse::{Fault, FaultKind, MockGreenhouse};

/// Fails one call of each pair, chosen at random, with a random fault, up to the call `last`.
pub(super) fn fail_half(greenhouse: &MockGreenhouse, last: usize, seed: u64) {
    let mut state = seed;
    let mut below = |end: u64| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % end
    };
    for pair in 0..last as u64 / 2 {
        let nth = 2 * pair + 1 + below(2);
        let applied = below(2) == 0;
        let kind = match below(50) {
            // Few calls stall, because each stalled call lasts until the deadline.
            _ if pair % (last as u64 / 8) == 7 => FaultKind::StallApplied,
            0..=16 => FaultKind::Cut { applied },
            17..=24 => FaultKind::TooManyRequests {
                retry_after_seconds: Some(1),
            },
            way => FaultKind::Status {
                status: [500, 502, 503, 504][way as usize % 4],
                applied,
            },
        };
        greenhouse.add_fault(completion(kind).nth(nth));
    }
}

/// Stalls every second call from now on, unless the call has another fault. Greenhouse never
/// applies a stalled call.
pub(super) fn hold(greenhouse: &MockGreenhouse) {
    for nth in (1..MOST).step_by(2) {
        let kind = FaultKind::StallThenApply { seconds: u32::MAX };
        greenhouse.add_fault(completion(kind).nth(nth));
    }
}

/// Removes the stalls that have not occurred yet.
pub(super) fn release(greenhouse: &MockGreenhouse) {
    for planned in greenhouse.faults() {
        let holds = matches!(planned.fault.kind, FaultKind::StallThenApply { .. });
        if holds && planned.occurrences == 0 {
            greenhouse.remove_fault(planned.id);
        }
    }
}

/// Returns the numbers of failed and stalled calls.
pub(super) fn failures(greenhouse: &MockGreenhouse) -> (u64, u64) {
    let (mut failed, mut held) = (0, 0);
    for planned in greenhouse.faults() {
        match planned.fault.kind {
            FaultKind::StallThenApply { .. } => held += planned.occurrences,
            _ => failed += planned.occurrences,
        }
    }
    (failed, held)
}

fn completion(kind: FaultKind) -> Fault {
    let path = "/integrations/testing_partners/take_home_tests/{id}";
    Fault::new("PATCH", path, kind)
}

/// Number up to which calls are stalled. Fewer calls are sent before a call of the killed host is
/// stalled.
const MOST: u64 = 400;
