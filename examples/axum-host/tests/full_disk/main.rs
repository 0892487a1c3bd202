//! Tests a host whose disk is full. The disk is a small in-memory file system. Only root can mount
//! it; for other users, the test is ignored.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]
#![allow(
    clippy::disallowed_methods,
    reason = "the host is another process, which runs in real time"
)]

mod disk;
mod serving;
#[expect(dead_code, reason = "other tests use the rest of the module")]
#[path = "../it/terminal.rs"]
mod terminal;

use std::{
    process::ExitCode,
    thread,
    time::{Duration, Instant},
};

use libtest_mimic::{Arguments, Completion, Failed, Trial};
use mock_greenhouse::{Config, MockGreenhouse};
use serde_json::Value;
use sqlx::{Connection, SqliteConnection, sqlite::SqliteConnectOptions};
use tokio::runtime::Runtime;

use self::{
    disk::SmallDisk,
    serving::Serving,
    terminal::{Terminal, account, master_key},
};

fn main() -> ExitCode {
    let trial = Trial::ignorable_test("a_full_disk_is_named_and_loses_nothing", || {
        let disk = match SmallDisk::mount() {
            Ok(disk) => disk,
            Err(why) => return Ok(Completion::ignored_with(why)),
        };
        play(&disk)?;
        Ok(Completion::Completed)
    });
    libtest_mimic::run(&Arguments::from_args(), vec![trial]).exit_code()
}

/// Asserts that every acknowledged delivery is stored, and that refused deliveries are stored when
/// they are sent again.
fn play(disk: &SmallDisk) -> Result<(), Failed> {
    let terminal = Terminal::new();
    let database = disk.path("greenhouse.sqlite");
    let runtime = Runtime::new()?;
    let greenhouse = runtime.block_on(MockGreenhouse::start(Config::default()))?;
    let more = format!("sandbox = {:?}\n", greenhouse.url());
    terminal.configure_with(&database, &[&master_key()], &more);
    let applied = terminal.apply(&account("acme"));
    assert!(applied.ok, "{applied:?}");
    let serving = Serving::start(&terminal);
    for event in 0..5 {
        assert_eq!(serving.deliver(event), 200);
    }
    assert_eq!(serving.get("/readyz"), (200, "ready\n".to_owned()));
    assert_eq!(disk_finding(&terminal), None);

    disk.fill();
    // The database's log still has room for a few deliveries.
    let refused = (5..MOST).find(|event| serving.deliver(*event) != 200);
    let refused = refused.expect("a delivery is refused");
    assert_eq!(serving.deliver(refused), 503);
    let (status, text) = serving.get("/readyz");
    assert!(
        status == 503 && text.contains("the database's disk is full"),
        "{text}"
    );
    let finding = disk_finding(&terminal).expect("the doctor reports the full disk");
    assert_eq!(finding["level"], "problem", "{finding}");
    let text = finding["text"].as_str().unwrap_or_default();
    assert!(
        text.contains("The disk with the database file is full"),
        "{finding}"
    );
    let remedy = finding["remedy"].as_str().unwrap_or_default();
    assert!(remedy.contains("Free space"), "{finding}");

    disk.empty();
    let healed_by = Instant::now() + PATIENCE;
    while serving.deliver(refused) != 200 {
        assert!(Instant::now() < healed_by, "deliveries are still refused");
        thread::sleep(Duration::from_millis(50));
    }
    assert_eq!(serving.get("/readyz"), (200, "ready\n".to_owned()));
    assert_eq!(disk_finding(&terminal), None);
    assert_eq!(serving.deliver(refused + 1), 200);

    let log = serving.end();
    let chain = "the store is unavailable: the database returned error 13 (the disk is full)";
    assert!(log.contains(chain), "{log}");
    let stored = stored(&database)?;
    let acknowledged: Vec<_> = (0..=refused + 1).map(|event| event.to_string()).collect();
    assert_eq!(stored, acknowledged);
    Ok(())
}

/// Returns the doctor's finding about the disk.
fn disk_finding(terminal: &Terminal) -> Option<Value> {
    let said = terminal.run_command(&["doctor", "--json"]);
    let report: Value = serde_json::from_str(&said.out).unwrap();
    let findings = report["findings"].as_array().unwrap();
    let finding = findings.iter().find(|one| one["about"] == "database_disk");
    finding.cloned()
}

/// Returns the ids of the stored deliveries, in order.
fn stored(database: &str) -> Result<Vec<String>, Failed> {
    Runtime::new()?.block_on(async {
        let options = SqliteConnectOptions::new().filename(database);
        let mut connection = SqliteConnection::connect_with(&options).await?;
        let ids = "SELECT event_id FROM deliveries ORDER BY id";
        Ok(sqlx::query_scalar(ids).fetch_all(&mut connection).await?)
    })
}

/// Maximum number of deliveries, enough to fill the database's log many times over.
const MOST: u32 = 5_000;
const PATIENCE: Duration = Duration::from_secs(30);
