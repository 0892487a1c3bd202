use mock_greenhouse::{AssessmentError, CompletionKey, Partner};
use serde_json::{Value, json};

use crate::support::{Caller, Received, Receiver, Set};

const KEY: &str = "partner-key";

/// A partner that answers as documented; `status` is its answer to a status request.
async fn partnered(status: impl Fn(&str) -> Value + Send + 'static) -> (Set, Receiver) {
    let set = Set::new().await;
    let partner = Receiver::start(|_| (500, String::new())).await;
    let base = partner.url.clone();
    partner.answers(move |received| well_behaved(received, &base, &status));
    let at = |path: &str| format!("{}{path}", partner.url);
    set.greenhouse.set_partner(Partner::new(
        at("/list"),
        at("/send"),
        at("/status"),
        at("/error"),
        KEY,
    ));
    (set, partner)
}

fn well_behaved(received: &Received, base: &str, status: &dyn Fn(&str) -> Value) -> (u16, String) {
    match (received.method.as_str(), received.path.as_str()) {
        ("GET", "/list") => (
            200,
            json!([{ "partner_test_id": "t1", "partner_test_name": "Sales call" }]).to_string(),
        ),
        ("POST", "/send") => (200, json!({ "partner_interview_id": "i1" }).to_string()),
        ("GET", "/status") => (200, status(base).to_string()),
        ("POST", "/error") => (200, json!({ "status": 200 }).to_string()),
        ("GET", "/report") => (302, "/login".to_owned()),
        _ => (404, String::new()),
    }
}

fn complete(base: &str) -> Value {
    json!({
        "partner_status": "complete", "partner_profile_url": format!("{base}/report"), "partner_score": 81.5,
        "metadata": { "Discovery": "Yes (72)" },
    })
}

async fn report_completion(set: &Set, url: &str) -> u16 {
    let credential = set.greenhouse.completion_credential();
    let status = Caller::stranger(&set.greenhouse)
        .patch_basic(url, &credential.username, &credential.password)
        .await;
    assert!(set.greenhouse.settle().await);
    status.as_u16()
}

#[tokio::test]
async fn tests_are_listed_with_the_key_as_user_name() {
    let (set, partner) = partnered(complete).await;
    let tests = set.greenhouse.list_tests().await.unwrap();
    assert_eq!(
        (
            tests[0].partner_test_id.as_str(),
            tests[0].partner_test_name.as_str()
        ),
        ("t1", "Sales call")
    );
    assert_eq!(
        partner.received()[0].header("authorization"),
        "Basic cGFydG5lci1rZXk6"
    );
}

#[tokio::test]
async fn a_test_is_sent_with_every_member_and_null_for_what_is_not_known() {
    let (set, partner) = partnered(complete).await;
    let application = set.applied();
    let test = set.greenhouse.send_test(application, "t1").await.unwrap();
    assert_eq!(test.partner_interview_id.as_deref(), Some("i1"));
    assert_eq!(
        partner.to("/send")[0].json(),
        json!({
            "partner_test_id": "t1",
            "candidate": {
                "first_name": "Mira", "last_name": "Okafor", "preferred_name": null, "resume_url": null, "phone_number": null,
                "email": "mira@example.org",
                "greenhouse_profile_url": format!("https://app.greenhouse.io/people/{}?application_id={application}", test.candidate_id),
            },
            "sent_by": "recruiter@greenhouse.example",
            "url": format!("{}/integrations/testing_partners/take_home_tests/{}", set.greenhouse.url(), test.id),
        })
    );
    set.greenhouse.resend_test(test.id).await.unwrap();
    let second = set.greenhouse.send_test(application, "t1").await.unwrap();
    let sent = partner.to("/send");
    assert_eq!(sent[0].body, sent[1].body, "a retry has the same address");
    assert_ne!(second.url, test.url, "a second test has its own");
}

#[tokio::test]
async fn a_test_is_sent_to_active_applications_only() {
    let (set, _partner) = partnered(complete).await;
    let application = set.applied();
    set.greenhouse.reject(application).await.unwrap();
    assert!(matches!(
        set.greenhouse.send_test(application, "t1").await,
        Err(AssessmentError::Refused(_))
    ));
}

