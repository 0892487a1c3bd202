use greenhouse_core::{
    AccountId,
    platform::{AssessmentPlatform, AssessmentState, Outcome, PlatformError},
};

use crate::support::{Shop, account, at};

#[tokio::test]
async fn a_lower_revision_changes_nothing() {
    let shop = Shop::open().await;
    let id = shop.take(Some("jane@example.com")).await;
    let outcome = || async { shop.product.outcome_of(&account(), &id).await.unwrap() };
    assert_eq!(outcome().await, None);
    let applied = [
        (Outcome::Hired, 2, (Outcome::Hired, 2)),
        (Outcome::Rejected, 1, (Outcome::Hired, 2)),
        (Outcome::Rejected, 2, (Outcome::Hired, 2)),
        (Outcome::Active, 3, (Outcome::Active, 3)),
    ];
    for (what, revision, expected) in applied {
        shop.product
            .apply_outcome(&account(), &id, what, revision)
            .await
            .unwrap();
        assert_eq!(outcome().await, Some(expected));
    }
    assert_eq!(shop.read(&id).await.state, AssessmentState::Invited);
}

#[tokio::test]
async fn a_rejection_withdraws_unfinished_assessments_of_the_candidate() {
    let shop = Shop::open().await;
    let done = shop.take(Some("jane@example.com")).await;
    shop.complete(&done).await;
    let invited = shop.take(Some(" JANE@example.com ")).await;
    let started = shop.take(Some("jane@example.com")).await;
    shop.product
        .start(&account(), &started, at(0))
        .await
        .unwrap();
    let other_candidate = shop.take(Some("joe@example.com")).await;
    let without_address = shop.take(None).await;

    let rejected = (Outcome::Rejected, 1);
    shop.product
        .apply_outcome(&account(), &done, rejected.0, rejected.1)
        .await
        .unwrap();
    let outcome = shop.product.outcome_of(&account(), &done).await;
    assert_eq!(outcome.unwrap(), Some(rejected));
    let expected = [
        (&done, AssessmentState::Completed),
        (&invited, AssessmentState::Withdrawn),
        (&started, AssessmentState::Withdrawn),
        (&other_candidate, AssessmentState::Invited),
        (&without_address, AssessmentState::Invited),
    ];
    for (assessment, state) in expected {
        assert_eq!(shop.read(assessment).await.state, state);
    }

    shop.product
        .apply_outcome(&account(), &done, Outcome::Active, 2)
        .await
        .unwrap();
    for (assessment, state) in expected {
        assert_eq!(shop.read(assessment).await.state, state, "nothing restarts");
    }
}

#[tokio::test]
async fn a_rejected_person_without_an_address_has_this_assessment_only() {
    let shop = Shop::open().await;
    let rejected = shop.take(None).await;
    let other = shop.take(None).await;
    shop.product
        .apply_outcome(&account(), &rejected, Outcome::Rejected, 1)
        .await
        .unwrap();
    assert_eq!(shop.read(&rejected).await.state, AssessmentState::Withdrawn);
    assert_eq!(shop.read(&other).await.state, AssessmentState::Invited);
}

#[tokio::test]
async fn an_unknown_assessment_has_no_outcome() {
    let shop = Shop::open().await;
    let id = shop.take(None).await;
    let applied = shop
        .product
        .apply_outcome(&AccountId::new("other"), &id, Outcome::Hired, 1)
        .await;
    assert!(matches!(
        applied,
        Err(PlatformError::NotFound { what: "assessment" })
    ));
}
