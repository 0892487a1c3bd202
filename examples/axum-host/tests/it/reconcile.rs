use std::fs;

use greenhouse_core::{
    AccountId, ApplicationId, AssessmentId, CandidateId,
    store::{Applied, Changes, Link, StoreWriter, Write},
};

use crate::terminal::{Terminal, account};

#[tokio::test]
async fn unusable_accounts_are_reported() {
    let terminal = Terminal::new();
    let text = account("acme");
    let (head, rest) = text.split_once("[accounts.push]").unwrap();
    let (_, sync) = rest.split_once("[accounts.sync]").unwrap();
    assert!(terminal.apply(&format!("{head}[accounts.sync]{sync}")).ok);
    let unknown = terminal.run_command(&["reconcile", "unknown"]);
    assert!(
        !unknown.ok && unknown.err.contains("no account unknown"),
        "{unknown:?}"
    );

    // Nothing has been pushed yet.
    let said = terminal.run_command(&["reconcile"]);
    assert!(said.ok, "{said:?}");
    assert!(said.out.contains("account acme: compared: 0;"), "{said:?}");

    let mut changes = Changes::none();
    let assessment = AssessmentId::new("as-1");
    let link = Link::new(assessment, CandidateId::new(1), ApplicationId::new(2), None);
    changes.links.push(Write::Put(link));
    let store = terminal.store().await;
    let applied = store.apply(&AccountId::new("acme"), changes).await;
    assert_eq!(applied.unwrap(), Applied::Applied);
    store.close().await;
    let said = terminal.run_command(&["reconcile", "acme"]);
    assert!(!said.ok, "{said:?}");
    assert!(said.out.contains("no Harvest credential"), "{said:?}");
}

#[test]
fn reconcile_creates_no_database_file() {
    let terminal = Terminal::new();
    assert!(terminal.apply(&account("acme")).ok);
    fs::remove_file(terminal.path("product.sqlite")).unwrap();
    let said = terminal.run_command(&["reconcile", "acme"]);
    assert!(said.out.contains("account acme: compared: 0;"), "{said:?}");
    assert!(!terminal.exists("product.sqlite"));
    fs::remove_file(terminal.path("greenhouse.sqlite")).unwrap();
    let said = terminal.run_command(&["reconcile"]);
    assert!(
        !said.ok && said.err.contains("greenhouse.sqlite does not exist"),
        "{said:?}"
    );
    assert!(!terminal.exists("greenhouse.sqlite"));
}
