use crate::{
    form_fields::{of_section, pairs, problems_at, set},
    scorecard::{add_trait, form, stored},
    stage::Stage,
};

#[tokio::test]
async fn invalid_bounds_are_refused_at_their_fields() {
    let stage = Stage::set_up().await;
    let before = stored(&stage).await;
    let blank = form(&stage).await;
    for (name, value, id, problem) in [
        (
            "thresholds.yes",
            "abc",
            "gh-thresholds-yes",
            "Expected a number, got a string.",
        ),
        (
            "thresholds.no",
            "",
            "gh-thresholds-no",
            "Expected a number, got a string.",
        ),
        (
            "thresholds.strong_yes",
            "100.5",
            "gh-thresholds-strong_yes",
            "The bound for Strong Yes must be above 0 and at most 100, got 100.5.",
        ),
        (
            "thresholds.mixed",
            "60",
            "gh-thresholds-yes",
            "The bound for Yes (60) must be above the bound for Mixed (60).",
        ),
        (
            "mixed_overall",
            "perhaps",
            "gh-mixed_overall",
            "Expected one of",
        ),
    ] {
        let mut form = blank.clone();
        set(&mut form, name, value);
        set(&mut form, "tags", "still <here>");
        for path in ["/push/scorecard", "/push/scorecard/preview?page=1"] {
            let refused = stage.post(path, &pairs(&form)).await;
            assert_eq!(refused.status, 422, "{path} {name} {value}");
            let shown = problems_at(&refused.body, id).unwrap();
            assert!(shown.contains(problem), "{path} {name} {value}: {shown}");
            // The text says everything, and the help has no paragraph for it.
            assert!(!shown.contains("/mounted/help"), "{shown}");
            let kept = of_section(&refused.body, "scorecard");
            for name in [name, "tags"] {
                let find = |form: &[(String, String)]| {
                    form.iter().find(|(own, _)| own == name).unwrap().1.clone()
                };
                assert_eq!(find(&kept), find(&form), "{path} {name}");
            }
            assert!(refused.body.contains("Nothing was saved."));
        }
        let fragment = stage.post("/push/scorecard/preview", &pairs(&form)).await;
        assert!(fragment.body.contains(problem), "{}", fragment.body);
        assert!(!fragment.body.contains("<table"));
    }
    assert_eq!(stored(&stage).await, before);
}

#[tokio::test]
async fn each_refusal_is_shown_at_its_field() {
    let stage = Stage::set_up().await;
    let greenhouse = &stage.greenhouse;
    greenhouse
        .seed_custom_field("application", "Points", "number", &[])
        .unwrap();
    greenhouse
        .seed_custom_field("candidate", "Verdict", "single_select", &["Yes", "No"])
        .unwrap();
    let before = stored(&stage).await;
    let blank = form(&stage).await;
    // The check of the settings reports all problems at once.
    let refused_by_greenhouse = [
        (
            "fields.score",
            "application:gone",
            "gh-fields-score",
            "field_unknown",
        ),
        (
            "fields.report_link",
            "application:points",
            "gh-fields-report_link",
            "field_unsuitable",
        ),
        (
            "fields.recommendation",
            "candidate:verdict",
            "gh-fields-recommendation",
            "field_options",
        ),
        ("tags", "One\none", "gh-tags", "tag_twice"),
        ("source", "424242", "gh-source", "source_unknown"),
    ];
    let rows = [
        ("Calm", "candidate:gone", "field_unknown"),
        ("Grit", "", "field_key_blank"),
        ("", "application:level", "trait_blank"),
        ("a.b", "candidate:other", "field_unknown"),
    ];
    let mut form = blank.clone();
    form.retain(|(name, _)| !name.starts_with("trait."));
    for (name, value, ..) in refused_by_greenhouse {
        set(&mut form, name, value);
    }
    for (name, field, _) in rows {
        add_trait(&mut form, name, field);
    }
    let refused = stage.post("/push/scorecard", &pairs(&form)).await;
    assert_eq!(refused.status, 422);
    assert!(!refused.body.contains("id=\"gh-other-problems\""));
    let kept = of_section(&refused.body, "scorecard");
    for (name, value, id, code) in refused_by_greenhouse {
        assert_problem(&refused.body, id, code);
        assert!(
            kept.contains(&(name.to_owned(), value.to_owned())),
            "{name} {value}"
        );
    }
    for (index, (name, field, code)) in rows.into_iter().enumerate() {
        assert_problem(&refused.body, &format!("gh-trait-{index}"), code);
        assert!(
            kept.contains(&("trait.name".to_owned(), name.to_owned())),
            "{name}"
        );
        assert!(
            kept.contains(&("trait.field".to_owned(), field.to_owned())),
            "{field}"
        );
    }

    for (name, value, id) in [
        ("source", "a word", "gh-source"),
        ("note_visibility", "nobody", "gh-note_visibility"),
        ("from_stage", "nowhere", "gh-from_stage"),
    ] {
        let mut form = blank.clone();
        set(&mut form, name, value);
        let refused = stage.post("/push/scorecard", &pairs(&form)).await;
        assert_eq!(refused.status, 422, "{name} {value}");
        assert_problem(&refused.body, id, "bad_body");
        let kept = of_section(&refused.body, "scorecard");
        assert!(
            kept.contains(&(name.to_owned(), value.to_owned())),
            "{name} {value}"
        );
    }

    let mut form = blank;
    for field in ["application:points", "candidate:verdict"] {
        add_trait(&mut form, "Grit", field);
    }
    let refused = stage.post("/push/scorecard", &pairs(&form)).await;
    assert_eq!(refused.status, 422);
    for row in ["gh-trait-0", "gh-trait-1"] {
        assert_problem(&refused.body, row, "field_twice");
    }
    assert_eq!(stored(&stage).await, before);
}

/// Asserts that the field with this id has a problem with this code.
fn assert_problem(body: &str, id: &str, code: &str) {
    let shown = problems_at(body, id).unwrap_or_else(|| panic!("{id} has no problem"));
    assert!(
        shown.contains(&format!("data-code=\"{code}\"")),
        "{id} {code}: {shown}"
    );
}

/// Saving checks the settings in Greenhouse, so an outage must not cost what was typed.
#[tokio::test]
async fn an_outage_while_saving_keeps_what_was_typed() {
    let stage = Stage::set_up().await;
    let before = stored(&stage).await;
    let mut form = form(&stage).await;
    set(&mut form, "tags", "still <here>");
    stage.greenhouse.refuse_connections().await;
    let refused = stage.post("/push/scorecard", &pairs(&form)).await;
    assert_eq!(refused.status, 422);
    let kept = of_section(&refused.body, "scorecard");
    let tags = kept.iter().find(|(name, _)| name == "tags").unwrap();
    assert_eq!(tags.1, "still <here>");
    assert!(refused.body.contains("Nothing was saved"));
    stage.greenhouse.accept_connections().await;
    assert_eq!(stored(&stage).await, before);
}
