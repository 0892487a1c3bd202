//! Custom field values. An update keeps the values of fields that it does not contain.

use greenhouse_core::{UserId, settings::NoteVisibility};
use greenhouse_harvest::api::*;
use greenhouse_harvest::api::{CustomFieldId, CustomFieldOptionId};
use mock_greenhouse::{
    CustomFieldsUpdate, NumberForm, Presence, RowForm, ScorecardNulls, SeededField, Switches,
};
use serde_json::{Number, json};

use super::Setting;

#[tokio::test(flavor = "multi_thread")]
async fn an_update_of_one_field_keeps_the_others() {
    for (update, numbers, rows) in [
        (
            CustomFieldsUpdate::Replace,
            NumberForm::Number,
            RowForm::Described,
        ),
        (
            CustomFieldsUpdate::Replace,
            NumberForm::Text,
            RowForm::Described,
        ),
        (
            CustomFieldsUpdate::Merge,
            NumberForm::Text,
            RowForm::Described,
        ),
        (
            CustomFieldsUpdate::Replace,
            NumberForm::Number,
            RowForm::Seen,
        ),
    ] {
        let mut switches = Switches::default();
        switches.candidate_custom_fields = update;
        switches.application_custom_fields = update;
        switches.number_custom_fields = numbers;
        switches.rows = rows;
        let setting = Setting::with(switches).await;
        let fields = Fields::seed(&setting, "candidate");
        let client = setting.client();
        let mut first = UpdateCandidate::new();
        first.custom_fields = Some(fields.values(&setting));
        let before = client
            .update_candidate(setting.person, &first)
            .await
            .unwrap();
        let before_values = before.custom_fields.clone().unwrap();
        assert!(before_values.values().all(|field| field.value.is_some()));

        let key = fields.score.name_key.clone();
        let mut change = UpdateCandidate::new();
        let score = CustomFieldInput::number(85.0).unwrap();
        let whole = before.custom_fields_with(&[(key.clone(), score)].into());
        change.custom_fields = Some(whole.unwrap());
        let after = client
            .update_candidate(setting.person, &change)
            .await
            .unwrap();
        let mut expected = before_values.clone();
        let after_values = after.custom_fields.clone().unwrap();
        assert_eq!(after_values[&key].number(), Some(85.0));
        expected.insert(key.clone(), after_values[&key].clone());
        assert_eq!(after_values, expected);
        assert_eq!(after_values["level"].options(), ["Yes"]);
        assert_eq!(after_values["skills"].options(), ["A", "B"]);
        assert_eq!(after_values["pay"].money(), before_values["pay"].money());
        assert_eq!(after_values["ready"].flag(), Some(true));
        assert!(after_values["since"].day().is_some());

        let mut clear = UpdateCandidate::new();
        let cleared = after.custom_fields_with(&[(key.clone(), CustomFieldInput::Clear)].into());
        clear.custom_fields = Some(cleared.unwrap());
        let row = client
            .update_candidate(setting.person, &clear)
            .await
            .unwrap();
        expected.get_mut(&key).unwrap().value = None;
        assert_eq!(row.custom_fields.unwrap(), expected);

        let option = CustomFieldOptionId::new(fields.level.option_ids[0]);
        let chosen = CandidateFilter::new().custom_field_option_id(option);
        assert_eq!(client.candidates(&chosen).all().await.unwrap().len(), 1);

        let mut alone = UpdateCandidate::new();
        alone.custom_fields = Some(vec![NewCustomFieldValue::of_key(key, 1)]);
        let row = client
            .update_candidate(setting.person, &alone)
            .await
            .unwrap();
        let kept = row.custom_fields.unwrap()["motto"].value.is_some();
        assert_eq!(
            kept,
            update == CustomFieldsUpdate::Merge,
            "the switch works"
        );
        setting.greenhouse.assert_no_problems();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_that_differ_from_the_description_are_read() {
    let mut switches = Switches::default();
    switches.rows = RowForm::Seen;
    switches.rejection_reason_id = Presence::Absent;
    switches.scorecard_nulls = ScorecardNulls::InDrafts;
    let setting = Setting::with(switches).await;
    let (greenhouse, client) = (&setting.greenhouse, setting.client());
    let application = greenhouse
        .seed_application(setting.person.value(), setting.job.value())
        .unwrap();
    let draft =
        json!({ "application_id": application, "interview_kit_id": 7, "candidate_rating": "yes" });
    greenhouse.seed_record("scorecards", draft).unwrap();
    client
        .create_note(&NewNote::new(
            setting.person,
            None,
            NoteVisibility::Public,
            "x",
        ))
        .await
        .unwrap();

    let rows = client.applications(&ApplicationFilter::new()).all();
    let row = rows.await.unwrap().remove(0);
    assert_eq!(row.rejection_reason_id, None);
    assert_eq!(row.answers.unwrap()[0].answer, None);
    let stages = client.job_interview_stages(&JobInterviewStageFilter::new());
    let stages = stages.all().await.unwrap();
    assert_eq!(stages.len(), setting.stages.len());
    assert!(stages.iter().all(|stage| stage.sort_order.is_none()));
    let cards = client.scorecards(&ScorecardFilter::new()).all();
    let card = cards.await.unwrap().remove(0);
    assert_eq!((card.interview_kit_id, card.candidate_rating), (None, None));
    assert!(
        !client
            .users(&UserFilter::new())
            .all()
            .await
            .unwrap()
            .is_empty()
    );
    assert_eq!(
        client.notes(&NoteFilter::new()).all().await.unwrap().len(),
        1
    );
    greenhouse.assert_no_problems();
}

#[tokio::test(flavor = "multi_thread")]
async fn values_of_applications_and_rejections_are_set_by_id_and_key() {
    let setting = Setting::with(Switches::default()).await;
    let fields = Fields::seed(&setting, "application");
    let client = setting.client();
    let mut new = NewApplication::new(setting.person, setting.job, None);
    new.custom_fields = fields.values(&setting);
    let row = client.create_application(&new).await.unwrap();
    let values = row.custom_fields.clone().unwrap();
    assert_eq!(values["level"].options(), ["Yes"]);

    let mut update = UpdateApplication::new();
    let changes = [("level".to_owned(), "No".into())].into();
    update.custom_fields = Some(row.custom_fields_with(&changes).unwrap());
    let changed = client.update_application(row.id, &update).await.unwrap();
    let changed = changed.custom_fields.unwrap();
    assert_eq!(changed["level"].options(), ["No"]);
    assert_eq!(changed["score"], values["score"]);
    let option = CustomFieldOptionId::new(fields.level.option_ids[1]);
    let chosen = ApplicationFilter::new().custom_field_option_id(option);
    assert_eq!(client.applications(&chosen).all().await.unwrap().len(), 1);

    let seed = |name, kind| {
        let field = setting
            .greenhouse
            .seed_custom_field("rejection_question", name, kind, &[]);
        CustomFieldId::new(field.unwrap().field_id)
    };
    let (years, wish) = (
        seed("Years", "number_range"),
        seed("Wish", "currency_range"),
    );
    let (min, max) = (Number::from(1), Number::from(2));
    let years_value = NumberRange {
        min_value: min.clone(),
        max_value: max.clone(),
    };
    let wish_value = MoneyRange {
        min_amount: min,
        max_amount: max,
        currency_code: "EUR".into(),
    };
    let mut rejection = Rejection::new(setting.greenhouse.rejection_reason());
    rejection.custom_fields = vec![
        NewCustomFieldValue::of_id(years, CustomFieldInput::NumberRange(years_value)),
        NewCustomFieldValue::of_id(wish, CustomFieldInput::MoneyRange(wish_value)),
    ];
    client.reject_application(row.id, &rejection).await.unwrap();
    let details = setting.greenhouse.records("rejection_details");
    let details = serde_json::to_string(&details).unwrap();
    assert!(
        details.contains("min_value") && details.contains("EUR"),
        "{details}"
    );
    setting.greenhouse.assert_no_problems();
}

/// Custom fields, one of each kind that can have a value.
struct Fields {
    score: SeededField,
    level: SeededField,
}

impl Fields {
    fn seed(setting: &Setting, of: &str) -> Self {
        let seed = |name, kind, options: &[&str]| {
            let field = setting
                .greenhouse
                .seed_custom_field(of, name, kind, options);
            field.unwrap()
        };
        seed("Motto", "short_text", &[]);
        seed("Ready", "yes_no", &[]);
        seed("Skills", "multi_select", &["A", "B", "C"]);
        seed("Pay", "currency", &[]);
        seed("Since", "date", &[]);
        seed("Page", "url", &[]);
        seed("Mentor", "user", &[]);
        Self {
            score: seed("Score", "number", &[]),
            level: seed("Level", "single_select", &["Yes", "No"]),
        }
    }

    fn values(&self, setting: &Setting) -> Vec<NewCustomFieldValue> {
        let mentor = UserId::new(setting.greenhouse.job_admin());
        let option = CustomFieldOptionId::new(self.level.option_ids[0]);
        let score = CustomFieldId::new(self.score.field_id);
        let day = chrono::NaiveDate::from_ymd_opt(2026, 6, 2).unwrap();
        let skills = vec!["A".to_owned(), "B".to_owned()];
        vec![
            NewCustomFieldValue::of_id(score, 72),
            NewCustomFieldValue::of_key("level", option),
            NewCustomFieldValue::of_key("motto", "Calm\nand clear"),
            NewCustomFieldValue::of_key("ready", true),
            NewCustomFieldValue::of_key("skills", skills),
            NewCustomFieldValue::of_key("pay", Money::new(100, "EUR")),
            NewCustomFieldValue::of_key("since", day),
            NewCustomFieldValue::of_key("page", "https://mira.example.org"),
            NewCustomFieldValue::of_key("mentor", mentor),
        ]
    }
}
