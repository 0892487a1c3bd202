use demo_product::{DemoProduct, ProductError};
use greenhouse_core::{
    AccountId,
    platform::{AssessmentPlatform, PlatformError},
};

use crate::support::{Shop, account};

#[tokio::test]
async fn the_pdf_is_well_formed_and_shows_the_result() {
    let shop = Shop::open().await;
    let id = shop.take(Some("jane@example.com")).await;
    shop.complete(&id).await;
    let pdf = shop.product.report_pdf(&account(), &id).await.unwrap();
    let again = shop.product.report_pdf(&account(), &id).await.unwrap();
    assert_eq!(pdf, again);

    let text = std::str::from_utf8(&pdf).unwrap();
    assert!(text.starts_with("%PDF-1.4\n") && text.ends_with("\n%%EOF\n"));
    let shown = [
        "(Cold call \\(B2B\\) <1>) Tj",
        "(Score: 72.5 of 100) Tj",
        "(Messaging Adherence: 80) Tj",
        "(Discovery & Diagnosis: 72.5) Tj",
        "(Objection Handling: 65) Tj",
        "(Asks well & listens. <b>Closes</b> late.) Tj",
    ];
    for line in shown {
        assert!(text.contains(line), "{line}\n{text}");
    }
    assert!(!text.contains("Jane") && !text.contains("jane@"));

    // `startxref` is followed by the offset of the cross-reference table, which lists the offset of
    // each object.
    let (_, tail) = text.rsplit_once("startxref\n").unwrap();
    let table: usize = tail.lines().next().unwrap().parse().unwrap();
    let mut rows = text[table..].lines();
    assert_eq!(rows.next(), Some("xref"));
    let size: usize = rows.next().unwrap()["0 ".len()..].parse().unwrap();
    assert_eq!(rows.next(), Some("0000000000 65535 f "));
    for number in 1..size {
        let offset: usize = rows.next().unwrap()[..10].parse().unwrap();
        assert!(text[offset..].starts_with(&format!("{number} 0 obj\n")));
    }
    assert_eq!(rows.next(), Some("trailer"));
    assert!(text.contains(&format!("/Size {size} ")));
    let (head, _) = text.split_once("\nendstream").unwrap();
    let (head, stream) = head.split_once("stream\n").unwrap();
    let length = head.rsplit_once("/Length ").unwrap().1;
    assert!(length.starts_with(&format!("{} ", stream.len())));
}

#[tokio::test]
async fn the_page_requires_its_exact_address() {
    let shop = Shop::open().await;
    let id = shop.take(Some("jane@example.com")).await;
    let other = shop.take(Some("jane@example.com")).await;
    shop.complete(&id).await;
    shop.complete(&other).await;
    let url = shop.product.report_url(&account(), &id).await.unwrap();
    let (base, token) = url.as_str().rsplit_once('/').unwrap();
    assert_eq!(base, "https://product.example/base/product/reports");
    assert_eq!(token.len(), 64);
    let different = shop.product.report_url(&account(), &other).await.unwrap();
    assert_ne!(url, different);

    let page = shop.product.report_page(token).await.unwrap().unwrap();
    let shown = [
        "<h1>Cold call (B2B) &lt;1&gt;</h1>",
        "<strong>72.5 of 100</strong>",
        "<td>Discovery &amp; Diagnosis</td><td>72.5</td><td>as &quot;expected&quot;</td>",
        "<p>Asks well &amp; listens. &lt;b&gt;Closes&lt;/b&gt; late.</p>",
    ];
    for line in shown {
        assert!(page.contains(line), "{line}\n{page}");
    }
    for wrong in ["", "x", &token[1..], &token.to_uppercase(), "' OR 1=1 --"] {
        assert_eq!(shop.product.report_page(wrong).await.unwrap(), None);
    }
}

#[tokio::test]
async fn a_revoked_address_ends_and_the_next_one_works() {
    let shop = Shop::open().await;
    let id = shop.take(Some("jane@example.com")).await;
    let other = shop.take(Some("jane@example.com")).await;
    shop.complete(&id).await;
    shop.complete(&other).await;
    let (first, untouched) = (token_of(&shop, &id).await, token_of(&shop, &other).await);
    let revoked = shop.product.revoke_report_urls(&account(), &id).await;
    revoked.unwrap();
    assert_eq!(shop.product.report_page(&first).await.unwrap(), None);
    let second = token_of(&shop, &id).await;
    for works in [&second, &untouched] {
        assert!(shop.product.report_page(works).await.unwrap().is_some());
    }
    let other_account = AccountId::new("other");
    let theirs = shop.product.revoke_report_urls(&other_account, &id).await;
    assert!(matches!(theirs, Err(PlatformError::NotFound { .. })));
    assert_eq!(token_of(&shop, &id).await, second);
}

async fn token_of(shop: &Shop, id: &greenhouse_core::AssessmentId) -> String {
    let url = shop.product.report_url(&account(), id).await.unwrap();
    url.path_segments().unwrap().next_back().unwrap().to_owned()
}

#[tokio::test]
async fn there_is_no_report_before_completion_nor_for_another_account() {
    let shop = Shop::open().await;
    let id = shop.take(Some("jane@example.com")).await;
    assert_no_report(&shop, &account(), &id).await;
    shop.complete(&id).await;
    assert_no_report(&shop, &AccountId::new("other"), &id).await;
}

async fn assert_no_report(shop: &Shop, account: &AccountId, id: &greenhouse_core::AssessmentId) {
    let pdf = shop.product.report_pdf(account, id).await;
    let missing = PlatformError::NotFound { what: "report" };
    assert_eq!(pdf.unwrap_err().to_string(), missing.to_string());
    let url = shop.product.report_url(account, id).await;
    assert_eq!(url.unwrap_err().to_string(), missing.to_string());
}

#[tokio::test]
async fn the_base_address_of_reports_must_be_http_or_https() {
    let folder = tempfile::tempdir().unwrap();
    let base = "mailto:reports@product.example".parse().unwrap();
    let refused = DemoProduct::open(folder.path().join("product.db"), base).await;
    assert!(matches!(refused, Err(ProductError::ReportBase)));
}
