//! Final state of a story: records, log, product, Greenhouse, and the responses to each caller.

use std::collections::BTreeSet;

use greenhouse_core::{
    CandidateId,
    store::{Housekeeping, Records, TaskQueue},
    testing::Played,
};
use serde_json::{Value, json};

use super::stage::{Covers, Seen, WORKS};
use crate::support::World;

/// Result of a story.
pub(super) struct StoryResult {
    pub(super) played: Played,
    pub(super) covers: Covers,
}

impl StoryResult {
    pub(super) async fn of(world: &World, seen: Seen) -> Self {
        let mut played = Played::on(&world.failing_store);
        for kind in WORKS {
            assert_eq!(world.backlog(kind).await, 0, "{kind:?} is settled");
        }
        assert_eq!(world.store.next_due(&WORKS).await.unwrap(), None);
        let mut lines = records(world, &seen).await;
        lines.extend(log(world).await);
        lines.extend(outside(world).await);
        lines.extend(
            seen.answers
                .iter()
                .map(|answer| format!("answer: {answer}")),
        );
        for line in &mut lines {
            *line = without_chance(line, &seen.invitations);
        }
        // Compares everything except random ids and times.
        played.seen = lines;
        Self {
            played,
            covers: seen.covers,
        }
    }
}

async fn records(world: &World, seen: &Seen) -> Vec<String> {
    let (store, account) = (&world.store, &world.account);
    let mut lines = Vec::new();
    let mut assessments = BTreeSet::new();
    for candidate in CANDIDATES {
        for link in store.links_to_candidate(account, candidate).await.unwrap() {
            assessments.insert(link.assessment.clone());
            lines.push(format!("link: {}", json!(link)));
        }
    }
    for id in &seen.invitations {
        let invitation = world.invitation(id).await;
        assessments.extend(invitation.assessment.clone());
        lines.push(format!("invitation: {}", without_times(json!(invitation))));
    }
    for assessment in assessments {
        let access = store.report_access(account, &assessment).await.unwrap();
        // Revoking twice has no further effect, so only the fact is compared.
        lines.push(format!("revoked: {}", access.is_some()));
    }
    let last_delivery = store.last_delivery_at(account).await.unwrap();
    lines.push(format!("heard: {}", last_delivery.is_some()));
    let seen = store.last_seen(account).await.unwrap();
    lines.push(format!("last seen: {:?}", seen.into_keys()));
    lines
}

async fn log(world: &World) -> Vec<String> {
    let log = world.log().await;
    let entries = log
        .into_iter()
        .map(|logged| without_times(json!(logged.entry)));
    entries.map(|entry| format!("log: {entry}")).collect()
}

/// Messages to the product and to Greenhouse. Duplicates are allowed.
async fn outside(world: &World) -> Vec<String> {
    let outcomes: Vec<String> = world
        .platform
        .reported_outcomes()
        .into_iter()
        .map(|(_, assessment, outcome, revision)| {
            format!("outcome: {assessment} {outcome:?} {revision}")
        })
        .collect();
    let notices = world.transport.sent().into_iter();
    let notices = notices.map(|sent| format!("notice: {} {}", sent.method, sent.uri));
    let once: BTreeSet<String> = outcomes.into_iter().chain(notices).collect();
    let invited = format!("invited: {}", world.platform.invited());
    once.into_iter().chain([invited]).collect()
}

fn without_times(mut value: Value) -> Value {
    if let Some(members) = value.as_object_mut() {
        members.retain(|name, _| !TIMES.contains(&name.as_str()));
        if let Some(Value::String(key)) = members.get_mut("key")
            && key.starts_with("hint:")
        {
            "hint".clone_into(key);
        }
    }
    value
}

/// Replaces random ids, and tokens that contain such ids.
fn without_chance(line: &str, invitations: &[String]) -> String {
    let mut line = line.to_owned();
    for id in invitations {
        line = line.replace(id, "drawn");
    }
    let mut parts = line.split("token=");
    let mut kept = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let end = part.find(['"', ' ']).unwrap_or(part.len());
        kept.push_str("token=..");
        kept.push_str(&part[end..]);
    }
    kept
}

const CANDIDATES: [CandidateId; 3] = [
    CandidateId::new(11),
    CandidateId::new(12),
    CandidateId::new(98),
];
const TIMES: [&str; 2] = ["at", "created_at"];
