use mock_greenhouse::{AssessmentError, CompletionKey, Partner};
use serde_json::{Value, json};

use crate::support::{Caller, Received, Receiver, Scene};

const KEY: &str = "partner-key";

/// Creates a partner that responds as documented. `status` returns its response to a status
/// request.
pub(crate) async fn scene_with_partner(
    status: impl Fn(&str) -> Value + Send + 'static,
) -> (Scene, Receiver) {
    let scene = Scene::new().await;
    let partner = Receiver::start(|_| (500, String::new())).await;
    let base = partner.url.clone();
    partner.answers(move |received| well_behaved(received, &base, &status));
    let at = |path: &str| format!("{}{path}", partner.url);
    scene.greenhouse.set_partner(Partner::new(
        at("/list"),
        at("/send"),
        at("/status"),
        at("/error"),
        KEY,
    ));
    (scene, partner)
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

pub(crate) fn complete(base: &str) -> Value {
    json!({
        "partner_status": "complete", "partner_profile_url": format!("{base}/report"), "partner_score": 81.5,
        "metadata": { "Discovery": "Yes (72)" },
    })
}

pub(crate) async fn report_completion(scene: &Scene, url: &str) -> u16 {
    let credential = scene.greenhouse.completion_credential();
    let status = Caller::stranger(&scene.greenhouse)
        .patch_basic(url, &credential.username, &credential.password)
        .await;
    assert!(scene.greenhouse.settle().await);
    status.as_u16()
}

#[tokio::test]
async fn tests_are_listed_with_the_key_as_username() {
    let (scene, partner) = scene_with_partner(complete).await;
    let tests = scene.greenhouse.list_tests().await.unwrap();
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
async fn a_test_is_sent_with_every_member_and_null_for_unknown_ones() {
    let (scene, partner) = scene_with_partner(complete).await;
    let application = scene.new_application();
    let test = scene.greenhouse.send_test(application, "t1").await.unwrap();
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
            "url": format!("{}/integrations/testing_partners/take_home_tests/{}", scene.greenhouse.url(), test.id),
        })
    );
    scene.greenhouse.resend_test(test.id).await.unwrap();
    let second = scene.greenhouse.send_test(application, "t1").await.unwrap();
    let sent = partner.to("/send");
    assert_eq!(sent[0].body, sent[1].body, "a retry repeats the body");
    assert_ne!(second.url, test.url, "a second test has its own URL");
}

#[tokio::test]
async fn a_test_is_sent_to_active_applications_only() {
    let (scene, _partner) = scene_with_partner(complete).await;
    let application = scene.new_application();
    scene.greenhouse.reject(application).await.unwrap();
    assert!(matches!(
        scene.greenhouse.send_test(application, "t1").await,
        Err(AssessmentError::Refused(_))
    ));
}

#[tokio::test]
async fn a_completion_requires_the_completion_credential() {
    let (scene, _partner) = scene_with_partner(complete).await;
    let url = scene
        .greenhouse
        .send_test(scene.new_application(), "t1")
        .await
        .unwrap()
        .url;
    let caller = Caller::stranger(&scene.greenhouse);
    assert_eq!(
        caller.call(http::Method::PATCH, &url, None).await.status,
        401
    );
    assert_eq!(caller.patch_basic(&url, "unknown", "else").await, 401);
    assert_eq!(caller.patch_basic(&url, KEY, "").await, 403);
    assert_eq!(scene.greenhouse.take_home_tests()[0].completions, 0);
    assert_eq!(report_completion(&scene, &url).await, 200);
    assert_eq!(scene.greenhouse.take_home_tests()[0].completions, 1);
    assert_eq!(
        report_completion(
            &scene,
            &format!("{}7", url.trim_end_matches(char::is_numeric))
        )
        .await,
        404
    );
}

#[tokio::test]
async fn after_a_completion_the_result_is_requested_its_link_opened_and_the_result_stored() {
    let (scene, partner) = scene_with_partner(complete).await;
    let url = scene
        .greenhouse
        .send_test(scene.new_application(), "t1")
        .await
        .unwrap()
        .url;
    report_completion(&scene, &url).await;
    assert_eq!(partner.to("/status")[0].query, "partner_interview_id=i1");
    assert_eq!(
        partner.to("/status")[0].header("authorization"),
        "Basic cGFydG5lci1rZXk6"
    );
    assert_eq!(
        partner.to("/report")[0].header("authorization"),
        "",
        "opened without credentials"
    );
    assert!(
        partner.to("/login").is_empty(),
        "redirects are not followed"
    );
    let test = scene.greenhouse.take_home_tests().remove(0);
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
    let (scene, partner) = scene_with_partner(|base| json!({ "partner_status": "in_progress", "partner_score": 40, "partner_profile_url": base })).await;
    let url = scene
        .greenhouse
        .send_test(scene.new_application(), "t1")
        .await
        .unwrap()
        .url;
    report_completion(&scene, &url).await;
    let test = scene.greenhouse.take_home_tests().remove(0);
    assert_eq!(
        (test.status.as_deref(), test.score, test.opened_link),
        (Some("in_progress"), None, None)
    );
    assert!(partner.to("/report").is_empty());
    assert!(
        !scene
            .greenhouse
            .test_status("i1")
            .await
            .unwrap()
            .is_complete()
    );
}

