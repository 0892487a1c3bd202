use std::{collections::BTreeSet, sync::Arc};

use serde_json::{Map, Value, json};

use super::fixtures::{
    account, at, bodies, delivery, invitation, kept, link, push, read_invitation, read_link,
    read_push, seen, write,
};
use crate::{
    ApplicationId, CandidateId, InvitationId, ScenarioId, Stage,
    store::{Changes, Invitation, RequestKey, Store, Write, histories_of},
    sync::{Facts, decide},
    webhook::{ApplicationEvent, Event},
};

/// Each of the 42 words of `anonymized_fields` erases the data that it covers, and nothing else.
pub(super) async fn every_word_erases_what_it_names(store: Arc<dyn Store>) {
    assert_eq!(WORDS.len(), 42);
    for (number, (word, _)) in (1..).zip(WORDS) {
        store_person(&store, number).await;
        anonymize(&store, number, &[word]).await;
        assert_eq!(erased(&store, number).await, columns(&[word]), "{word}");
    }
    let keeping = WORDS.iter().filter(|(_, named)| named.is_empty());
    assert_eq!(bodies(&store).await, keeping.count());
    // An unknown word, or an empty list, erases everything.
    let unknown: [&[&str]; 4] = [
        &["identity_verification"],
        &["full_name", "match_score_reasoning"],
        &["Full_Name"],
        &[],
    ];
    for (number, words) in (101..).zip(unknown) {
        store_person(&store, number).await;
        anonymize(&store, number, words).await;
        let all: BTreeSet<_> = ALL.into_iter().collect();
        assert_eq!(erased(&store, number).await, all, "{words:?}");
    }
}

/// After any sequence of anonymizations, exactly the union of the data that their words cover is
/// erased.
pub(super) async fn words_add_up(store: Arc<dyn Store>) {
    let mut chance = Chance(1);
    let mut kept_bodies = 0;
    for number in 1..=60 {
        store_person(&store, number).await;
        let mut words: Vec<&str> = Vec::new();
        for _ in 0..=chance.below(4) {
            let mut event: Vec<&str> = (0..=chance.below(4))
                .map(|_| WORDS[chance.below(WORDS.len())].0)
                .collect();
            if chance.below(12) == 0 {
                event.push("a_word_of_tomorrow");
            }
            anonymize(&store, number, &event).await;
            words.extend(event);
            assert_eq!(erased(&store, number).await, columns(&words), "{words:?}");
        }
        kept_bodies += usize::from(!columns(&words).contains("bodies"));
        // Another person keeps everything.
        assert_eq!(erased(&store, 0).await, BTreeSet::new(), "{words:?}");
        if number == 1 {
            store_person(&store, 0).await;
        }
    }
    assert_eq!(bodies(&store).await, kept_bodies + 1);
}

/// All known words together leave a candidate who can be pushed and invited.
pub(super) async fn person_is_pushed_and_invited_again_after_words(store: Arc<dyn Store>) {
    store_person(&store, 1).await;
    let all: Vec<&str> = WORDS.iter().map(|(word, _)| *word).collect();
    anonymize(&store, 1, &all).await;
    let link = read_link(&store, "1").await.expect("stored");
    let mut pushed = read_push(&store, "1").await.expect("stored");
    assert!(!link.erased && !pushed.erased);
    assert_eq!(pushed.candidate, Some(CandidateId::new(1)));

    // A retry restores the key, and a new request for the same test is a new invitation.
    pushed.person = push("1", &email(1), at(0)).person;
    let mut again = person_invitation(1);
    again.id = InvitationId::new("again");
    let changes = Changes {
        pushes: vec![Write::Put(pushed)],
        invitations: vec![Write::Put(again)],
        ..Changes::none()
    };
    write(&store, changes).await;
}

/// Words of `anonymized_fields`, with the values of [`store_person`] that each word erases.
const WORDS: [(&str, &str); 42] = [
    ("full_name", "names other bodies"),
    ("email_addresses", "address other bodies"),
    ("phone_numbers", "phone other bodies"),
    ("addresses", "other bodies"),
    ("websites", "other bodies"),
    ("social_media_links", "other bodies"),
    ("attachments", "resume other bodies"),
    ("notes", ""),
    ("custom_candidate_fields", "other bodies"),
    ("custom_application_fields", "other bodies"),
    ("scorecards_and_interviews", "bodies"),
    ("tags", "bodies"),
    ("source", "bodies"),
    ("candidate_stage_data", "stage bodies"),
    ("emails", ""),
    ("activity_items", ""),
    ("all_offer_versions", "bodies"),
    ("application_questions", ""),
    ("coordinator", "bodies"),
    ("credited_to", "bodies"),
    ("custom_rejection_question_fields", "bodies"),
    ("current_company", "bodies"),
    ("current_title", "bodies"),
    ("education", "bodies"),
    ("employment", "bodies"),
    ("follow_up_reminders", ""),
    ("headline", ""),
    ("inmails", ""),
    ("innotes", ""),
    ("location", "bodies"),
    ("offers", "bodies"),
    ("prospect_jobs", "bodies"),
    ("prospect_offices", "bodies"),
    ("prospect_offices_and_departments", "bodies"),
    ("prospect_owner", "bodies"),
    ("prospect_pool_and_stage", "bodies"),
    ("recruiter", "bodies"),
    ("referral_questions", ""),
    ("rejection_notes", ""),
    ("rejection_reasons", "bodies"),
    ("third_party_integrations", ""),
    ("touchpoints", ""),
];