#[tokio::test]
async fn a_completion_is_taken_with_the_completion_credential_only() {
    let (set, _partner) = partnered(complete).await;
    let url = set
        .greenhouse
        .send_test(set.applied(), "t1")
        .await
        .unwrap()
        .url;
    let caller = Caller::stranger(&set.greenhouse);
    assert_eq!(
        caller.call(http::Method::PATCH, &url, None).await.status,
        401
    );
    assert_eq!(caller.patch_basic(&url, "somebody", "else").await, 401);
    assert_eq!(caller.patch_basic(&url, KEY, "").await, 403);
    assert_eq!(set.greenhouse.take_home_tests()[0].completions, 0);
    assert_eq!(report_completion(&set, &url).await, 200);
    assert_eq!(set.greenhouse.take_home_tests()[0].completions, 1);
    assert_eq!(
        report_completion(
            &set,
            &format!("{}7", url.trim_end_matches(char::is_numeric))
        )
        .await,
        404
    );
}

#[tokio::test]
async fn after_a_completion_greenhouse_asks_opens_the_link_and_keeps_the_result() {
    let (set, partner) = partnered(complete).await;
    let url = set
        .greenhouse
        .send_test(set.applied(), "t1")
        .await
        .unwrap()
        .url;
    report_completion(&set, &url).await;
    assert_eq!(partner.to("/status")[0].query, "partner_interview_id=i1");
    assert_eq!(
        partner.to("/status")[0].header("authorization"),
        "Basic cGFydG5lci1rZXk6"
    );
    assert_eq!(
        partner.to("/report")[0].header("authorization"),
        "",
        "opened as the public would"
    );
    assert!(
        partner.to("/login").is_empty(),
        "redirects are not followed"
    );
    let test = set.greenhouse.take_home_tests().remove(0);
    assert_eq!(
        (test.status.as_deref(), test.score),
        (Some("complete"), Some(81.5))
    );
    assert_eq!(test.profile_url, Some(format!("{}/report", partner.url)));
    assert_eq!(test.metadata.unwrap()["Discovery"], "Yes (72)");
    let opened = test.opened_link.unwrap();
    assert_eq!(
        (opened.status, opened.location.as_deref()),
        (302, Some("/login"))
    );
    assert_eq!(test.drop_reason, None);
}

#[tokio::test]
async fn any_status_but_complete_means_not_finished() {
    let (set, partner) = partnered(|base| json!({ "partner_status": "in_progress", "partner_score": 40, "partner_profile_url": base })).await;
    let url = set
        .greenhouse
        .send_test(set.applied(), "t1")
        .await
        .unwrap()
        .url;
    report_completion(&set, &url).await;
    let test = set.greenhouse.take_home_tests().remove(0);
    assert_eq!(
        (test.status.as_deref(), test.score, test.opened_link),
        (Some("in_progress"), None, None)
    );
    assert!(partner.to("/report").is_empty());
    assert!(
        !set.greenhouse
            .test_status("i1")
            .await
            .unwrap()
            .is_complete()
    );
}

#[tokio::test]
async fn a_result_for_a_candidate_who_is_not_active_is_dropped() {
    let (set, _partner) = partnered(complete).await;
    let application = set.applied();
    let url = set
        .greenhouse
        .send_test(application, "t1")
        .await
        .unwrap()
        .url;
    set.greenhouse.hire(application).await.unwrap();
    report_completion(&set, &url).await;
    let test = set.greenhouse.take_home_tests().remove(0);
    assert_eq!(
        (test.drop_reason.as_deref(), test.score),
        (Some("the application is hired"), None)
    );
}

#[tokio::test]
async fn a_result_whose_link_the_public_cannot_open_is_dropped_whole() {
    let gone = |base: &str| json!({ "partner_status": "complete", "partner_profile_url": format!("{base}/gone"), "partner_score": 1 });
    let (set, _partner) = partnered(gone).await;
    let url = set
        .greenhouse
        .send_test(set.applied(), "t1")
        .await
        .unwrap()
        .url;
    report_completion(&set, &url).await;
    let test = set.greenhouse.take_home_tests().remove(0);
    assert_eq!(
        (test.drop_reason.as_deref(), test.score),
        (Some("partner_profile_url answered with status 404"), None)
    );
}

