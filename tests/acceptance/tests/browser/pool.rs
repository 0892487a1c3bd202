//! Runs tests in browsers, of which at most two are open at once.

use std::{
    any::Any,
    env, fs,
    panic::AssertUnwindSafe,
    path::{Path, PathBuf},
    sync::{Arc, Condvar, Mutex, OnceLock},
    time::Duration,
};

use futures_util::FutureExt;
use libtest_mimic::{Completion, Trial};
use tokio::{runtime::Runtime, time::timeout};

use crate::{
    axe_core,
    chromedriver::{Chromedriver, program},
    page::Page,
    session::Session,
};

/// Browsers for the tests, and the chromedriver that starts them.
#[derive(Debug)]
pub(crate) struct BrowserPool {
    /// The target folder of the workspace.
    target: PathBuf,
    driver: Mutex<Option<Chromedriver>>,
    axe: OnceLock<Result<Arc<str>, String>>,
    free: Mutex<usize>,
    freed: Condvar,
}

impl BrowserPool {
    /// Creates a pool. Starts nothing before the first test.
    pub(crate) fn new() -> Self {
        let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
        Self {
            target: target.to_owned(),
            driver: Mutex::new(None),
            axe: OnceLock::new(),
            free: Mutex::new(BROWSERS),
            freed: Condvar::new(),
        }
    }

    /// Returns a test that gets a page in a new browser. The test fails if it panics, takes more
    /// than [`LONGEST_TEST`], or leaves errors in the console.
    pub(crate) fn trial<F: Future<Output = ()>>(
        self: &Arc<Self>,
        name: &'static str,
        test: impl FnOnce(Page) -> F + Send + 'static,
    ) -> Trial {
        let pool = Arc::clone(self);
        Trial::ignorable_test(name, move || {
            if let Err(why) = pool.requirements() {
                return match env::var_os("REQUIRE_BROWSER") {
                    None => Ok(Completion::ignored_with(why)),
                    Some(_) => Err(why.into()),
                };
            }
            let _slot = pool.slot();
            Runtime::new()?.block_on(pool.run(name, test))?;
            Ok(Completion::Completed)
        })
    }

    /// Runs a test in a new browser and closes the browser. Returns why the test failed. The caller
    /// must hold a slot.
    pub(crate) async fn run<F: Future<Output = ()>>(
        &self,
        name: &str,
        test: impl FnOnce(Page) -> F,
    ) -> Result<(), String> {
        let driver = self.driver_url()?;
        let session = timeout(LONGEST_START, Session::open(&driver)).await;
        let session = session.map_err(|_| "the browser does not start")??;
        let folder = self.folder(name);
        // Fails if the test has not run before.
        let _ = fs::remove_dir_all(&folder);
        let page = timeout(LONGEST_START, Page::open(&session, folder, self.axe()?)).await;
        let page = page.map_err(|_| "the browser does not respond")??;
        let ended = AssertUnwindSafe(test(page.clone())).catch_unwind();
        let result = match timeout(LONGEST_TEST, ended).await {
            Ok(Ok(())) => match timeout(LONGEST_CAPTURE, page.check_console()).await {
                Ok(checked) => checked,
                Err(_) => Err("the browser does not return its log".to_owned()),
            },
            Ok(Err(panic)) => Err(message(panic.as_ref())),
            Err(_) => Err(format!("the test took more than {LONGEST_TEST:?}")),
        };
        // A browser that does not respond would block these commands, too.
        if result.is_err() && timeout(LONGEST_CAPTURE, page.keep_failure()).await.is_err() {
            eprintln!("no screenshot: the browser does not respond");
        }
        session.close().await;
        result
    }

    /// Returns the folder of the screenshots of a test, which are deleted before its next run.
    pub(crate) fn folder(&self, test: &str) -> PathBuf {
        self.target.join("browser").join(test.replace("::", "/"))
    }

    /// Stops chromedriver.
    pub(crate) fn stop(&self) {
        drop(self.driver.lock().unwrap().take());
    }

    /// Returns what is missing, if anything.
    fn requirements(&self) -> Result<(), String> {
        for name in ["chromium", "chromedriver"] {
            program(name).ok_or_else(|| format!("{name} is not installed"))?;
        }
        self.axe().map(drop)
    }

    fn axe(&self) -> Result<Arc<str>, String> {
        let script = || axe_core::script(&self.target.join("axe")).map(Arc::from);
        self.axe.get_or_init(script).clone()
    }

    /// Returns the URL of chromedriver. Starts it if it is not running.
    fn driver_url(&self) -> Result<String, String> {
        let mut driver = self.driver.lock().unwrap();
        if driver.is_none() {
            let folder = self.target.join("browser");
            let started = fs::create_dir_all(&folder)
                .and_then(|()| Chromedriver::start(&folder.join("chromedriver.log")));
            *driver = Some(started.map_err(|error| format!("chromedriver: {error}"))?);
        }
        Ok(driver.as_ref().unwrap().url().to_owned())
    }

    /// Waits until fewer than [`BROWSERS`] browsers are open.
    fn slot(&self) -> Slot<'_> {
        let free = self.free.lock().unwrap();
        let mut free = self.freed.wait_while(free, |free| *free == 0).unwrap();
        *free -= 1;
        Slot(self)
    }
}

/// Permission to open a browser.
struct Slot<'a>(&'a BrowserPool);

impl Drop for Slot<'_> {
    fn drop(&mut self) {
        *self.0.free.lock().unwrap() += 1;
        self.0.freed.notify_one();
    }
}

fn message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
    text.unwrap_or("the test panicked").to_owned()
}

/// Longest time for one test.
pub(crate) const LONGEST_TEST: Duration = Duration::from_secs(120);
const LONGEST_START: Duration = Duration::from_secs(30);
const LONGEST_CAPTURE: Duration = Duration::from_secs(10);
const BROWSERS: usize = 2;
