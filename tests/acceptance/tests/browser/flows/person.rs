//! A person at a page: finds things by their names, and uses them with one kind of hand.

use std::time::Duration;

use fantoccini::key::Key;
use serde_json::{Value, json};

use crate::{
    page::{Element, Page},
    stage::Stage,
    wait,
};

/// How a person uses a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hand {
    Mouse,
    /// Keys only. Every element that is used must be reached with Tab and show its focus.
    Keyboard,
}

/// A person who has a page open.
#[derive(Debug)]
pub(super) struct Person {
    pub(super) page: Page,
    pub(super) hand: Hand,
    /// `false` if the scripts of pages are switched off.
    pub(super) has_scripts: bool,
}

impl Person {
    pub(super) fn new(page: &Page, hand: Hand) -> Self {
        Self {
            page: page.clone(),
            hand,
            has_scripts: true,
        }
    }

    /// Opens the console, which asks for the operator token first.
    pub(super) async fn sign_in(&self, stage: &Stage) {
        let page = &self.page;
        page.goto(stage.url("/console")).await;
        page.find("heading", "Sign in").await;
        self.whole().fill("Operator token", stage.token()).await;
        self.whole().submit("button", "Sign in").await;
        assert_eq!(page.url().await, stage.url("/console/assessments"));
    }

    /// Follows a tab of the settings.
    pub(super) async fn open(&self, tab: &str) {
        self.part("navigation", "Settings")
            .submit("link", tab)
            .await;
    }

    /// The whole page.
    pub(super) fn whole(&self) -> Part<'_> {
        Part {
            person: self,
            place: None,
        }
    }

    /// The part of the page with this role and accessible name.
    pub(super) fn part<'a>(&'a self, role: &'a str, name: &'a str) -> Part<'a> {
        let place = Some((role, name));
        Part {
            person: self,
            place,
        }
    }

    /// A section of the page with this heading.
    pub(super) fn section<'a>(&'a self, title: &'a str) -> Part<'a> {
        self.part("region", title)
    }

    /// Waits until the page shows this text. Without scripts, the page is loaded again and again.
    pub(super) async fn see(&self, text: &str) {
        let address = self.page.url().await;
        let is_shown = async || {
            let is_shown = self.sees(text).await;
            if !is_shown && !self.has_scripts {
                self.page.goto(&address).await;
            }
            is_shown
        };
        let what = format!("the text {text:?}");
        if let Err(late) = wait::try_for(LONGEST_LOAD, &what, is_shown).await {
            panic!("{late}; {address} shows:\n{}", self.page.text().await);
        }
    }

    /// Returns `true` if the page shows this text now.
    pub(super) async fn sees(&self, text: &str) -> bool {
        self.page.text().await.contains(text)
    }

    /// Closes a modal dialog: with its button, or with Escape.
    pub(super) async fn close_dialog(&self, role: &str, title: &str) {
        match self.hand {
            Hand::Keyboard if self.has_scripts => self.page.press(Key::Escape).await,
            _ if self.has_scripts => self.part("dialog", title).press(role, "Close").await,
            _ => self.part("dialog", title).submit(role, "Close").await,
        }
        self.page.wait_gone("dialog", title).await;
    }

    /// Fails if a keyboard user does not have the focus at an element with this selector.
    pub(super) async fn assert_focus_at(&self, selector: &str) {
        if self.hand == Hand::Mouse {
            return;
        }
        let script = "return document.activeElement.matches(arguments[0])";
        let arguments = vec![json!(selector)];
        let is_there = async || self.page.js(script, arguments.clone()).await == true;
        let what = format!("the focus at {selector}");
        if let Err(late) = wait::try_until(&what, is_there).await {
            panic!("{late}; it is at {}", self.page.focus().await);
        }
    }

    /// Uses an element: a click, or the focus and a key.
    async fn activate(&self, element: &Element, key: Key) {
        match self.hand {
            Hand::Mouse => click(element).await,
            Hand::Keyboard => {
                self.focus_on(element).await;
                self.page.press(key).await;
            }
        }
    }

    /// Moves the focus to an element with Tab, or with Shift and Tab if the element is before the
    /// present one.
    async fn focus_on(&self, element: &Element) {
        let mut presses = 0;
        loop {
            let direction = element.js(DIRECTION).await;
            match direction.as_str() {
                Some("here") => break,
                Some("before") => self.page.press_with(Key::Shift, Key::Tab).await,
                _ => self.page.press(Key::Tab).await,
            }
            presses += 1;
            assert!(
                presses < LONGEST_ROUND,
                "Tab does not reach {}; the focus is at {}",
                element.js("return arguments[0].outerHTML").await,
                self.page.focus().await
            );
        }
        assert!(
            self.page.focus_is_visible().await,
            "the focus is not visible at {}",
            self.page.focus().await
        );
        let is_covered = element.js(IS_COVERED).await;
        assert_eq!(is_covered, false, "{} is covered", self.page.focus().await);
    }
}

/// Scrolls to an element and clicks it.
async fn click(element: &Element) {
    element.js(SCROLL).await;
    element.click().await;
}

/// A part of a page, in which names are unique.
#[derive(Debug, Clone, Copy)]
pub(super) struct Part<'a> {
    person: &'a Person,
    place: Option<(&'a str, &'a str)>,
}

