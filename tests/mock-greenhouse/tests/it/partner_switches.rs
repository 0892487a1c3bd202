use mock_greenhouse::{CompletionAddress, NoteMentions, SendTestMembers};
use serde_json::json;

use crate::assessment::{complete, report_completion, scene_with_partner};
use crate::support::{Caller, Scene};

#[tokio::test]
async fn completion_addresses_differ_in_one_of_three_places_and_are_all_served() {
    for (switch, ending) in [
        (CompletionAddress::LastSegment, "/take_home_tests/{id}"),
        (
            CompletionAddress::EarlierSegment,
            "/take_home_tests/{id}/complete",
        ),
        (
            CompletionAddress::Query,
            "/take_home_tests/complete?id={id}",
        ),
    ] {
        let (scene, partner) = scene_with_partner(complete).await;
        scene
            .greenhouse
            .switch(|switches| switches.completion_address = switch);
        let application = scene.new_application();
        let test = scene.greenhouse.send_test(application, "t1").await.unwrap();
        assert!(
            test.url
                .ends_with(&ending.replace("{id}", &test.id.to_string()))
        );
        assert_eq!(partner.to("/send")[0].json()["url"], test.url);
        assert_eq!(report_completion(&scene, &test.url).await, 200);
        assert_eq!(scene.greenhouse.take_home_tests()[0].completions, 1);
        let unknown = test.url.replace(&test.id.to_string(), "7");
        assert_eq!(report_completion(&scene, &unknown).await, 404);
        scene.greenhouse.assert_no_problems();
    }
}

#[tokio::test]
async fn a_test_is_sent_with_documented_fewer_or_more_members() {
    let (scene, partner) = scene_with_partner(complete).await;
    let application = scene.new_application();
    for switch in [
        SendTestMembers::Documented,
        SendTestMembers::Sparse,
        SendTestMembers::Extended,
    ] {
        scene
            .greenhouse
            .switch(|switches| switches.send_test_members = switch);
        scene.greenhouse.send_test(application, "t1").await.unwrap();
    }
    let sent: Vec<_> = partner.to("/send").iter().map(|one| one.json()).collect();
    for body in &sent {
        let candidate = &body["candidate"];
        assert!(candidate["email"].is_string() && candidate["greenhouse_profile_url"].is_string());
        assert!(body["partner_test_id"].is_string() && body["url"].is_string());
    }
    let members = |index: usize, of: &str| {
        let body = &sent[index];
        let object = if of.is_empty() { body } else { &body[of] };
        object.as_object().unwrap().len()
    };
    assert_eq!([members(0, ""), members(0, "candidate")], [4, 7]);
    assert_eq!([members(1, ""), members(1, "candidate")], [3, 4]);
    assert_eq!([members(2, ""), members(2, "candidate")], [5, 9]);
    assert_eq!(sent[2]["application"]["id"], application);
}

#[tokio::test]
async fn an_at_sign_in_a_note_mentions_nobody_or_the_named_user() {
    let scene = Scene::new().await;
    let candidate = scene
        .greenhouse
        .seed_candidate("Mira", "Okafor", "mira@example.org");
    let note = async |text: &str| {
        let body = json!({ "candidate_id": candidate, "note_type": "NOTE", "visibility": "private", "body": text });
        scene.harvest.post("/v3/notes", body).await.json()["id"].clone()
    };
    note("@Ada Siteadmin").await;
    scene
        .greenhouse
        .switch(|switches| switches.note_mentions = NoteMentions::Notified);
    let by_name = note("ask @Ada Siteadmin").await;
    let by_email = note("@job.admin@greenhouse.example").await;
    note("Ada Siteadmin, mira@example.org and @ Ada Siteadmin").await;
    let (ada, joe) = (scene.greenhouse.site_admin(), scene.greenhouse.job_admin());
    let expected = [(&by_name, ada), (&by_email, joe)];
    let expected = expected.map(|(note, user)| json!({ "note_id": note, "user_id": user }));
    let state = Caller::stranger(&scene.greenhouse)
        .get("/_mock/state")
        .await
        .json();
    assert_eq!(state["mentions"], json!(expected));
    assert_eq!(scene.greenhouse.mentions().len(), 2);
}
