//! Many concurrent push requests to one host process, and to two host processes that share a
//! database.

use std::{collections::BTreeSet, time::Duration};

use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::{
    host::HostProcess,
    stage::{Answer, Stage},
};

/// Sends fifty requests for one assessment.
pub(crate) async fn of_one_assessment(processes: usize) {
    let (stage, hosts) = begin(processes).await;
    let id = stage.completed(&hosts[0]).await;
    let answers = clicks(&stage, &hosts, &[&id]).await;
    let view = stage.push_until_done(&hosts[0], &id).await;
    for answer in &answers {
        assert_agrees(answer, &view);
    }
    stage.assert_whole(&hosts[0], &id, &view).await;
    stage
        .greenhouse
        .assert_requests("POST", "/v3/candidates", 1);
    end(stage, hosts).await;
}

/// Sends twenty-five requests for each of two assessments of one person. Repeats this for `persons`
/// persons, one after another.
pub(crate) async fn of_two_assessments_of_one_person(processes: usize, persons: usize) {
    let (stage, hosts) = begin(processes).await;
    for number in 1..=persons {
        let email = format!("candidate.{number}@example.org");
        let ids = [
            stage.completed_by(&hosts[0], &email).await,
            stage.completed_by(&hosts[0], &email).await,
        ];
        let answers = clicks(&stage, &hosts, &[&ids[0], &ids[1]]).await;
        let views = [
            stage.push_until_done(&hosts[0], &ids[0]).await,
            stage.push_until_done(&hosts[0], &ids[1]).await,
        ];
        for (click, answer) in answers.iter().enumerate() {
            assert_agrees(answer, &views[click % 2]);
        }
        assert_one_person(&stage, &views, number);
        for (id, view) in ids.iter().zip(&views) {
            assert_eq!(view["assessment"], **id);
            let entry = stage.entry(&hosts[0], id).await;
            let ended = (&entry["status"], &entry["retry"]);
            assert_eq!(ended, (&json!("done"), &json!(false)));
        }
    }
    end(stage, hosts).await;
}

/// Asserts that the newest of `count` candidates has these two pushes, and that no candidate has
/// duplicates.
fn assert_one_person(stage: &Stage, views: &[Value], count: usize) {
    let greenhouse = &stage.greenhouse;
    let (candidates, applications) = (greenhouse.candidates(), greenhouse.applications());
    assert_eq!((candidates.len(), applications.len()), (count, count));
    let newest = (&candidates[count - 1], &applications[count - 1]);
    for view in views {
        assert_eq!(view["state"], "done", "{view}");
        assert_eq!(view["candidate"], newest.0.id, "{view}");
        assert_eq!(view["application"], newest.1.id, "{view}");
    }
    let files = greenhouse.attachments();
    let names: BTreeSet<&str> = files.iter().map(|file| &*file.filename).collect();
    assert_eq!((names.len(), files.len()), (2 * count, 2 * count));
    let scorecards = greenhouse.notes().len() + greenhouse.records("scorecards").len();
    assert_eq!(scorecards, 2 * count);
}

async fn begin(processes: usize) -> (Stage, Vec<HostProcess>) {
    let mut stage = Stage::set(BUSY_WAIT).await;
    stage.latency = LATENCY;
    let hosts: Vec<HostProcess> = (0..processes).map(|_| stage.host()).collect();
    for host in &hosts {
        // With a cached token and a known limit, the hosts compete only in the push itself.
        stage.health(host).await;
    }
    (stage, hosts)
}

async fn end(stage: Stage, hosts: Vec<HostProcess>) {
    stage.greenhouse.assert_no_problems();
    drop(hosts);
    stage.greenhouse.stop().await;
}

/// Distributes the requests over assessments and hosts. Each assessment is requested on every host,
/// and the first two are queued on different hosts.
async fn clicks(stage: &Stage, hosts: &[HostProcess], ids: &[&str]) -> Vec<Answer> {
    let clicks = (0..CLICKS).map(|click| {
        let host = &hosts[(click + click / 2) % hosts.len()];
        stage.click(host, ids[click % ids.len()])
    });
    let answers = join_all(clicks).await;
    answers.into_iter().map(Result::unwrap).collect()
}

/// Asserts that the response shows the same push as `end`, in its final state or in an earlier
/// state.
fn assert_agrees(answer: &Answer, end: &Value) {
    match answer.status {
        200 => assert_eq!(&answer.body, end),
        202 => {
            for member in ["assessment", "log"] {
                assert_eq!(answer.body[member], end[member], "{answer:?}");
            }
            assert_eq!(answer.body.get("error"), None, "{answer:?}");
        }
        _ => panic!("{answer:?}"),
    }
}

const CLICKS: usize = 50;
const LATENCY: Duration = Duration::from_millis(100);
const BUSY_WAIT: &str = "[push]
busy_wait_seconds = 0.1
";
