//! Inspection of one state after the other.

use serde_json::{Value, json};

use crate::page::Page;

/// Inspects the states of one list of the table: axe in both themes and at both widths, and the
/// layout at both widths and at 200 %.
#[derive(Debug)]
pub(super) struct Inspection<'a> {
    page: &'a Page,
    expected: std::slice::Iter<'static, &'static str>,
    inspected: Vec<Inspected>,
    faults: Vec<String>,
}

#[derive(Debug)]
struct Inspected {
    state: &'static str,
    /// Size of the compressed document in bytes.
    size: u64,
    faults: usize,
}

impl<'a> Inspection<'a> {
    pub(super) fn new(page: &'a Page, states: &'static [&'static str]) -> Self {
        Self {
            page,
            expected: states.iter(),
            inspected: Vec::new(),
            faults: Vec::new(),
        }
    }

    /// Inspects the page, which is in the next state of the list. The name is repeated by the test,
    /// so that it can be read beside the steps that lead to the state.
    pub(super) async fn state(&mut self, name: &str) {
        let state = *self.expected.next().expect("a state of the list");
        assert_eq!(state, name);
        let page = self.page;
        page.wait_until_loaded().await;
        let before = self.faults.len();
        let size = page.js(SIZE, vec![]).await.as_u64().unwrap();
        if size > LARGEST {
            self.faults.push(format!("{state}: {size} bytes"));
        }
        let file = file_name(state);
        for (device, width, height) in DEVICES {
            page.window(width, height).await;
            // The scroll bars of a phone need no place.
            let hidden = json!({ "hidden": device == "phone" });
            page.cdp("Emulation.setScrollbarsHidden", hidden).await;
            for theme in ["dark", "light"] {
                // One image of each theme and of each device shows the rest.
                let is_main = (device == "phone") == (theme == "dark");
                page.color_scheme(theme).await;
                if is_main || self.inspected.is_empty() {
                    page.screenshot(&format!("{file}-{device}-{theme}")).await;
                }
                self.check_accessibility(&format!("{state}, {device}, {theme}"))
                    .await;
            }
            self.check_layout(&format!("{state}, {device}")).await;
        }
        page.window(1280, 800).await;
        page.zoom(2.0).await;
        self.check_layout(&format!("{state}, 200 %")).await;
        page.zoom(1.0).await;
        self.inspected.push(Inspected {
            state,
            size,
            faults: self.faults.len() - before,
        });
    }

    /// Prints the states. Fails if a state is missing or has faults.
    pub(super) fn end(self) {
        for Inspected {
            state,
            size,
            faults,
        } in &self.inspected
        {
            println!(
                "{faults:3} faults {:5.1} kB  {state}",
                *size as f64 / 1000.0
            );
        }
        assert_eq!(self.expected.len(), 0, "{:?}", self.expected);
        assert!(self.faults.is_empty(), "\n{}", self.faults.join("\n"));
    }

    async fn check_accessibility(&mut self, place: &str) {
        let found = self.page.axe().await;
        let found = found.into_iter().map(|fault| format!("{place}: {fault}"));
        self.faults.extend(found);
    }

    async fn check_layout(&mut self, place: &str) {
        let found = layout_faults(self.page).await.into_iter();
        self.faults
            .extend(found.map(|fault| format!("{place}: {fault}")));
    }
}

/// Returns what is wider than its place on the page, one text each.
pub(crate) async fn layout_faults(page: &Page) -> Vec<String> {
    let found = page.js(LAYOUT, vec![]).await;
    let found = found.as_array().into_iter().flatten();
    let found = found.filter_map(Value::as_str).map(str::to_owned);
    found.collect()
}

/// Name of a state in the names of files.
fn file_name(state: &str) -> String {
    let words = state.split(|letter: char| !letter.is_alphanumeric());
    let words: Vec<_> = words.filter(|word| !word.is_empty()).collect();
    words.join("-").to_lowercase()
}

const DEVICES: [(&str, u32, u32); 2] = [("phone", 360, 740), ("desktop", 1280, 800)];
/// Largest compressed document in bytes.
const LARGEST: u64 = 30_000;

const SIZE: &str = "
    const page = new Blob([document.documentElement.outerHTML]).stream();
    const compressed = new Response(page.pipeThrough(new CompressionStream('gzip')));
    return compressed.arrayBuffer().then((bytes) => bytes.byteLength);
";

/// Returns what is wider than its place: the page, a box whose content is cut off or spills, a box
/// that scrolls, and a dialog outside the window.
const LAYOUT: &str = "
    const faults = [];
    const { clientWidth, scrollWidth } = document.documentElement;
    const named = (node) => `<${node.localName} class=\"${node.getAttribute('class') ?? ''}\"> \
        ${node.textContent.trim().replace(/\\s+/g, ' ').slice(0, 80)}`;
    const isSeen = (node) => {
        if (!node.checkVisibility({ visibilityProperty: true })) return false;
        for (let up = node; up; up = up.parentElement ?? up.getRootNode().host) {
            if (getComputedStyle(up).clipPath !== 'none') return false;
        }
        const { width, height } = node.getBoundingClientRect();
        return width > 0 && height > 0;
    };
    const BOXES = 'button, .gh-button, .gh-status, .gh-notice, .gh-section, .gh-field, .gh-copy, '
        + 'th, td, li, p, dialog, label, legend, summary, dd, dt, h1, h2, h3, h4';
    const visit = (root) => {
        for (const node of root.querySelectorAll('*')) {
            if (node.shadowRoot) visit(node.shadowRoot);
            if (node.closest('svg, select, option, input, textarea') || !isSeen(node)) continue;
            const style = getComputedStyle(node);
            const isWide = node.clientWidth > 0 && node.scrollWidth > node.clientWidth + 1;
            const isHigh = node.clientHeight > 0 && node.scrollHeight > node.clientHeight + 1;
            if (['hidden', 'clip'].includes(style.overflowX) && isWide) {
                faults.push(`cut off: ${named(node)}`);
            }
            if (['hidden', 'clip'].includes(style.overflowY) && isHigh) {
                faults.push(`cut off below: ${named(node)}`);
            }
            if (['auto', 'scroll'].includes(style.overflowX) && isWide) {
                faults.push(`scrolls: ${named(node)}`);
            }
            if (style.overflowX === 'visible' && isWide && node.matches(BOXES)) {
                faults.push(`spills: ${named(node)}`);
            }
            const { left, right } = node.getBoundingClientRect();
            if (node.matches('dialog') && (left < -1 || right > innerWidth + 1)) {
                faults.push(`outside the window: ${named(node)}`);
            }
            if (node.matches(BOXES) && left < -1 && !node.matches('dialog')) {
                faults.push(`cut off at the left: ${named(node)}`);
            }
            if (scrollWidth > clientWidth && right > clientWidth + 1) {
                faults.push(`wider than the window: ${named(node)}`);
            }
        }
    };
    visit(document);
    const signOut = document.querySelector('.gh-sign-out button')?.getBoundingClientRect();
    for (const node of signOut ? document.querySelectorAll('.gh *') : []) {
        const isText = [...node.childNodes].some((own) => own.nodeType === 3 && own.data.trim());
        if (!isText || !isSeen(node)) continue;
        const range = document.createRange();
        range.selectNodeContents(node);
        for (const box of range.getClientRects()) {
            const isBeside = box.right <= signOut.left || box.left >= signOut.right
                || box.bottom <= signOut.top || box.top >= signOut.bottom;
            if (!isBeside && !node.closest('dialog')) faults.push(`covered: ${named(node)}`);
        }
    }
    if (scrollWidth > clientWidth) faults.push(`the page scrolls: ${scrollWidth} px`);
    return faults.slice(0, 12);
";
