//! A page in a browser, as a person uses it: by roles and names, with mouse and keyboard.
//!
//! Every method panics if the browser fails. Methods that wait do so for at most
//! [`PATIENCE`](crate::wait::PATIENCE).

mod axe;
mod capture;
mod console;
mod driver;
mod element;
mod emulation;
mod find;
mod keyboard;
mod probe;

use std::{
    path::PathBuf,
    sync::{Arc, Mutex, atomic::AtomicBool},
};

use fantoccini::Client;
use serde_json::Value;

use self::driver::ok;
use crate::{session::Session, wait};

pub(crate) use self::{console::ConsoleMessage, element::Element};

/// The current tab of a browser. Clones are the same page.
#[derive(Debug, Clone)]
pub(crate) struct Page(Arc<State>);

#[derive(Debug)]
struct State {
    client: Client,
    process: u64,
    /// Folder of the screenshots.
    folder: PathBuf,
    axe: Arc<str>,
    console: Mutex<Vec<ConsoleMessage>>,
    /// `false` if the scripts of pages are switched off.
    has_scripts: AtomicBool,
    /// Width and height of the window in CSS pixels at 100 % zoom.
    window: Mutex<(u32, u32)>,
}

impl Page {
    /// Creates the page of a new browser, with a window of 1280 × 800. Screenshots are stored in
    /// `folder`.
    pub(crate) async fn open(
        session: &Session,
        folder: PathBuf,
        axe: Arc<str>,
    ) -> Result<Self, String> {
        let page = Self(Arc::new(State {
            client: session.client().clone(),
            process: session.process(),
            folder,
            axe,
            console: Mutex::default(),
            has_scripts: AtomicBool::new(true),
            window: Mutex::new((1280, 800)),
        }));
        page.try_metrics(1.0).await?;
        Ok(page)
    }

    /// Opens a URL and waits until the page is loaded.
    pub(crate) async fn goto(&self, url: impl AsRef<str>) {
        ok(self.0.client.goto(url.as_ref()).await);
    }

    /// Loads the page again.
    pub(crate) async fn reload(&self) {
        ok(self.0.client.refresh().await);
    }

    /// Goes back in the history.
    pub(crate) async fn back(&self) {
        ok(self.0.client.back().await);
    }

    /// Returns the URL of the page.
    pub(crate) async fn url(&self) -> String {
        ok(self.0.client.current_url().await).into()
    }

    /// Returns the title of the page.
    pub(crate) async fn title(&self) -> String {
        ok(self.0.client.title().await)
    }

    /// Opens a tab and switches to it. Emulation of the earlier tab, except the size of the window,
    /// does not apply to it.
    pub(crate) async fn open_tab(&self) {
        let tab = ok(self.0.client.new_window(true).await);
        ok(self.0.client.switch_to_window(tab.handle).await);
        self.try_metrics(1.0).await.unwrap();
    }

    /// Switches to the tab at this position, in the order in which the tabs were opened.
    pub(crate) async fn switch_tab(&self, position: usize) {
        let tabs = ok(self.0.client.windows().await);
        let tab = tabs[position].clone();
        ok(self.0.client.switch_to_window(tab).await);
    }

    /// Closes this tab. Afterwards, the test switches to another one.
    pub(crate) async fn close_tab(&self) {
        ok(self.0.client.close_window().await);
    }

    /// Returns the visible text of the page, with the text in open shadow roots.
    pub(crate) async fn text(&self) -> String {
        let text = self.js(VISIBLE_TEXT, vec![]).await;
        text.as_str().unwrap_or_default().to_owned()
    }

    /// Returns the result of a script, which is the body of a function with these arguments. The
    /// Content Security Policy of the page does not apply to it.
    pub(crate) async fn js(&self, script: &str, arguments: Vec<Value>) -> Value {
        ok(self.0.client.execute(script, arguments).await)
    }

    /// Like [`js`](Self::js), but returns `None` while the page is being replaced.
    pub(crate) async fn try_js(&self, script: &str) -> Option<Value> {
        self.0.client.execute(script, vec![]).await.ok()
    }

    /// Waits until `condition` returns `true`.
    pub(crate) async fn wait_for(&self, what: &str, condition: impl AsyncFnMut() -> bool) {
        if let Err(late) = wait::try_until(what, condition).await {
            panic!("{late}; {} shows:\n{}", self.url().await, self.text().await);
        }
    }

    /// Waits until the page shows this text.
    pub(crate) async fn wait_for_text(&self, text: &str) {
        let what = format!("the text {text:?}");
        let shows = async || self.try_text().await.is_some_and(|all| all.contains(text));
        self.wait_for(&what, shows).await;
    }

    /// Waits for a question of the page, such as `confirm()`, and accepts or dismisses it. Returns
    /// its text.
    pub(crate) async fn answer_question(&self, accept: bool) -> String {
        let client = &self.0.client;
        let mut text = String::new();
        let asks = async || {
            text = client.get_alert_text().await.unwrap_or_default();
            !text.is_empty()
        };
        wait::until("a question of the page", asks).await;
        ok(match accept {
            true => client.accept_alert().await,
            false => client.dismiss_alert().await,
        });
        text
    }

    /// Returns the process id of the browser.
    pub(crate) fn process(&self) -> u64 {
        self.0.process
    }

    /// Returns `None` while the page is being replaced.
    async fn try_text(&self) -> Option<String> {
        let text = self.try_js(VISIBLE_TEXT).await?;
        text.as_str().map(str::to_owned)
    }
}

const VISIBLE_TEXT: &str = "
    const texts = [];
    const read = (root) => {
        for (const host of root.querySelectorAll('*')) {
            if (!host.shadowRoot) continue;
            for (const child of host.shadowRoot.children) {
                if (child.tagName !== 'STYLE' && child.tagName !== 'LINK') {
                    texts.push(child.innerText);
                }
            }
            read(host.shadowRoot);
        }
    };
    texts.push(document.body?.innerText ?? '');
    read(document);
    return texts.join('\\n');
";