#[tokio::test]
async fn a_malformed_answer_is_told_to_the_partner_and_kept() {
    let (set, partner) =
        partnered(|_| json!({ "partner_status": "complete", "partner_score": 81 })).await;
    set.greenhouse.list_tests().await.unwrap();
    let url = set
        .greenhouse
        .send_test(set.applied(), "t1")
        .await
        .unwrap()
        .url;
    report_completion(&set, &url).await;
    let text = "partner_status is 'complete' but partner_profile_url is missing";
    assert_eq!(
        partner.to("/error")[0].json(),
        json!({
            "api_call": "test_status", "errors": [text], "partner_test_id": "t1", "partner_test_name": "Sales call",
            "partner_interview_id": "i1", "candidate_email": "mira@example.org",
        })
    );
    let complaint = set.greenhouse.complaints().remove(0);
    assert_eq!(
        (complaint.api_call.as_str(), complaint.reported),
        ("test_status", Some(200))
    );
    assert_eq!(complaint.errors, [text]);
    assert_eq!(set.greenhouse.take_home_tests()[0].status, None);
}

#[tokio::test]
async fn an_id_that_is_a_number_is_malformed() {
    let (set, partner) = partnered(complete).await;
    partner.answers(|_| (200, json!({ "partner_interview_id": 98765 }).to_string()));
    let refused = set.greenhouse.send_test(set.applied(), "t1").await;
    assert_eq!(
        refused,
        Err(AssessmentError::Malformed(vec![
            "partner_interview_id is not a string".to_owned()
        ]))
    );
    assert_eq!(set.greenhouse.complaints()[0].api_call, "send_test");
    partner.answers(|_| (200, json!([{ "partner_test_id": "t1" }]).to_string()));
    assert!(matches!(
        set.greenhouse.list_tests().await,
        Err(AssessmentError::Malformed(_))
    ));
}

#[tokio::test]
async fn an_answer_that_is_no_2xx_is_an_error_without_a_complaint() {
    let (set, partner) = partnered(complete).await;
    partner.answers(|_| (401, String::new()));
    assert_eq!(
        set.greenhouse.list_tests().await,
        Err(AssessmentError::Status(401))
    );
    assert!(set.greenhouse.complaints().is_empty() && partner.to("/error").is_empty());
}

#[tokio::test]
async fn a_completion_that_overtakes_the_answer_to_send_test_is_asked_for_when_the_answer_comes() {
    let (set, partner) = partnered(complete).await;
    let application = set.applied();
    partner.answers(|_| (503, String::new()));
    assert_eq!(
        set.greenhouse.send_test(application, "t1").await,
        Err(AssessmentError::Status(503))
    );
    let test = set.greenhouse.take_home_tests().remove(0);
    assert_eq!(report_completion(&set, &test.url).await, 200);
    assert!(partner.to("/status").is_empty());
    let base = partner.url.clone();
    partner.answers(move |received| well_behaved(received, &base, &complete));
    set.greenhouse.resend_test(test.id).await.unwrap();
    assert!(set.greenhouse.settle().await);
    assert_eq!(set.greenhouse.take_home_tests()[0].score, Some(81.5));
}

#[tokio::test]
async fn the_partner_key_completes_as_well_if_switched_so() {
    let (set, _partner) = partnered(complete).await;
    let url = set
        .greenhouse
        .send_test(set.applied(), "t1")
        .await
        .unwrap()
        .url;
    let caller = Caller::stranger(&set.greenhouse);
    assert_eq!(caller.patch_basic(&url, KEY, "").await, 403);
    set.greenhouse
        .switch(|switches| switches.completion_key = CompletionKey::PartnerKeyToo);
    assert_eq!(caller.patch_basic(&url, KEY, "").await, 200);
    assert!(set.greenhouse.settle().await);
    assert_eq!(set.greenhouse.take_home_tests()[0].score, Some(81.5));
}

