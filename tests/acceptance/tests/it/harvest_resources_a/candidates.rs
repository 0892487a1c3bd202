use greenhouse_core::{CandidateId, UserId};
use greenhouse_harvest::api::{TimeRange, *};
use mock_greenhouse::{CreatedCandidate as Answer, Switches, UpdatedCandidate};

use super::{Setting, refused};

#[tokio::test(flavor = "multi_thread")]
async fn a_candidate_is_created_with_every_member_for_both_response_shapes() {
    for answer in [Answer::Wrapped, Answer::Flat] {
        let mut switches = Switches::default();
        switches.created_candidate = answer;
        let setting = Setting::with(switches).await;
        let client = setting.client();
        let mut new = NewCandidate::new("Noor", "Haddad", "noor@example.org");
        new.preferred_name = Some("No".into());
        new.company = Some("Acme".into());
        new.title = Some("Baker".into());
        new.time_zone = Some("Europe/Berlin".into());
        new.is_private = Some(true);
        new.can_email = Some(true);
        new.phone_numbers = vec![PhoneNumber::new(PhoneKind::Skype, "noor")];
        new.addresses = vec![PostalAddress::new(AddressKind::Home, "A street")];
        new.website_addresses = vec![WebsiteAddress::new(WebsiteKind::Portfolio, "noor.example")];
        new.social_media_addresses = vec![SocialMediaAddress::new("@noor")];
        new.tags = vec!["assessed".into()];
        let created = client
            .create_candidate(&new.applying(setting.job, Some(setting.stages[1])))
            .await
            .unwrap();
        let row = &created.candidate;
        assert!(row.unknown.is_empty(), "{:?}", row.unknown);
        assert_eq!(row.preferred_name.as_deref(), Some("No"));
        assert_eq!((row.private, row.can_email), (Some(true), Some(true)));
        assert_eq!(row.tags.as_deref(), Some(&["assessed".to_owned()][..]));
        assert!(row.created_at.is_some() && row.last_activity_at.is_some());
        let values: Vec<_> = [
            &row.email_addresses,
            &row.phone_numbers,
            &row.addresses,
            &row.website_addresses,
            &row.social_media_addresses,
        ]
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|point| point.value.as_deref())
        .collect();
        let expected = [
            "noor@example.org",
            "noor",
            "A street",
            "noor.example",
            "@noor",
        ];
        assert_eq!(values, expected);

        assert_eq!(created.application.is_some(), answer == Answer::Wrapped);
        let applied = ApplicationFilter::new().candidate_ids([row.id]);
        let applied = client.applications(&applied).all().await.unwrap();
        assert_eq!(applied[0].job_interview_stage_id, Some(setting.stages[1]));
        setting.greenhouse.assert_no_problems();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn candidates_are_found_by_every_filter() {
    let setting = Setting::with(Switches::default()).await;
    let client = setting.client();
    let mut new = NewCandidate::new("Noor", "Haddad", "noor@example.org");
    new.tags = vec!["assessed".into()];
    new.is_private = Some(true);
    let prospect = new.as_prospect(FirstProspect::new());
    let created = client.create_candidate(&prospect).await.unwrap();
    assert_eq!(created.application.unwrap().prospect, Some(true));
    let noor = created.candidate.id;
    let at = created.candidate.last_activity_at.unwrap();

    let all = CandidateFilter::new;
    for (filter, found) in [
        (all().email("NOOR@example.org"), vec![noor]),
        (all().tag("assessed"), vec![noor]),
        (all().tag("assess"), vec![]),
        (all().private(false), vec![setting.person]),
        (all().ids([setting.person]), vec![setting.person]),
        (all().last_activity_at(TimeRange::from(at)), vec![noor]),
        (
            all().created_at(TimeRange::before(at)),
            vec![setting.person],
        ),
        (
            all().fields(["first_name"]).email("noor@example.org"),
            vec![noor],
        ),
    ] {
        let rows = client.candidates(&filter).all().await.unwrap();
        let ids: Vec<CandidateId> = rows.iter().map(|row| row.id).collect();
        assert_eq!(ids, found, "{filter:?}");
    }
    setting.greenhouse.assert_no_problems();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_update_changes_named_members_and_replaces_lists_for_both_response_shapes() {
    for answer in [UpdatedCandidate::Flat, UpdatedCandidate::Wrapped] {
        let mut switches = Switches::default();
        switches.updated_candidate = answer;
        update_twice(Setting::with(switches).await).await;
    }
}

async fn update_twice(setting: Setting) {
    let client = setting.client();
    let mut update = UpdateCandidate::new();
    update.company = Some("Acme".into());
    update.email_addresses = Some(vec![
        EmailAddress::personal("m@example.org"),
        EmailAddress::new(EmailKind::Work, "m@example.com"),
    ]);
    update.linked_user_ids = Some(vec![UserId::new(setting.greenhouse.job_admin())]);
    let row = client
        .update_candidate(setting.person, &update)
        .await
        .unwrap();
    assert_eq!(
        row.first_name.as_deref(),
        Some("Mira"),
        "the update did not contain it"
    );
    assert_eq!(row.company.as_deref(), Some("Acme"));
    assert_eq!(row.linked_user_ids.map(|ids| ids.len()), Some(1));
    let values = |row: &Candidate| -> Vec<_> {
        let points = row.email_addresses.iter().flatten();
        points.filter_map(|point| point.value.clone()).collect()
    };
    assert_eq!(
        values(
            &client
                .candidates(&CandidateFilter::new())
                .all()
                .await
                .unwrap()[0]
        ),
        ["m@example.org", "m@example.com"]
    );

    let mut update = UpdateCandidate::new();
    update.company = Some(String::new());
    update.is_private = Some(true);
    update.email_addresses = Some(Vec::new());
    let row = client
        .update_candidate(setting.person, &update)
        .await
        .unwrap();
    assert_eq!(row.company.unwrap_or_default(), "");
    assert_eq!(row.private, Some(true));
    assert_eq!(row.email_addresses.map(|points| points.len()), Some(0));
    let missing = client.update_candidate(CandidateId::new(1), &update).await;
    assert_eq!(refused(missing), 404);
    setting.greenhouse.assert_no_problems();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_time_range_has_one_end_or_two() {
    let setting = Setting::with(Switches::default()).await;
    let client = setting.client();
    let now = setting.greenhouse.clock().now();
    let (hour, day) = (chrono::TimeDelta::hours(1), chrono::TimeDelta::days(1));
    for (range, found) in [
        (TimeRange::from(now - hour), 1),
        (TimeRange::before(now - hour), 0),
        (TimeRange::between(now - hour, now + hour), 1),
        (TimeRange::between(now - day, now - hour), 0),
        (TimeRange::between(now + hour, now + day), 0),
    ] {
        let filter = CandidateFilter::new().updated_at(range);
        let rows = client.candidates(&filter).all().await.unwrap();
        assert_eq!(rows.len(), found, "{range:?}");
    }
    setting.greenhouse.assert_no_problems();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_candidate_is_merged_anonymized_and_deleted() {
    let setting = Setting::with(Switches::default()).await;
    let client = setting.client();
    let other = setting
        .greenhouse
        .seed_candidate("M.", "Okafor", "m@example.org");
    let stays = client
        .merge_candidates(setting.person, CandidateId::new(other))
        .await
        .unwrap();
    assert_eq!(stays.id, setting.person);
    assert!(setting.greenhouse.candidate(other).is_none());

    client
        .anonymize_candidate(setting.person, ["full_name", "email_addresses"])
        .await
        .unwrap();
    let left = setting
        .greenhouse
        .candidate(setting.person.value())
        .unwrap();
    assert_ne!(left.first_name, "Mira");
    assert!(left.email_addresses.is_empty());

    client.delete_candidate(setting.person).await.unwrap();
    assert!(setting.greenhouse.candidates().is_empty());
    assert_eq!(refused(client.delete_candidate(setting.person).await), 404);
    setting.greenhouse.assert_no_problems();
}
