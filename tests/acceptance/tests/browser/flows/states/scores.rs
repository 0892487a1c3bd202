//! The preview of a score, and the bar of the score ranges.

use fantoccini::key::Key;
use serde_json::{Value, json};

use super::{SCORECARD, at_push};
use crate::{flows::person::Person, page::Page, stage::Stage};

/// While a person types, the preview shows what the endpoint returns.
pub(super) async fn live_preview(page: Page) {
    let (person, stage) = at_push(&page).await;
    let part = person.section(SCORECARD);
    for (score, bounds) in [
        ("72.5", ["80", "60", "40", "20"]),
        ("85", ["80", "60", "40", "20"]),
        ("79.9", ["80", "60", "40", "20"]),
        ("79.9", ["79.9", "60", "40", "20"]),
        ("0", ["79.9", "50.5", "40", "20"]),
        ("100", ["79.9", "50.5", "40", "0.5"]),
    ] {
        for (label, bound) in BOUNDS.into_iter().zip(bounds) {
            if part.field(label).await.value().await != bound {
                part.fill(label, bound).await;
            }
        }
        // The marker has the same name.
        let field = part.find("textbox", "Score to preview").await;
        field.fill(score).await;
        let expected = expected(&stage, score, bounds).await;
        let mut shown = Value::Null;
        let waited = crate::wait::try_until("the preview", async || {
            shown = page.js(SHOWN, vec![]).await;
            shown == expected
        });
        assert!(waited.await.is_ok(), "{score}: {shown}, not {expected}");
    }

    part.fill("Yes from", "95").await;
    part.shows("The preview appears when these problems are corrected:")
        .await;
    assert_eq!(
        stage.ask("GET", "settings/push", None).await.1["version"],
        1
    );
    stage.stop().await;
}

/// What the preview has to show for a score: the sentence, the row of its range, and the rows of
/// all ranges.
async fn expected(stage: &Stage, score: &str, bounds: [&str; 4]) -> Value {
    let numbers = bounds.map(|bound| bound.parse::<f64>().unwrap());
    let [strong_yes, yes, mixed, no] = numbers;
    let thresholds = json!({ "strong_yes": strong_yes, "yes": yes, "mixed": mixed, "no": no });
    let body = json!({ "thresholds": thresholds, "mixed_overall": "no_decision" });
    let (status, preview) = stage.ask("POST", "preview", Some(body)).await;
    assert_eq!(status, 200, "{preview}");
    let ranges = preview["ranges"].as_array().unwrap();
    let value: f64 = score.parse().unwrap();
    let at = numbers.iter().filter(|bound| value < **bound).count();
    let label = ranges[at]["label"].as_str().unwrap();
    let rows = ranges.iter().map(|range| {
        ["label", "range", "overall", "attribute_rating"].map(|member| range[member].clone())
    });
    json!({
        "sentence": format!("A score of {score} is {label}."),
        "current": label,
        "rows": rows.collect::<Vec<_>>(),
        "sent": [ranges[at]["overall"], ranges[at]["attribute_rating"]],
    })
}

/// Dragging a handle changes the number, and stops at the neighbours.
pub(super) async fn bar_with_mouse(page: Page) {
    let (person, stage) = at_push(&page).await;
    let part = person.section(SCORECARD);
    drag(&person, "Lowest score for Yes", 70.0).await;
    assert_eq!(bounds(&person).await, ["80", "70", "40", "20"]);
    part.shows("Unsaved changes").await;
    drag(&person, "Lowest score for Yes", 97.0).await;
    assert_eq!(bounds(&person).await, ["80", "79", "40", "20"]);
    drag(&person, "Lowest score for Yes", 3.0).await;
    assert_eq!(bounds(&person).await, ["80", "41", "40", "20"]);
    drag(&person, "Lowest score for No", 120.0).await;
    assert_eq!(bounds(&person).await, ["80", "41", "40", "39"]);
    drag(&person, "Lowest score for Strong Yes", 120.0).await;
    assert_eq!(bounds(&person).await, ["100", "41", "40", "39"]);
    drag(&person, "Lowest score for No", -20.0).await;
    assert_eq!(bounds(&person).await, ["100", "41", "40", "1"]);

    drag(&person, "Score to preview", 85.0).await;
    part.shows("A score of 85 is Yes.").await;
    drag(&person, "Score to preview", -20.0).await;
    part.shows("A score of 0 is Definitely Not.").await;
    drag(&person, "Score to preview", 72.0).await;

    // A typed number moves the handle.
    part.fill("Yes from", "62.5").await;
    let handle = part.find("slider", "Lowest score for Yes").await;
    assert_eq!(handle.attr("aria-valuenow").await.unwrap(), "62.5");
    assert_eq!(
        handle.attr("aria-valuetext").await.unwrap(),
        "Yes from 62.5"
    );
    let x = handle.js("return arguments[0].querySelector('svg').getAttribute('x')");
    assert_eq!(x.await, "62.5%");
    part.shows("A score of 72 is Yes.").await;
    stage.stop().await;
}

