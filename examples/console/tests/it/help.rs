use std::collections::BTreeSet;

use crate::stage::Stage;

#[tokio::test]
async fn the_help_has_an_address_for_each_problem() {
    let stage = Stage::empty().await;
    let page = stage.get("/help").await;
    assert_eq!(page.status, 200);
    let mut ids = BTreeSet::new();
    for part in page.body.split(" id=\"").skip(1) {
        let id = part.split('"').next().unwrap();
        assert!(ids.insert(id), "{id} is not unique");
    }
    for code in [
        "no_email",
        "invalid_email",
        "mapped_job",
        "webhooks",
        "clock",
        "push",
    ] {
        assert!(ids.contains(code), "{code}");
    }
    let links: Vec<_> = page.body.split("href=\"#").skip(1).collect();
    assert!(links.len() > 80, "{}", links.len());
    let own = page.body.split("href=\"/mounted/help#").skip(1);
    for link in links.into_iter().chain(own) {
        let target = link.split('"').next().unwrap();
        assert!(ids.contains(target), "{target}");
    }
    assert_eq!(page.body.matches("<nav class=\"gh-contents\"").count(), 1);
    assert!(!page.body.contains("&lt;a id") && !page.body.contains("<a id"));
    assert!(page.body.contains("<strong>What to do:</strong>"));
    assert!(page.body.contains("data-filter=\"#gh-help\""));
}

#[tokio::test]
async fn a_search_finds_paragraphs_with_all_words() {
    let stage = Stage::empty().await;
    let all = stage.get("/help").await.body.matches("data-row").count();
    let found = stage.get("/help?q=SEVERAL++guess").await;
    assert_eq!(found.body.matches("data-row").count(), 1, "{}", found.body);
    assert!(found.body.contains("id=\"several_candidates\""));
    assert!(found.body.contains("1 paragraph contains these words"));
    assert!(found.body.contains("value=\"SEVERAL  guess\""));
    let many = stage.get("/help?q=candidate").await;
    let many = many.body.matches("data-row").count();
    assert!(many > 5 && many < all, "{many} of {all}");
    let by_code = stage.get("/help?q=trigger_below_minimum").await;
    assert_eq!(by_code.body.matches("data-row").count(), 1);
    let none = stage.get("/help?q=%22%3E%3Cscript%3E+candidate").await;
    assert!(
        none.body
            .contains("No paragraph contains all of these words.")
    );
    assert!(!none.body.contains("<script>") && none.body.contains("&lt;script&gt;"));
}

#[tokio::test]
async fn one_paragraph_has_its_own_page() {
    let stage = Stage::empty().await;
    let page = stage.get("/help/choice_not_found").await;
    assert!(
        page.body
            .contains("<h2>Several candidates, or a choice that does not fit</h2>")
    );
    assert!(
        page.body
            .contains("href=\"/mounted/help#choice_not_found\"")
    );
    assert_eq!(page.body.matches("<strong>What to do:</strong>").count(), 1);
    let linked = stage.get("/help/mapped_jobs").await;
    assert!(
        linked.body.contains("href=\"/mounted/help#scope_missing\""),
        "{}",
        linked.body
    );
    assert_eq!(stage.get("/help/strange").await.status, 404);
    assert_eq!(stage.get("/help/clock/x").await.status, 404);
    assert_eq!(stage.post("/help", &[]).await.status, 404);
}
