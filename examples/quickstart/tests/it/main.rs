//! The quickstart runs and is as small as the README says.
#![allow(clippy::unwrap_used)]

use std::{collections::BTreeSet, process::Stdio, time::Duration};

use serde_json::Value;
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::Command,
    time::{sleep, timeout},
};

#[test]
fn the_glue_is_small() {
    let source = include_str!("../../src/main.rs");
    let lines = source.lines().count();
    let types = our_types(source);
    println!("glue: {lines} lines, {} types: {types:?}", types.len());
    assert!(lines < 100, "{lines} lines");
    assert!(types.len() <= 12, "{types:?}");
}

#[test]
fn the_readme_shows_it() {
    let readme = include_str!("../../../../README.md");
    let source = include_str!("../../src/main.rs");
    assert!(readme.contains(source), "README.md and src/main.rs differ");
}

#[tokio::test]
async fn it_runs_and_stops() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_quickstart"))
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut printed = Vec::new();
    while let Some(line) = timeout(WAIT, lines.next_line()).await.unwrap().unwrap() {
        let is_last = line.starts_with("health");
        printed.push(line);
        if is_last {
            break;
        }
    }
    let word = |name: &str| {
        let line = printed.iter().find(|line| line.starts_with(name)).unwrap();
        line.split_whitespace().last().unwrap().to_owned()
    };
    let (service, key) = (word("service"), word("partner key"));

    let client = reqwest::Client::new();
    let get = |path: &str| client.get(format!("{service}{path}"));
    let own = get("/my/own/route").send().await.unwrap();
    assert_eq!(own.text().await.unwrap(), "mine");
    let tests = get("/api/greenhouse/list-tests").basic_auth(&key, Some(""));
    let tests = tests.send().await.unwrap();
    assert_eq!(tests.status(), 200);
    let refused = get("/api/greenhouse/list-tests").send().await.unwrap();
    assert_eq!(refused.status(), 401);
    let health = get("/api/integrations/greenhouse/health").send().await;
    let health: Value = health.unwrap().json().await.unwrap();
    let checks = health["checks"].as_array().unwrap();
    let credential = checks
        .iter()
        .find(|check| check["name"] == "harvest_credential");
    assert!(credential.is_some(), "{health:#}");

    let console = get("/settings/greenhouse").send().await.unwrap();
    assert_eq!(console.url().path(), "/settings/greenhouse/assessments");
    assert_eq!(console.status(), 200);
    // The sample data: two pushes in Greenhouse, of which one was rejected and one hired, a failed
    // push and a waiting one.
    let (mut states, mut log) = (BTreeSet::new(), Value::Null);
    for _ in 0..300 {
        let answer = get("/api/integrations/greenhouse/sync-log").send().await;
        log = answer.unwrap().json().await.unwrap();
        states = states_of(&log);
        if EXPECTED.iter().all(|state| states.contains(*state)) {
            break;
        }
        sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(states, EXPECTED.map(ToOwned::to_owned).into());
    let entries = log["entries"].as_array().unwrap();
    let can_be_pushed = entries.iter().filter(|entry| entry["push"] == true);
    assert_eq!(can_be_pushed.count(), 3, "{log:#}");

    let process = child.id().unwrap().to_string();
    let interrupt = Command::new("kill").args(["-INT", &process]).status();
    assert!(interrupt.await.unwrap().success());
    let ended = timeout(WAIT, child.wait()).await.unwrap().unwrap();
    assert!(ended.success(), "{ended}");
}

/// Returns the subject, the status and, for a change in Greenhouse, the new state of each entry.
fn states_of(log: &Value) -> BTreeSet<String> {
    let entries = log["entries"].as_array().unwrap();
    let word = |entry: &Value, name: &str| entry[name].as_str().unwrap().to_owned();
    let states = entries.iter().map(|entry| {
        let (text, status) = (word(entry, "text"), word(entry, "status"));
        let outcomes = ["hired", "rejected"].into_iter();
        let outcome = match &*word(entry, "subject") {
            "event" => outcomes.filter(|outcome| text.contains(outcome)).collect(),
            _ => status,
        };
        format!("{} {outcome}", word(entry, "subject"))
    });
    states.collect()
}

/// Returns the types that are imported from this project's crates, except the demo product.
fn our_types(source: &str) -> BTreeSet<String> {
    let mut types = BTreeSet::new();
    for import in source.split(";\n") {
        let Some((_, import)) = import.rsplit_once("use ") else {
            continue;
        };
        let own = [
            "greenhouse_core",
            "greenhouse_harvest",
            "greenhouse_partner",
            "sqlx_store",
        ];
        if own.iter().any(|own| import.starts_with(own)) {
            let words = import.split(|c: char| !c.is_alphanumeric() && c != '_');
            let names = words.filter(|word| word.starts_with(char::is_uppercase));
            types.extend(names.map(ToOwned::to_owned));
        }
    }
    types
}

const EXPECTED: [&str; 6] = [
    "event hired",
    "event rejected",
    "push done",
    "push failed",
    "push pending",
    "push skipped",
];
const WAIT: Duration = Duration::from_secs(30);
