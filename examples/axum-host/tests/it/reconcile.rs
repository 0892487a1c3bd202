use greenhouse_core::{
    AccountId, ApplicationId, AssessmentId, CandidateId,
    store::{Applied, Changes, Link, StoreWriter, Write},
};

use crate::terminal::{Terminal, account};

#[tokio::test]
async fn what_cannot_be_compared_is_said() {
    let terminal = Terminal::new();
    let text = account("acme");
    let (head, rest) = text.split_once("[accounts.push]").unwrap();
    let (_, sync) = rest.split_once("[accounts.sync]").unwrap();
    assert!(terminal.apply(&format!("{head}[accounts.sync]{sync}")).ok);
    let nobody = terminal.type_in(&["reconcile", "nobody"]);
    assert!(
        !nobody.ok && nobody.err.contains("no account nobody"),
        "{nobody:?}"
    );

    // Nothing was pushed yet.
    let said = terminal.type_in(&["reconcile"]);
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
    let said = terminal.type_in(&["reconcile", "acme"]);
    assert!(!said.ok, "{said:?}");
    assert!(said.out.contains("no Harvest credential"), "{said:?}");
}