#[tokio::test]
async fn a_result_for_an_inactive_application_is_dropped() {
    let (scene, _partner) = scene_with_partner(complete).await;
    let application = scene.new_application();
    let url = scene
        .greenhouse
        .send_test(application, "t1")
        .await
        .unwrap()
        .url;
    scene.greenhouse.hire(application).await.unwrap();
    report_completion(&scene, &url).await;
    let test = scene.greenhouse.take_home_tests().remove(0);
    assert_eq!(
        (test.drop_reason.as_deref(), test.score),
        (Some("the application is hired"), None)
    );
}

#[tokio::test]
async fn a_result_whose_link_is_not_public_is_dropped_completely() {
    let closed_link = |base: &str| json!({ "partner_status": "complete", "partner_profile_url": format!("{base}/gone"), "partner_score": 1 });
    let (scene, _partner) = scene_with_partner(closed_link).await;
    let url = scene
        .greenhouse
        .send_test(scene.new_application(), "t1")
        .await
        .unwrap()
        .url;
    report_completion(&scene, &url).await;
    let test = scene.greenhouse.take_home_tests().remove(0);
    assert_eq!(
        (test.drop_reason.as_deref(), test.score),
        (Some("partner_profile_url returned status 404"), None)
    );
}

#[tokio::test]
async fn a_malformed_response_is_reported_to_the_partner_and_recorded() {
    let (scene, partner) =
        scene_with_partner(|_| json!({ "partner_status": "complete", "partner_score": 81 })).await;
    scene.greenhouse.list_tests().await.unwrap();
    let url = scene
        .greenhouse
        .send_test(scene.new_application(), "t1")
        .await
        .unwrap()
        .url;
    report_completion(&scene, &url).await;
    let text = "partner_status is 'complete' but partner_profile_url is missing";
    assert_eq!(
        partner.to("/error")[0].json(),
        json!({
            "api_call": "test_status", "errors": [text], "partner_test_id": "t1", "partner_test_name": "Sales call",
            "partner_interview_id": "i1", "candidate_email": "mira@example.org",
        })
    );
    let complaint = scene.greenhouse.complaints().remove(0);
    assert_eq!(
        (complaint.api_call.as_str(), complaint.reported),
        ("test_status", Some(200))
    );
    assert_eq!(complaint.errors, [text]);
    assert_eq!(scene.greenhouse.take_home_tests()[0].status, None);
}

#[tokio::test]
async fn an_id_that_is_a_number_is_malformed() {
    let (scene, partner) = scene_with_partner(complete).await;
    partner.answers(|_| (200, json!({ "partner_interview_id": 98765 }).to_string()));
    let refused = scene
        .greenhouse
        .send_test(scene.new_application(), "t1")
        .await;
    assert_eq!(
        refused,
        Err(AssessmentError::Malformed(vec![
            "partner_interview_id is not a string".to_owned()
        ]))
    );
    assert_eq!(scene.greenhouse.complaints()[0].api_call, "send_test");
    partner.answers(|_| (200, json!([{ "partner_test_id": "t1" }]).to_string()));
    assert!(matches!(
        scene.greenhouse.list_tests().await,
        Err(AssessmentError::Malformed(_))
    ));
}

#[tokio::test]
async fn an_answer_that_is_not_2xx_is_an_error_without_a_complaint() {
    let (scene, partner) = scene_with_partner(complete).await;
    partner.answers(|_| (401, String::new()));
    assert_eq!(
        scene.greenhouse.list_tests().await,
        Err(AssessmentError::Status(401))
    );
    assert!(scene.greenhouse.complaints().is_empty() && partner.to("/error").is_empty());
}