fn in_progress(_: &str) -> Value {
    json!({ "partner_status": "in_progress" })
}

fn hours(set: &Set, hours: u64) {
    set.greenhouse
        .clock()
        .advance(std::time::Duration::from_secs(hours * 3600));
}

#[tokio::test]
async fn a_test_is_asked_for_hourly_until_it_is_complete() {
    let (set, partner) = partnered(in_progress).await;
    set.greenhouse.send_test(set.applied(), "t1").await.unwrap();
    assert!(set.greenhouse.poll_due().await.is_empty());
    for asked in 1..=3 {
        hours(&set, 1);
        assert_eq!(set.greenhouse.poll_due().await.len(), 1);
        assert!(set.greenhouse.poll_due().await.is_empty());
        assert_eq!(partner.to("/status").len(), asked);
    }
    let base = partner.url.clone();
    partner.answers(move |received| well_behaved(received, &base, &complete));
    hours(&set, 1);
    assert_eq!(set.greenhouse.poll_due().await[0].score, Some(81.5));
    hours(&set, 2);
    assert!(set.greenhouse.poll_due().await.is_empty());
    assert_eq!(set.greenhouse.take_home_tests()[0].next_poll_at, None);
}

#[tokio::test]
async fn a_test_is_not_asked_for_after_the_hire() {
    let (set, partner) = partnered(in_progress).await;
    let application = set.applied();
    set.greenhouse.send_test(application, "t1").await.unwrap();
    set.greenhouse.hire(application).await.unwrap();
    hours(&set, 1);
    assert!(set.greenhouse.poll_due().await.is_empty());
    assert!(partner.to("/status").is_empty());
}

#[tokio::test]
async fn a_test_is_not_asked_for_after_8_weeks() {
    let (set, _partner) = partnered(in_progress).await;
    set.greenhouse.send_test(set.applied(), "t1").await.unwrap();
    hours(&set, 8 * 7 * 24);
    assert_eq!(set.greenhouse.poll_due().await.len(), 1);
    hours(&set, 1);
    assert!(set.greenhouse.poll_due().await.is_empty());
}

#[tokio::test]
async fn a_key_of_171_characters_is_not_taken() {
    let (set, partner) = partnered(complete).await;
    for (length, taken) in [(170, true), (171, false)] {
        let at = |path: &str| format!("{}{path}", partner.url);
        let key = "k".repeat(length);
        set.greenhouse.set_partner(Partner::new(
            at("/list"),
            at("/send"),
            at("/status"),
            at("/error"),
            key,
        ));
        assert_eq!(set.greenhouse.list_tests().await.is_ok(), taken);
    }
}

#[tokio::test]
async fn every_malformed_answer_is_posted_as_response_error() {
    let (set, partner) = partnered(in_progress).await;
    set.greenhouse.send_test(set.applied(), "t1").await.unwrap();
    let cases: [(Value, &str); 7] = [
        (json!([]), "the body is not a JSON object"),
        (json!({}), "partner_status is missing"),
        (
            json!({ "partner_status": 1 }),
            "partner_status is not a string",
        ),
        (
            json!({ "partner_status": "complete", "partner_score": 1 }),
            "partner_status is 'complete' but partner_profile_url is missing",
        ),
        (
            json!({ "partner_status": "x", "partner_profile_url": "report" }),
            "partner_profile_url is not an absolute http or https URL",
        ),
        (
            json!({ "partner_status": "x", "partner_score": "81" }),
            "partner_score is not a number",
        ),
        (
            json!({ "partner_status": "x", "metadata": { "a": [1] } }),
            "metadata.a is not a primitive value",
        ),
    ];
    for (answer, text) in cases {
        partner.answers(move |_| (200, answer.to_string()));
        assert!(set.greenhouse.test_status("i1").await.is_err(), "{text}");
        let posted = partner.to("/error").pop().unwrap().json();
        assert_eq!(
            (&posted["errors"], &posted["api_call"]),
            (&json!([text]), &json!("test_status"))
        );
    }
    assert_eq!(set.greenhouse.complaints().len(), 7);
}
