//! Limits on the style sheet and the script, as they are served.

use std::io::Write;

use console::texts::Texts;
use flate2::{Compression, write::GzEncoder};

use crate::stage::Stage;

/// Addresses of the style sheet and the script in a page.
async fn assets(stage: &Stage) -> (String, String) {
    let page = stage.get("/assessments").await.body;
    let address = |before: &str| {
        let (_, rest) = page.split_once(before).unwrap();
        let path = rest.split('"').next().unwrap();
        path.strip_prefix("/mounted").unwrap().to_owned()
    };
    let style = address("<link rel=\"stylesheet\" href=\"");
    (style, address("<script type=\"module\" src=\""))
}

fn compressed(text: &str) -> usize {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap().len()
}

#[tokio::test]
async fn script_and_style_are_small() {
    let stage = Stage::empty().await;
    let (style, script) = assets(&stage).await;
    let (style, script) = (stage.get(&style).await.body, stage.get(&script).await.body);
    let size = compressed(&style) + compressed(&script);
    assert!(size > 4_000, "{size} bytes: they are not served");
    assert!(size <= 20_000, "{size} bytes");
    let lines = script.lines().count();
    assert!(lines <= 400, "{lines} lines");
}

#[tokio::test]
async fn script_and_style_load_nothing_from_elsewhere_and_store_nothing() {
    let stage = Stage::empty().await;
    let (style, script) = assets(&stage).await;
    for (path, denied) in [
        (&style, &["http:", "https:", "//", "@import", "url("][..]),
        (
            &script,
            &[
                "http:",
                "https:",
                "localStorage",
                "sessionStorage",
                "indexedDB",
                "document.cookie",
                "console.log",
                "eval(",
                "Function(",
                "import(",
                "innerHTML",
                "outerHTML",
                "insertAdjacentHTML",
                "document.write",
            ],
        ),
    ] {
        let text = stage.get(path).await.body;
        for denied in denied {
            assert!(!text.contains(denied), "{path} contains {denied}");
        }
    }
}

#[tokio::test]
async fn the_script_knows_the_style_sheet_and_the_english_texts() {
    let stage = Stage::empty().await;
    let (style, script) = assets(&stage).await;
    let script = stage.get(&script).await.body;
    let name = style.trim_start_matches('/');
    assert!(script.contains(&format!("\"{name}\"")), "{name}");
    let texts = &Texts::ENGLISH.common;
    for text in [texts.offline, texts.failed, texts.try_again] {
        assert!(script.contains(&format!("\"{text}\"")), "{text}");
    }
}

#[tokio::test]
async fn a_page_contains_the_texts_of_the_script() {
    let stage = Stage::empty().await;
    let page = stage.get("/assessments").await.body;
    for name in ["offline", "failed", "retry", "leave", "close", "filtered"] {
        assert!(page.contains(&format!("data-text-{name}=\"")), "{name}");
    }
    assert!(page.contains("lang=\"en\" dir=\"ltr\" data-page=\"settings\""));
}
