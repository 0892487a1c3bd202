//! Invariants of every body: a matching response, the bytes stored unchanged, and no member lost
//! because of another one.

use greenhouse_core::store::{BodyKept, Delivery, Verdict};
use serde::de::IgnoredAny;
use serde_json::Value;

use super::{body::Path, hook::Hook};

pub(crate) struct Judged {
    pub(crate) status: u16,
    /// The body was read as an event of the original action.
    pub(crate) typed: bool,
}

/// Delivers the body to the account of the original. `touched` are the changed paths. `None` means
/// that any value may have changed.
pub(crate) fn check(name: &str, original: &[u8], body: &[u8], touched: Option<&[Path]>) -> Judged {
    let shown = || format!("{name}: {touched:?}: {}", String::from_utf8_lossy(body));
    let before = Hook::new().deliver(original).delivery;
    let before = before.unwrap().event.unwrap();
    let hook = Hook::new();
    hook.link(&before);
    let delivered = hook.deliver(body);

    let is_json =
        str::from_utf8(body).is_ok_and(|text| serde_json::from_str::<IgnoredAny>(text).is_ok());
    if !is_json {
        assert_eq!(
            (delivered.status, delivered.code.as_deref()),
            (400, Some("malformed")),
            "{}",
            shown()
        );
        assert!(delivered.delivery.is_none(), "{}", shown());
        return Judged {
            status: 400,
            typed: false,
        };
    }
    assert_eq!(
        (delivered.status, delivered.code),
        (200, None),
        "{}",
        shown()
    );
    let delivery = delivered
        .delivery
        .unwrap_or_else(|| panic!("nothing is stored: {}", shown()));
    let kept = matches!(&delivery.body, BodyKept::Yes(kept) if kept == body);
    let anonymizes = before.action() == "candidate_anonymized";
    match delivery.verdict {
        Verdict::Unreadable => assert!(kept && delivery.event.is_none(), "{}", shown()),
        // A body that names an erased candidate is not stored.
        Verdict::Effective if anonymizes => assert_eq!(delivery.body, BodyKept::No, "{}", shown()),
        Verdict::Effective => assert!(kept, "{}", shown()),
        _ => assert_eq!(delivery.body, BodyKept::No, "{}", shown()),
    }
    let Some(touched) = touched else {
        return Judged {
            status: 200,
            typed: false,
        };
    };
    // A value that serde_json cannot represent makes the whole body unreadable.
    if delivery.verdict == Verdict::Unreadable && has_unreadable_value(body) {
        return Judged {
            status: 200,
            typed: false,
        };
    }
    let stays = |places: &[&str]| {
        places
            .iter()
            .all(|place| !touched.iter().any(|path| meets(path, place)))
    };
    if !stays(&["action"]) || !stays(required(before.action())) {
        return Judged {
            status: 200,
            typed: false,
        };
    }
    compares(&before, &delivery, stays, &shown);
    Judged {
        status: 200,
        typed: true,
    }
}

fn compares(
    before: &greenhouse_core::webhook::Event,
    delivery: &Delivery,
    stays: impl Fn(&[&str]) -> bool,
    shown: &impl Fn() -> String,
) {
    let event = delivery.event.as_ref();
    let event = event.unwrap_or_else(|| panic!("the body was not read: {}", shown()));
    assert_eq!(event.action(), before.action(), "{}", shown());
    let (before, after) = (members(before), members(event));
    for (member, places) in MEMBERS {
        if stays(places) {
            assert_eq!(
                after.get(member),
                before.get(member),
                "{member} of {}",
                shown()
            );
        }
    }
}

fn members(event: &greenhouse_core::webhook::Event) -> Value {
    serde_json::to_value(event).unwrap()
}

/// Returns `true` if a change at `path` can affect the value read at `place`: the paths are equal,
/// or one contains the other.
fn meets(path: &Path, place: &str) -> bool {
    path.iter()
        .zip(place.split('.'))
        .all(|(one, other)| one == other)
}

/// Half of a surrogate pair, a number outside the range of f64, or extreme nesting.
fn has_unreadable_value(body: &[u8]) -> bool {
    let text = String::from_utf8_lossy(body);
    ["1e999", r"\ud83d", &"[".repeat(128)]
        .iter()
        .any(|part| text.contains(part))
}

/// Paths of required ids.
fn required(action: &str) -> &'static [&'static str] {
    match action {
        "merge_candidate" => &["payload.person.id", "payload.person.new_candidate_id"],
        "delete_candidate" | "candidate_anonymized" => &CANDIDATE,
        _ => &APPLICATION,
    }
}

/// Members of an event, and all paths that each is read from.
const MEMBERS: [(&str, &[&str]); 13] = [
    ("application", &APPLICATION),
    ("candidate", &CANDIDATE),
    ("loser", &CANDIDATE),
    ("winner", &["payload.person.new_candidate_id"]),
    ("applications", &LISTS),
    ("deleted_applications", &LISTS),
    ("status", &["payload.application.status"]),
    (
        "stage",
        &[
            "payload.application.current_stage.id",
            "payload.application.current_stage.name",
        ],
    ),
    ("jobs", &JOBS),
    ("job", &JOBS),
    (
        "last_activity_at",
        &["payload.application.last_activity_at"],
    ),
    ("resolved_at", &["payload.application.offer.resolved_at"]),
    ("fields", &["payload.anonymized_fields"]),
];

const APPLICATION: [&str; 3] = [
    "payload.application.id",
    "payload.application_id",
    "payload.offer.application_id",
];
const CANDIDATE: [&str; 5] = [
    "payload.application.candidate.id",
    "payload.application.candidate_id",
    "payload.person.id",
    "payload.candidate.id",
    "payload.candidate_id",
];
const LISTS: [&str; 2] = [
    "payload.person.deleted_application_ids",
    "payload.person.application_ids",
];
const JOBS: [&str; 6] = [
    "payload.application.jobs.*.id",
    "payload.application.job.id",
    "payload.application.job_id",
    "payload.job_id",
    "payload.offer.job_id",
    "payload.job.id",
];
