use bytes::Bytes;
use greenhouse_core::{
    AssessmentId,
    platform::{AssessmentPlatform, CandidateProfile, PlatformError, ResumeFile},
};

use crate::support::{Shop, account, open};

#[tokio::test]
async fn a_profile_is_optional_and_kept() {
    let shop = Shop::open().await;
    let id = shop.take(Some("jane@example.com")).await;
    let empty = shop.product.profile(&account(), &id).await.unwrap();
    assert_eq!(empty, CandidateProfile::default());

    let mut profile = CandidateProfile::default();
    profile.phone_numbers = vec!["+44 1234".to_owned()];
    profile.links = vec!["https://jane.example/work".parse().unwrap()];
    profile.resume = Some(ResumeFile::new("pdf", Bytes::from_static(b"%PDF")));
    let set = shop.product.set_profile(&account(), &id, &profile).await;
    set.unwrap();
    let product = open(&shop.folder).await;
    assert_eq!(product.profile(&account(), &id).await.unwrap(), profile);
    let other = AssessmentId::new("unknown");
    let unknown = product.profile(&account(), &other).await;
    assert!(matches!(unknown, Err(PlatformError::NotFound { .. })));
}
