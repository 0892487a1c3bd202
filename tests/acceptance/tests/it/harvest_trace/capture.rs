use std::{
    io::{self, Write},
    mem,
    sync::{Arc, Mutex},
    thread::{self, ThreadId},
};

use acceptance::needle::as_text;
use log::{LevelFilter, Log, Metadata, Record};
use tracing::{Dispatch, subscriber::DefaultGuard};
use tracing_subscriber::fmt::{MakeWriter, format::FmtSpan};

/// Captures all log records of this thread from `tracing` and `log`, at the finest level, with all
/// span fields.
pub(super) struct Capture {
    written: Buffer,
    guard: DefaultGuard,
    /// With a single subscriber in the process, `tracing` caches the interest of the thread that
    /// first reaches a span. That thread can belong to another test, which has no subscriber. With
    /// two subscribers, `tracing` checks the interest each time.
    _second: Dispatch,
}

#[derive(Clone, Default)]
struct Buffer(Arc<Mutex<Vec<u8>>>);

impl Capture {
    pub(super) fn begin() -> Self {
        let written = Buffer::default();
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(tracing::Level::TRACE)
            .with_span_events(FmtSpan::FULL)
            .with_ansi(false)
            .with_writer(written.clone())
            .finish();
        let second = Dispatch::new(tracing_subscriber::registry());
        let guard = tracing::subscriber::set_default(subscriber);
        // A process can have only one `log` logger.
        let log = ThisThread(thread::current().id(), written.clone());
        log::set_boxed_logger(Box::new(log)).unwrap();
        log::set_max_level(LevelFilter::Trace);
        Self {
            written,
            guard,
            _second: second,
        }
    }

    pub(super) fn end(self) -> String {
        drop(self.guard);
        log::set_max_level(LevelFilter::Off);
        as_text(&mem::take(&mut *self.written.0.lock().unwrap()))
    }
}

impl Write for Buffer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Buffer {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

struct ThisThread(ThreadId, Buffer);

impl Log for ThisThread {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        thread::current().id() == self.0
    }

    fn log(&self, record: &Record<'_>) {
        if self.enabled(record.metadata()) {
            let line = format!(
                "{} {}: {}\n",
                record.level(),
                record.target(),
                record.args()
            );
            self.1.clone().write_all(line.as_bytes()).unwrap();
        }
    }

    fn flush(&self) {}
}
