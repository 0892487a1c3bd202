//! Many clicks at once, on one host process and on two that share a database.

use std::{collections::BTreeSet, time::Duration};

use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::{
    host::HostProcess,
    stage::{Answer, Stage},
};

/// Fifty of one assessment.
pub(crate) async fn of_one_assessment(processes: usize) {
    let (stage, hosts) = begin(processes).await;
    let id = stage.completed(&hosts[0]).await;
    let answers = clicks(&stage, &hosts, &[&id]).await;
    let view = stage.insist(&hosts[0], &id).await;
    for answer in &answers {
        assert_agrees(answer, &view);
    }
    stage.assert_whole(&hosts[0], &id, &view).await;
    stage
        .greenhouse
        .assert_requests("POST", "/v3/candidates", 1);
    end(stage, hosts).await;
}

/// Twenty-five of each of two assessments of one person.
pub(crate) async fn of_two_assessments_of_one_person(processes: usize) {
    let (stage, hosts) = begin(processes).await;
    let ids = [
        stage.completed(&hosts[0]).await,
        stage.completed(&hosts[0]).await,
    ];
    let answers = clicks(&stage, &hosts, &[&ids[0], &ids[1]]).await;
    let views = [
        stage.insist(&hosts[0], &ids[0]).await,
        stage.insist(&hosts[0], &ids[1]).await,
    ];
    for (click, answer) in answers.iter().enumerate() {
        assert_agrees(answer, &views[click % 2]);
    }
    let greenhouse = &stage.greenhouse;
    let (candidates, applications) = (greenhouse.candidates(), greenhouse.applications());
    assert_eq!((candidates.len(), applications.len()), (1, 1));
    for (id, view) in ids.iter().zip(&views) {
        assert_eq!(view["assessment"], **id);
        assert_eq!(view["state"], "done");
        assert_eq!(view["candidate"], candidates[0].id);
        assert_eq!(view["application"], applications[0].id);
        let entry = stage.entry(&hosts[0], id).await;
        assert_eq!(
            (&entry["status"], &entry["retry"]),
            (&json!("done"), &json!(false))
        );
    }
    let files: BTreeSet<String> = greenhouse
        .attachments()
        .into_iter()
        .map(|file| file.filename)
        .collect();
    assert_eq!((files.len(), greenhouse.attachments().len()), (2, 2));
    assert_eq!(
        greenhouse.notes().len() + greenhouse.records("scorecards").len(),
        2
    );
    end(stage, hosts).await;
}

async fn begin(processes: usize) -> (Stage, Vec<HostProcess>) {
    let mut stage = Stage::set(BUSY_WAIT).await;
    stage.latency = LATENCY;
    let hosts = (0..processes).map(|_| stage.host()).collect();
    (stage, hosts)
}

async fn end(stage: Stage, hosts: Vec<HostProcess>) {
    stage.greenhouse.assert_quiet();
    drop(hosts);
    stage.greenhouse.stop().await;
}

/// The `n`-th click is on assessment `n`, and goes to the next host once every assessment has had one.
async fn clicks(stage: &Stage, hosts: &[HostProcess], ids: &[&str]) -> Vec<Answer> {
    let clicks = (0..CLICKS).map(|click| {
        let host = &hosts[click / ids.len() % hosts.len()];
        stage.click(host, ids[click % ids.len()])
    });
    let answers = join_all(clicks).await;
    answers.into_iter().map(Result::unwrap).collect()
}

/// One push, whoever asks: as it stands in the end, or the same on its way there.
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
const LATENCY: Duration = Duration::from_millis(40);
const BUSY_WAIT: &str = "[push]
busy_wait_seconds = 0.1
";