impl Part<'_> {
    /// Waits for the element with this role and accessible name.
    pub(super) async fn find(&self, role: &str, name: &str) -> Element {
        match self.place {
            None => self.person.page.find(role, name).await,
            Some((own, title)) => {
                let place = self.person.page.find(own, title).await;
                place.find(role, name).await
            }
        }
    }

    /// Waits for the form field with this label.
    pub(super) async fn field(&self, label: &str) -> Element {
        match self.place {
            None => self.person.page.field(label).await,
            Some((own, title)) => self.person.page.find(own, title).await.field(label).await,
        }
    }

    /// Returns the visible text.
    pub(super) async fn text(&self) -> String {
        match self.place {
            None => self.person.page.text().await,
            Some((own, title)) => self.person.page.find(own, title).await.text().await,
        }
    }

    /// Waits until the part shows this text.
    pub(super) async fn shows(&self, text: &str) {
        let what = format!("the text {text:?}");
        let shows = async || self.text().await.contains(text);
        self.person.page.wait_for(&what, shows).await;
    }

    /// Uses a button or a link.
    pub(super) async fn press(&self, role: &str, name: &str) {
        let element = self.find(role, name).await;
        self.person.activate(&element, Key::Enter).await;
    }

    /// Uses a button or a link that leads to another page or to the same one with new content, and
    /// waits for that content.
    pub(super) async fn submit(&self, role: &str, name: &str) {
        let page = &self.person.page;
        page.js(MARK, vec![]).await;
        self.press(role, name).await;
        let what = format!("the page after {role} {name:?}");
        let is_replaced = async || page.try_js(IS_REPLACED).await == Some(Value::Bool(true));
        if let Err(late) = wait::try_for(LONGEST_LOAD, &what, is_replaced).await {
            panic!("{late}; {} shows:\n{}", page.url().await, page.text().await);
        }
    }

    /// Saves a form. The page says that the changes are saved.
    pub(super) async fn save(&self, button: &str) {
        self.submit("button", button).await;
        let page = &self.person.page;
        assert!(
            page.text().await.contains("The changes are saved."),
            "{}",
            page.text().await
        );
    }

    /// Replaces the value of a field.
    pub(super) async fn fill(&self, label: &str, text: &str) {
        let field = self.field(label).await;
        match self.person.hand {
            Hand::Mouse => {
                click(&field).await;
                field.fill(text).await;
            }
            // Tab selects the present value, so that typing replaces it.
            Hand::Keyboard => {
                self.person.focus_on(&field).await;
                self.person.page.type_text(text).await;
            }
        }
        assert_eq!(field.value().await, text, "{label}");
    }

    /// Chooses an option of a list by its label.
    pub(super) async fn choose(&self, label: &str, option: &str) {
        let list = self.field(label).await;
        match self.person.hand {
            Hand::Mouse => list.choose(option).await,
            Hand::Keyboard => {
                self.person.focus_on(&list).await;
                let chosen = "return arguments[0].selectedOptions[0].label";
                for key in [Key::Up, Key::Down] {
                    for _ in 0..LONGEST_LIST {
                        if list.js(chosen).await == option {
                            break;
                        }
                        self.person.page.press(key).await;
                    }
                }
            }
        }
        let chosen = list.js("return arguments[0].selectedOptions[0].label.trim()");
        assert_eq!(chosen.await, option, "{label}");
    }

    /// Checks or unchecks a checkbox.
    pub(super) async fn check(&self, label: &str) {
        let checkbox = self.find("checkbox", label).await;
        self.person.activate(&checkbox, Key::Space).await;
    }

    /// Chooses a radio button.
    pub(super) async fn pick(&self, label: &str) {
        let radio = self.find("radio", label).await;
        match self.person.hand {
            Hand::Mouse => click(&radio).await,
            Hand::Keyboard => {
                let group = "return document.activeElement.name === arguments[0].name";
                let mut presses = 0;
                while radio.js(group).await != true {
                    match radio.js(DIRECTION).await == "before" {
                        true => self.person.page.press_with(Key::Shift, Key::Tab).await,
                        false => self.person.page.press(Key::Tab).await,
                    }
                    presses += 1;
                    assert!(
                        presses < LONGEST_ROUND,
                        "Tab does not reach radio {label:?}"
                    );
                }
                let mut presses = 0;
                while radio
                    .js("return arguments[0] !== document.activeElement")
                    .await
                    == true
                {
                    self.person.page.press(Key::Down).await;
                    presses += 1;
                    assert!(presses < LONGEST_LIST, "no arrow reaches radio {label:?}");
                }
                if radio.js("return arguments[0].checked").await == false {
                    self.person.page.press(Key::Space).await;
                }
            }
        }
        assert_eq!(
            radio.js("return arguments[0].checked").await,
            true,
            "{label}"
        );
    }
}

/// Returns where an element is, seen from the focus.
const DIRECTION: &str = "
    const [own, active] = [arguments[0], document.activeElement ?? document.body];
    if (active === own) return 'here';
    const position = active.compareDocumentPosition(own);
    return position & Node.DOCUMENT_POSITION_PRECEDING ? 'before' : 'after';
";
const SCROLL: &str = "arguments[0].scrollIntoView({ block: 'center', behavior: 'instant' })";
/// Returns `true` if another element covers the middle of an element.
const IS_COVERED: &str = "
    const [own] = arguments;
    const { x, y, width, height } = own.getBoundingClientRect();
    const top = document.elementFromPoint(x + width / 2, y + height / 2);
    return top === null || !(own.contains(top) || top.contains(own));
";
/// Marks the content of the page.
const MARK: &str = "document.querySelector('.gh').setAttribute('data-test-seen', '')";
/// Returns `true` if the page has new and complete content.
const IS_REPLACED: &str = "
    const content = document.querySelector('.gh');
    return document.readyState === 'complete' && content !== null
        && !content.matches('[data-test-seen], [aria-busy]')
        && content.querySelector('[aria-busy]') === null;
";
/// A page can wait for the rate limit of Greenhouse, which counts the requests of 30 seconds.
const LONGEST_LOAD: Duration = Duration::from_secs(45);
const LONGEST_ROUND: usize = 200;
const LONGEST_LIST: usize = 60;