#[tokio::test]
async fn a_completion_before_the_response_to_send_test_is_followed_up_when_the_response_arrives() {
    let (scene, partner) = scene_with_partner(complete).await;
    let application = scene.new_application();
    partner.answers(|_| (503, String::new()));
    assert_eq!(
        scene.greenhouse.send_test(application, "t1").await,
        Err(AssessmentError::Status(503))
    );
    let test = scene.greenhouse.take_home_tests().remove(0);
    assert_eq!(report_completion(&scene, &test.url).await, 200);
    assert!(partner.to("/status").is_empty());
    let base = partner.url.clone();
    partner.answers(move |received| well_behaved(received, &base, &complete));
    scene.greenhouse.resend_test(test.id).await.unwrap();
    assert!(scene.greenhouse.settle().await);
    assert_eq!(scene.greenhouse.take_home_tests()[0].score, Some(81.5));
}

#[tokio::test]
async fn the_partner_key_is_accepted_if_the_switch_allows_it() {
    let (scene, _partner) = scene_with_partner(complete).await;
    let url = scene
        .greenhouse
        .send_test(scene.new_application(), "t1")
        .await
        .unwrap()
        .url;
    let caller = Caller::stranger(&scene.greenhouse);
    assert_eq!(caller.patch_basic(&url, KEY, "").await, 403);
    scene
        .greenhouse
        .switch(|switches| switches.completion_key = CompletionKey::PartnerKeyToo);
    assert_eq!(caller.patch_basic(&url, KEY, "").await, 200);
    assert!(scene.greenhouse.settle().await);
    assert_eq!(scene.greenhouse.take_home_tests()[0].score, Some(81.5));
}

fn in_progress(_: &str) -> Value {
    json!({ "partner_status": "in_progress" })
}

fn hours(scene: &Scene, hours: u64) {
    scene
        .greenhouse
        .clock()
        .advance(std::time::Duration::from_secs(hours * 3600));
}

#[tokio::test]
async fn a_status_is_requested_hourly_until_the_test_is_complete() {
    let (scene, partner) = scene_with_partner(in_progress).await;
    scene
        .greenhouse
        .send_test(scene.new_application(), "t1")
        .await
        .unwrap();
    assert!(scene.greenhouse.poll_due().await.is_empty());
    for requests in 1..=3 {
        hours(&scene, 1);
        assert_eq!(scene.greenhouse.poll_due().await.len(), 1);
        assert!(scene.greenhouse.poll_due().await.is_empty());
        assert_eq!(partner.to("/status").len(), requests);
    }
    let base = partner.url.clone();
    partner.answers(move |received| well_behaved(received, &base, &complete));
    hours(&scene, 1);
    assert_eq!(scene.greenhouse.poll_due().await[0].score, Some(81.5));
    hours(&scene, 2);
    assert!(scene.greenhouse.poll_due().await.is_empty());
    assert_eq!(scene.greenhouse.take_home_tests()[0].next_poll_at, None);
}

#[tokio::test]
async fn no_status_is_requested_after_the_hire() {
    let (scene, partner) = scene_with_partner(in_progress).await;
    let application = scene.new_application();
    scene.greenhouse.send_test(application, "t1").await.unwrap();
    scene.greenhouse.hire(application).await.unwrap();
    hours(&scene, 1);
    assert!(scene.greenhouse.poll_due().await.is_empty());
    assert!(partner.to("/status").is_empty());
}

#[tokio::test]
async fn no_status_is_requested_after_8_weeks() {
    let (scene, _partner) = scene_with_partner(in_progress).await;
    scene
        .greenhouse
        .send_test(scene.new_application(), "t1")
        .await
        .unwrap();
    hours(&scene, 8 * 7 * 24);
    assert_eq!(scene.greenhouse.poll_due().await.len(), 1);
    hours(&scene, 1);
    assert!(scene.greenhouse.poll_due().await.is_empty());
}

#[tokio::test]
async fn a_key_of_171_characters_is_refused() {
    let (scene, partner) = scene_with_partner(complete).await;
    for (length, taken) in [(170, true), (171, false)] {
        let at = |path: &str| format!("{}{path}", partner.url);
        let key = "k".repeat(length);
        scene.greenhouse.set_partner(Partner::new(
            at("/list"),
            at("/send"),
            at("/status"),
            at("/error"),
            key,
        ));
        assert_eq!(scene.greenhouse.list_tests().await.is_ok(), taken);
    }
}

#[tokio::test]
async fn every_malformed_response_is_posted_as_response_error() {
    let (scene, partner) = scene_with_partner(in_progress).await;
    scene
        .greenhouse
        .send_test(scene.new_application(), "t1")
        .await
        .unwrap();
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
        assert!(scene.greenhouse.test_status("i1").await.is_err(), "{text}");
        let posted = partner.to("/error").pop().unwrap().json();
        assert_eq!(
            (&posted["errors"], &posted["api_call"]),
            (&json!([text]), &json!("test_status"))
        );
    }
    assert_eq!(scene.greenhouse.complaints().len(), 7);
}
