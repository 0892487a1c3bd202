use greenhouse_core::scorecard::{
    MixedOverall, NoteContext, Recommendation, Score, Scorecard, Thresholds, TraitScore,
};

use crate::{
    form_fields::{of_section, pairs, problems_at, set, unescape},
    scorecard::{add_trait, form, stored},
    stage::Stage,
};

#[tokio::test]
async fn the_preview_agrees_with_a_push() {
    let stage = Stage::set_up().await;
    let mut form = form(&stage).await;
    set(&mut form, "thresholds.strong_yes", "90");
    set(&mut form, "mixed_overall", "no");
    let thresholds = Thresholds::new(90.0, 60.0, 40.0, 20.0).unwrap();
    for score in [100.0, 90.0, 89.9, 60.0, 59.9, 45.0, 20.0, 19.9, 0.0] {
        set(&mut form, "score", &score.to_string());
        let shown = stage.post("/push/scorecard/preview", &pairs(&form)).await;
        assert_eq!(shown.status, 200);
        assert!(!shown.body.contains("<html"), "a fragment");
        let score = Score::new(score).unwrap();
        let recommendation = thresholds.recommend(score);
        let sentence = format!("A score of {score} is {recommendation}.");
        assert!(shown.body.contains(&sentence), "{}", shown.body);
        for sent in [
            recommendation.overall(MixedOverall::No),
            recommendation.attribute_rating(),
        ] {
            let code = format!("<dd><code>{sent}</code></dd>");
            assert!(shown.body.contains(&code), "{score} {sent}: {}", shown.body);
        }
        let row = &shown.body[shown.body.find("class=\"gh-current\"").unwrap()..];
        let row = &row[..row.find("</tr>").unwrap()];
        assert!(
            row.contains(recommendation.label()) && row.contains("this score"),
            "{row}"
        );
        assert_eq!(shown.body.matches("aria-current").count(), 1);
        assert_eq!(note_of(&shown.body), example_note(score, &thresholds));
    }
    for range in ["90 to 100", "60 to below 90", "40 to below 60", "below 20"] {
        let shown = stage.post("/push/scorecard/preview", &pairs(&form)).await;
        assert!(shown.body.contains(range), "{range}");
    }
    set(&mut form, "scorecard", "note");
    let shown = stage.post("/push/scorecard/preview", &pairs(&form)).await;
    assert!(shown.body.contains("always written as a note") && !shown.body.contains("<dd>"));
    assert_eq!(stage.get("/push/scorecard/preview").await.status, 404);
}

fn note_of(body: &str) -> String {
    let note = &body[body.find("<pre class=\"gh-note\">").unwrap() + 21..];
    unescape(&note[..note.find("</pre>").unwrap()])
}

fn example_note(score: Score, thresholds: &Thresholds) -> String {
    let second = Score::new((score.value() - 25.0).max(0.0)).unwrap();
    let traits = vec![
        TraitScore::new("Discovery", score).with_note("Asked about the goals before the product."),
        TraitScore::new("Objection handling", second)
            .with_note("Stayed calm, but conceded the price early."),
    ];
    let summary = Some("A clear and friendly conversation.".to_owned());
    let context = NoteContext::new("Discovery call", "example");
    let context = context.with_report_link("https://example.com/report");
    Scorecard::new(score, traits, summary, thresholds).render_note(&context)
}

#[tokio::test]
async fn the_preview_works_without_the_script() {
    let stage = Stage::set_up().await;
    let before = stored(&stage).await;
    let page = stage.get("/push").await;
    assert!(
        page.body.contains("A score of 72.5 is Yes."),
        "shown from the beginning"
    );
    let button = "formaction=\"/mounted/push/scorecard/preview?page=1#scorecard\"";
    assert!(page.body.contains(button));

    let mut form = of_section(&page.body, "scorecard");
    set(&mut form, "score", "15");
    set(&mut form, "thresholds.no", "10");
    set(&mut form, "note_visibility", "public");
    add_trait(&mut form, "Grit", "");
    let shown = stage
        .post("/push/scorecard/preview?page=1", &pairs(&form))
        .await;
    assert_eq!(shown.status, 200);
    assert!(shown.body.contains("<html") && shown.body.contains("A score of 15 is No."));
    let kept = of_section(&shown.body, "scorecard");
    for (name, value) in [
        ("score", "15"),
        ("thresholds.no", "10"),
        ("note_visibility", "public"),
        ("trait.name", "Grit"),
    ] {
        assert!(
            kept.contains(&(name.to_owned(), value.to_owned())),
            "{name}"
        );
    }
    assert_eq!(stored(&stage).await, before);

    for (score, problem) in [
        ("", "Score is empty; expected a number from 0 to 100."),
        ("seventy", "Score is not a number"),
        ("101", "Expected a score from 0 to 100, got 101."),
    ] {
        set(&mut form, "score", score);
        let shown = stage
            .post("/push/scorecard/preview?page=1", &pairs(&form))
            .await;
        assert_eq!(shown.status, 422);
        let found = problems_at(&shown.body, "gh-score").unwrap();
        assert!(found.contains(problem), "{found}");
    }
}

#[tokio::test]
async fn the_bar_shows_what_is_typed() {
    let stage = Stage::set_up().await;
    let page = stage.get("/push").await;
    for (name, value) in [
        ("strong_yes", "80"),
        ("yes", "60"),
        ("mixed", "40"),
        ("no", "20"),
    ] {
        let handle = handle(&page.body, name);
        assert!(
            handle.contains("role=\"slider\" tabindex=\"0\""),
            "{handle}"
        );
        assert!(
            handle.contains("aria-valuemin=\"0\" aria-valuemax=\"100\""),
            "{handle}"
        );
        assert!(
            handle.contains(&format!("aria-valuenow=\"{value}\"")),
            "{handle}"
        );
        assert!(handle.contains(&format!("<svg x=\"{value}%\"")), "{handle}");
        assert!(handle.contains(&format!(" from {value}\"")), "{handle}");
    }
    for recommendation in Recommendation::ALL {
        let range = format!("data-range=\"{}\"", recommendation.as_str());
        assert!(page.body.contains(&range), "{range}");
    }
    let mut form = of_section(&page.body, "scorecard");
    set(&mut form, "thresholds.yes", "66.6");
    let shown = stage
        .post("/push/scorecard/preview?page=1", &pairs(&form))
        .await;
    assert!(handle(&shown.body, "yes").contains("<svg x=\"66.6%\""));
    assert!(shown.body.contains("x=\"66.6%\" y=\"8\" width=\"13.4%\""));
    let marker = &shown.body[shown.body.find("data-handle=\"score\"").unwrap()..];
    assert!(marker.contains("aria-valuenow=\"72.5\"") && marker.contains("<svg x=\"72.5%\""));
    // Bounds in the wrong order cannot be drawn.
    set(&mut form, "thresholds.yes", "10");
    let shown = stage
        .post("/push/scorecard/preview?page=1", &pairs(&form))
        .await;
    assert!(handle(&shown.body, "yes").contains("<svg x=\"60%\""));
}

fn handle<'a>(body: &'a str, name: &str) -> &'a str {
    let end = body
        .find(&format!("data-handle=\"thresholds.{name}\""))
        .unwrap();
    let start = body[..end].rfind("<g ").unwrap();
    let handle = &body[start..];
    &handle[..handle.find("</g>").unwrap()]
}
