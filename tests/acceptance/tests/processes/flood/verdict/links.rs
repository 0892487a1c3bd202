//! Each link says of its application what Greenhouse says.

use mock_greenhouse::{Application, MockGreenhouse};
use serde_json::Value;

use super::{About, Case, Pushed};

pub(super) fn judge(case: &mut Case<'_>) -> String {
    let pushed = &case.ground.pushed;
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
        erased += usize::from(link["erased"] == true);
        stands_as_it_is(case, one, &link);
    }
    format!("{deleted} links are deleted, {moved} went to another candidate, {erased} are erased")
}

fn stands_as_it_is(case: &mut Case<'_>, pushed: &Pushed, link: &Value) {
    let candidate = case.history.in_the_end(pushed.candidate);
    let merged = candidate != pushed.candidate;
    let application = application(&case.ground.stage.greenhouse, pushed, candidate);
    let name = format!("{} {link}", pushed.assessment);
    case.holds(
        link["candidate"] == candidate && link["merged"] == merged,
        format!("{name}: the candidate is {candidate} in the end"),
    );
    if !case.history.was_merged(pushed.candidate) {
        let erased = case.history.anonymized.contains(&candidate);
        case.holds(
            link["erased"] == erased,
            format!("{name}: erased is {erased}"),
        );
    }
    let Some(application) = application else {
        let is = link["state"]["deleted"] == true;
        case.holds(is, format!("{name}: the application is gone"));
        return;
    };
    let (status, stage) = (
        application.status.as_filter(),
        application.job_interview_stage_id,
    );
    let known = link["state"]["stage"]["id"].as_i64();
    let told = known.is_some() || is_told(case, application.id);
    let right = link["application"] == application.id
        && link["state"]["deleted"] == false
        && link["state"]["status"] == status
        && (known == stage || !told);
    let wanted = format!("{} is {status} at stage {stage:?}", application.id);
    case.holds(right, format!("{name}: {wanted}"));
}

/// The application of a link in the end: its own, or after a merge the winner's on the same job.
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

/// Whether any delivery tells the stage of an application.
fn is_told(case: &Case<'_>, application: i64) -> bool {
    case.letters.all.iter().any(|sent| {
        let stage = &sent.body["payload"]["application"]["current_stage"];
        !stage.is_null() && About::of(sent).applications.contains(&application)
    })
}