/// Arrow keys move a handle, and stop at the neighbours.
pub(super) async fn bar_with_keys(page: Page) {
    let (person, stage) = at_push(&page).await;
    page.tab_to("slider", "Lowest score for Yes").await;
    assert!(page.focus_is_visible().await);
    for (key, times, expected) in [
        (Key::Right, 1, "61"),
        (Key::Up, 1, "62"),
        (Key::Left, 3, "59"),
        (Key::Down, 1, "58"),
        (Key::PageUp, 1, "68"),
        (Key::PageUp, 2, "79"),
        (Key::Right, 1, "79"),
        (Key::PageDown, 1, "69"),
        (Key::Home, 1, "41"),
        (Key::Left, 1, "41"),
        (Key::End, 1, "79"),
    ] {
        for _ in 0..times {
            page.press(key).await;
        }
        assert_eq!(
            bounds(&person).await,
            ["80", expected, "40", "20"],
            "{key:?}"
        );
    }
    let part = person.section(SCORECARD);
    part.shows("Unsaved changes").await;
    part.shows("A score of 72.5 is Mixed.").await;
    part.save("Save changes").await;
    let stored = super::stored(&stage).await;
    assert_eq!(stored["thresholds"]["yes"], 79);
    stage.stop().await;
}

/// Drags a handle to a score.
async fn drag(person: &Person, handle: &str, score: f64) {
    let handle = person.section(SCORECARD).find("slider", handle).await;
    let place = handle.js(PLACE).await;
    let number = |name: &str| place[name].as_f64().unwrap();
    let (start, y) = (number("x"), number("y"));
    let end = number("left") + number("width") * score / 100.0;
    let steps = [
        ("mouseMoved", start, 0),
        ("mousePressed", start, 1),
        ("mouseMoved", (start + end) / 2.0, 1),
        ("mouseMoved", end, 1),
        ("mouseReleased", end, 0),
    ];
    for (kind, x, buttons) in steps {
        let button = if kind == "mouseMoved" && buttons == 0 {
            "none"
        } else {
            "left"
        };
        let event = json!({
            "type": kind, "x": x, "y": y, "button": button, "buttons": buttons, "clickCount": 1,
        });
        person.page.cdp("Input.dispatchMouseEvent", event).await;
    }
}

/// The numbers in the fields of the bounds, the highest first.
async fn bounds(person: &Person) -> [String; 4] {
    let mut values = Vec::new();
    for label in BOUNDS {
        let field = person.section(SCORECARD).field(label).await;
        values.push(field.value().await);
    }
    values.try_into().unwrap()
}

const BOUNDS: [&str; 4] = ["Strong Yes from", "Yes from", "Mixed from", "No from"];
/// A visible point of a handle, and the extent of its bar.
const PLACE: &str = "
    const bar = arguments[0].closest('[data-bar]');
    bar.scrollIntoView({ block: 'center', behavior: 'instant' });
    const { left, width } = bar.getBoundingClientRect();
    const circle = arguments[0].querySelector('circle').getBoundingClientRect();
    const y = circle.y + circle.height / 2;
    // Another handle can cover a part of the circle.
    const x = [0.5, 0.1, 0.9].map((at) => circle.x + circle.width * at)
        .find((x) => arguments[0].contains(document.elementFromPoint(x, y)));
    return { left, width, x, y };
";
/// What the preview shows.
const SHOWN: &str = "
    const preview = document.querySelector('[data-preview-into]');
    const text = (node) => node?.innerText.trim() ?? null;
    const rows = [...preview.querySelectorAll('tbody tr')];
    const cells = (row) => [...row.querySelectorAll('th, td')].map(text);
    const label = (row) => cells(row)[0].replace(' (this score)', '');
    return {
        sentence: text(preview.querySelector('.gh-recommended')),
        current: rows.filter((row) => row.ariaCurrent === 'true').map(label).join(),
        rows: rows.map((row) => [label(row), ...cells(row).slice(1)]),
        sent: [...preview.querySelectorAll('.gh-sent dd')].map(text),
    };
";
