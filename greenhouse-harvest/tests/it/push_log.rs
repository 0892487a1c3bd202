//! What the log says of a push.

use std::{
    io::{self, Write},
    sync::{Arc, Mutex},
};

use tracing::Dispatch;
use tracing_subscriber::fmt::MakeWriter;

use crate::support::{EMAIL, world::World};

#[tokio::test]
async fn a_push_is_named_in_the_log_by_its_task_and_its_account() {
    let world = World::new().await;
    let id = world.assessed("canary-assessment");
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt()
        .with_ansi(false)
        .with_writer(log.clone())
        .finish();
    // While a process has one subscriber only, `tracing` asks the thread that first comes to a span whether anybody wants it:
    // another test's, which does not. With two it asks both.
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
