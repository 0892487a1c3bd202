//! A form is saved, and a drawer with a form is closed.

use fantoccini::key::Key;
use serde_json::{Value, json};

use super::{SCORECARD, at_push, stored};
use crate::{flows::person::Hand, page::Page};

/// The page says where the person is that the form was saved. Nothing moves, and the focus stays.
pub(super) async fn saved(page: Page) {
    let (person, stage) = at_push(&page).await;
    let part = person.section(SCORECARD);
    for (device, width, height) in [("desktop", 1280, 800), ("phone", 360, 740)] {
        page.window(width, height).await;
        part.fill("Tags", device).await;
        page.js(REMEMBER_PLACE, vec![]).await;
        part.save("Save changes").await;
        assert_eq!(page.focus().await, "button \"Save changes\"", "{device}");
        let moved = page.js(MOVED, vec![]).await.as_f64().unwrap();
        assert!(moved.abs() < 3.0, "{device}: {moved} px");
        assert_eq!(page.js(IN_VIEW, vec![]).await, Value::Null, "{device}");
        page.wait_until("the announcement", ANNOUNCED).await;
        for theme in ["light", "dark"] {
            page.color_scheme(theme).await;
            page.screenshot(&format!("saved-{device}-{theme}")).await;
        }
        page.assert_accessible().await;
        assert_eq!(page.url().await, stage.url("/console/push#scorecard"));
    }
    assert_eq!(stored(&stage).await["tags"], json!(["phone"]));

    // Enter saves, too. The focus stays in the field.
    page.window(1280, 800).await;
    part.fill("Strong Yes from", "91").await;
    let field = part.field("Strong Yes from").await;
    field.js("arguments[0].focus()").await;
    page.press(Key::Enter).await;
    page.wait_until("the notice", NOTICE).await;
    assert_eq!(page.focus().await, "textbox \"Strong Yes from\"");
    assert_eq!(page.js(IN_VIEW, vec![]).await, Value::Null);
    // The notice goes out of the way when something else is entered.
    field_changes(&page).await;
    stage.stop().await;
}

async fn field_changes(page: &Page) {
    page.type_text("90").await;
    let position =
        "return getComputedStyle(document.querySelector('.gh-result')).position === 'static'";
    page.wait_until("the notice in its place", position).await;
}

/// Without scripts, the page is opened at the notice.
pub(super) async fn saved_without_scripts(page: Page) {
    page.javascript(false).await;
    let (person, stage) = at_push(&page).await;
    let part = person.section(SCORECARD);
    part.fill("Tags", "plain").await;
    part.save("Save changes").await;
    assert_eq!(
        page.url().await,
        stage.url("/console/push?saved=scorecard#scorecard")
    );
    assert_eq!(page.js(IN_VIEW, vec![]).await, Value::Null);
    page.screenshot("saved").await;
    assert_eq!(stored(&stage).await["tags"], json!(["plain"]));
    stage.stop().await;
}

/// A drawer with changes asks before it closes, however it is closed.
pub(super) async fn changed_drawer(page: Page) {
    let (mut person, stage) = at_push(&page).await;
    // A list that the driver changes sends no event of input.
    person.hand = Hand::Keyboard;
    let before = stored(&stage).await["jobs"].clone();
    let table = person.section("Job mapping");
    let link = "Change Account Executive";
    table.press("link", link).await;
    let drawer = person.part("dialog", "Change");
    drawer.find("button", "Save the mapping").await;
    page.press(Key::Escape).await;
    page.wait_gone("dialog", "Change").await;
    assert_eq!(page.focus().await, format!("link \"{link}\""));

    table.press("link", link).await;
    drawer.choose("Stage", "Offer").await;
    let question = "Your changes are not saved. Discard them?";
    for way in ["Escape", "Escape", "button", "backdrop"] {
        close(&page, way).await;
        assert_eq!(page.answer_question(false).await, question, "{way}");
        let stage_field = drawer.field("Stage").await;
        let chosen = stage_field.js("return arguments[0].selectedOptions[0].label");
        assert_eq!(chosen.await, "Offer", "{way}");
    }
    close(&page, "Escape").await;
    assert_eq!(page.answer_question(true).await, question);
    page.wait_gone("dialog", "Change").await;
    assert_eq!(stored(&stage).await["jobs"], before, "nothing was saved");

    // After saving, the focus is at the link that opened the drawer.
    table.press("link", link).await;
    drawer.choose("Stage", "Offer").await;
    drawer.save("Save the mapping").await;
    assert_eq!(page.focus().await, format!("link \"{link}\""));
    assert_eq!(page.js(IN_VIEW, vec![]).await, Value::Null);
    stage.stop().await;
}

async fn close(page: &Page, way: &str) {
    match way {
        "Escape" => page.press(Key::Escape).await,
        "button" => page.find("button", "Close").await.click().await,
        // A script would wait for the answer to the question.
        _ => drop(page.js(BACKDROP, vec![]).await),
    }
}

/// Returns what hides the notice, or `null`.
const IN_VIEW: &str = "
    const notice = document.querySelector('.gh-result');
    if (!notice?.textContent.includes('The changes are saved.')) return 'there is no notice';
    const { left, top, bottom, width } = notice.getBoundingClientRect();
    if (top < 0 || bottom > innerHeight) return `${top} to ${bottom} of ${innerHeight}`;
    const above = document.elementFromPoint(left + width / 2, (top + bottom) / 2);
    return notice.contains(above) ? null : above.outerHTML;
";
const BACKDROP: &str = "setTimeout(() => document.querySelector('dialog.gh-drawer').click())";
const NOTICE: &str = "return document.querySelector('.gh-result') !== null";
const ANNOUNCED: &str = "
    return [...document.querySelectorAll('.gh-hidden[role=status]')]
        .some((one) => one.textContent.includes('The changes are saved.'));
";
/// Remembers where the form is when it is sent.
const REMEMBER_PLACE: &str = "
    const remember = ({ target }) => (window.place = target.getBoundingClientRect().top);
    addEventListener('submit', remember, { capture: true, once: true });
";
/// Returns how far the form has moved, in pixels.
const MOVED: &str = "
    const { top } = document.querySelector('#scorecard form').getBoundingClientRect();
    return top - window.place;
";
