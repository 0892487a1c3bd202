//! Log records of a push.

use std::{
    io::{self, Write},
    sync::{Arc, Mutex},
};

use tracing::Dispatch;
use tracing_subscriber::fmt::MakeWriter;

use crate::support::{EMAIL, world::World};

#[tokio::test]
async fn log_records_of_a_push_name_its_task_and_account() {
    let world = World::new().await;
    let id = world.assessed("canary-assessment");
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt()
        .with_ansi(false)
        .with_writer(log.clone())
        .finish();
    // With a single subscriber in the process, `tracing` caches the interest of the thread that
    // first reaches a span. That may be another test without interest. With two subscribers,
    // `tracing` checks each time.
    let _second = Dispatch::new(tracing_subscriber::registry());
    let guard = tracing::subscriber::set_default(subscriber);
    assert_eq!(world.pushed(&id).await.state, "done");
    drop(guard);

    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    let mut lines = log.lines();
    let line = lines.find(|line| line.contains("task finished"));
    let line = line.unwrap_or_else(|| panic!("{log}"));
    let account = format!("account={}", world.account);
    for part in ["task{id=", "kind=\"push\"", &account, "attempts=0"] {
        assert!(line.contains(part), "{part} in {line}");
    }
    for withheld in ["canary", EMAIL] {
        assert!(!log.contains(withheld), "{withheld} in {log}");
    }
}

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}
