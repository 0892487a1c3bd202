use greenhouse_core::{
    AccountId, AssessmentId,
    platform::{AssessmentPlatform, Completed, CompletedAssessment, CompletedCursor},
};

use crate::support::{Shop, account, at, open};

#[tokio::test]
async fn completed_assessments_are_listed_in_pages() {
    let shop = Shop::open().await;
    let mut completed = Vec::new();
    // Eleven assessments are completed at the same time, so that ids sort differently as text and
    // as numbers.
    for _ in 0..11 {
        let id = shop.take(Some("jane@example.com")).await;
        shop.complete(&id).await;
        completed.push(CompletedAssessment { id, at: at(60) });
    }
    shop.take(Some("joe@example.com")).await;

    let mut found = Vec::new();
    let mut cursor = CompletedCursor::starting_at(at(60));
    loop {
        // A cursor stays valid after a restart of the product.
        let product = open(&shop.folder).await;
        let page = product.completed_since(&account(), &cursor, 4).await;
        let Completed::Page(page) = page.unwrap() else {
            panic!("expected a page of completed assessments")
        };
        let Some(last) = page.last() else { break };
        cursor = CompletedCursor::after(last);
        found.extend(page);
    }
    assert_eq!(found, completed);

    let list = async |account: &AccountId, cursor| {
        shop.product
            .completed_since(account, &cursor, 99)
            .await
            .unwrap()
    };
    let later = CompletedCursor::starting_at(at(61));
    assert_eq!(list(&account(), later).await, Completed::Page(Vec::new()));
    let start = CompletedCursor::starting_at(at(0));
    let other = AccountId::new("zenith");
    assert_eq!(list(&other, start).await, Completed::Page(Vec::new()));
    let unknown = CompletedAssessment {
        id: AssessmentId::new("of another product"),
        at: at(60),
    };
    let all = list(&account(), CompletedCursor::after(&unknown)).await;
    assert_eq!(all, Completed::Page(completed));
}
