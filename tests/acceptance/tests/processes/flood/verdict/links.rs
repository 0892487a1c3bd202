//! Checks that each link agrees with its application in Greenhouse.

use mock_greenhouse::{Application, MockGreenhouse};
use serde_json::Value;

use super::{About, Case, Pushed};

pub(super) fn judge(case: &mut Case<'_>) -> String {
    let pushed = &case.fixture.pushed;
    case.holds(
        case.links.len() == pushed.len(),
        format!("{} pushes have {} links", pushed.len(), case.links.len()),
    );
    let (mut deleted, mut moved, mut erased) = (0, 0, 0);
    for one in pushed {
        let Some(link) = case.links.get(&one.assessment).cloned() else {
            case.holds(false, format!("{} has no link", one.assessment));
            continue;
        };
        deleted += usize::from(link["state"]["deleted"] == true);
        moved += usize::from(link["candidate"] != one.candidate);
        erased += usize::from(link["bodies_erased"] == true);
        agrees(case, one, &link);
    }
    format!("{deleted} links are deleted, {moved} moved to another candidate, {erased} are erased")
}

fn agrees(case: &mut Case<'_>, pushed: &Pushed, link: &Value) {
    let candidate = case.history.final_candidate(pushed.candidate);
    let merged = candidate != pushed.candidate;
    let application = application(&case.fixture.stage.greenhouse, pushed, candidate);
    let name = format!("{} {link}", pushed.assessment);
    case.holds(
        link["candidate"] == candidate && link["merged"] == merged,
        format!("{name}: the final candidate is {candidate}"),
    );
    if !case.history.was_merged(pushed.candidate) {
        let erased = case.history.anonymized.contains(&candidate);
        case.holds(
            link["bodies_erased"] == erased,
            format!("{name}: bodies_erased is {erased}"),
        );
    }
    let Some(application) = application else {
        let is = link["state"]["deleted"] == true;
        case.holds(is, format!("{name}: the application does not exist"));
        return;
    };
    let (status, stage) = (
        application.status.as_filter(),
        application.job_interview_stage_id,
    );
    let known = link["state"]["stage"]["id"].as_i64();
    let reported = known.is_some() || stage_was_reported(case, application.id);
    // A complete erasure also removes the stage.
    let erased = link["erased"] == true && known.is_none();
    let right = link["application"] == application.id
        && link["state"]["deleted"] == false
        && link["state"]["status"] == status
        && (known == stage || !reported || erased);
    let wanted = format!("{} is {status} at stage {stage:?}", application.id);
    case.holds(right, format!("{name}: {wanted}"));
}

/// Returns the final application of a link: its own application or, after a merge, the winner's
/// application for the same job.
fn application(
    greenhouse: &MockGreenhouse,
    pushed: &Pushed,
    candidate: i64,
) -> Option<Application> {
    greenhouse.application(pushed.application).or_else(|| {
        let merged = candidate != pushed.candidate;
        let mut all = greenhouse.applications().into_iter();
        all.find(|one| merged && one.candidate_id == candidate && one.job_id == Some(pushed.job))
    })
}

/// Returns `true` if a delivery reports the stage of the application.
fn stage_was_reported(case: &Case<'_>, application: i64) -> bool {
    case.letters.all.iter().any(|sent| {
        let stage = &sent.body["payload"]["application"]["current_stage"];
        !stage.is_null() && About::of(sent).applications.contains(&application)
    })
}