const ALL: [&str; 8] = [
    "names", "address", "phone", "resume", "other", "stage", "bodies", "all",
];

fn columns(words: &[&str]) -> BTreeSet<&'static str> {
    let mut columns = BTreeSet::new();
    for word in words {
        match WORDS.iter().find(|(known, _)| known == word) {
            Some((_, named)) => columns.extend(named.split_whitespace()),
            None => columns.extend(ALL),
        }
    }
    columns
}

/// Stores an invited and pushed candidate, with a kept body.
async fn store_person(store: &Arc<dyn Store>, number: i64) {
    let name = number.to_string();
    let mut pushed = push(&name, &email(number), at(0));
    pushed.candidate = Some(CandidateId::new(number));
    let mut linked = link(&name, number, number);
    linked.state.stage = Some(Stage::new(None, Some("Offer".to_owned())));
    let mut body = kept(delivery(&name, 1, body_time(number)));
    let mut event = ApplicationEvent::new(ApplicationId::new(number));
    event.candidate = Some(CandidateId::new(number));
    body.event = Some(Event::Rejected(event));
    let changes = Changes {
        invitations: vec![Write::Put(person_invitation(number))],
        pushes: vec![Write::Put(pushed)],
        links: vec![Write::Put(linked)],
        ..seen(body)
    };
    write(store, changes).await;
}

fn person_invitation(number: i64) -> Invitation {
    let mut invited = invitation(&number.to_string(), number);
    invited.person.email = Some(email(number));
    invited.request = request(number);
    invited.person.more = members();
    invited
}

fn members() -> Map<String, Value> {
    let members = json!({
        "sent_by": "lee@example.com",
        "unknown": 1,
        "candidate": {
            "id": 1,
            "preferred_name": "Janey",
            "phone_number": "1",
            "resume_url": "https://example.com/resume",
            "pronouns": "she",
        },
    });
    match members {
        Value::Object(members) => members,
        _ => Map::new(),
    }
}

fn email(number: i64) -> String {
    format!("jane{number}@example.com")
}

fn request(number: i64) -> RequestKey {
    RequestKey::of_person(&ScenarioId::new("s"), &email(number))
}

fn body_time(number: i64) -> chrono::DateTime<chrono::Utc> {
    at(1_000 * number)
}

/// Decides on a webhook and applies the decision.
async fn anonymize(store: &Arc<dyn Store>, number: i64, words: &[&str]) {
    let candidate = CandidateId::new(number);
    let account = account();
    let links = store.links_to_candidate(&account, candidate).await;
    let histories = histories_of(store.as_ref(), &account, [candidate], at(0)).await;
    let facts = Facts {
        links: links.expect("the store reads"),
        histories: histories.expect("the store reads"),
        reader: false,
        now: at(0),
        settle_time: std::time::Duration::from_secs(60),
    };
    let event = Event::CandidateAnonymized {
        candidate,
        fields: words.iter().map(|word| (*word).to_owned()).collect(),
    };
    write(store, decide(&event, &facts).changes).await;
}

/// Returns the erased values of a stored person. Also checks that the ids are unchanged.
async fn erased(store: &Arc<dyn Store>, number: i64) -> BTreeSet<&'static str> {
    let name = number.to_string();
    let mut gone = BTreeSet::new();
    let Some(invited) = read_invitation(store, &name).await else {
        return gone;
    };
    let pushed = read_push(store, &name).await.expect("stored");
    let linked = read_link(store, &name).await.expect("stored");
    let person = &invited.person;
    let missing = |path: &str| {
        let more = Value::Object(person.more.clone());
        more.pointer(path).is_none()
    };
    let mut both = |column: &'static str, parts: &[bool]| {
        assert!(
            parts.iter().all(|part| *part == parts[0]),
            "{column}: {parts:?}"
        );
        if parts[0] {
            gone.insert(column);
        }
    };
    both(
        "names",
        &[
            person.first_name.is_none(),
            person.last_name.is_none(),
            missing("/candidate/preferred_name"),
        ],
    );
    let requested = store
        .invitation_by_request(&account(), &request(number))
        .await;
    let key = push(&name, &email(number), at(0)).person;
    let found = store
        .pushes_of_person(&account(), &key.expect("it has an address"))
        .await;
    both(
        "address",
        &[
            person.email.is_none(),
            pushed.person.is_none(),
            requested.expect("the store reads").is_none(),
            found.expect("the store reads").is_empty(),
        ],
    );
    both("phone", &[missing("/candidate/phone_number")]);
    both("resume", &[missing("/candidate/resume_url")]);
    both(
        "other",
        &[
            missing("/sent_by"),
            missing("/unknown"),
            missing("/candidate/id"),
            missing("/candidate/pronouns"),
        ],
    );
    both("stage", &[linked.state.stage.is_none()]);
    both("bodies", &[linked.bodies_erased]);
    both("all", &[linked.erased, pushed.erased]);
    assert_eq!(pushed.candidate, Some(CandidateId::new(number)));
    assert_eq!(invited.candidate, Some(CandidateId::new(number)));
    assert_eq!(linked.application, ApplicationId::new(number));
    gone
}

/// Pseudo-random number generator with a fixed seed, so that every run is the same.
struct Chance(u64);

impl Chance {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or_default() % bound
    }
}
