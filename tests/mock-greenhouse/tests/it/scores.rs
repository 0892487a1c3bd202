use serde_json::json;

use crate::assessment::{complete, report_completion, scene_with_partner};

#[tokio::test]
async fn a_complete_result_may_have_no_score() {
    for score in [json!({}), json!({ "partner_score": null })] {
        let (scene, partner) = scene_with_partner(move |base| {
            let mut status = complete(base);
            let members = status.as_object_mut().unwrap();
            members.remove("partner_score");
            members.extend(score.as_object().unwrap().clone());
            status
        })
        .await;
        let application = scene.new_application();
        let url = scene
            .greenhouse
            .send_test(application, "t1")
            .await
            .unwrap()
            .url;
        report_completion(&scene, &url).await;
        let test = scene.greenhouse.take_home_tests().remove(0);
        assert_eq!(
            (test.status.as_deref(), test.score, test.drop_reason),
            (Some("complete"), None, None)
        );
        assert!(test.profile_url.is_some() && partner.to("/error").is_empty());
    }
}
