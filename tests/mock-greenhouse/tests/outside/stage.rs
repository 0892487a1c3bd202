use std::collections::BTreeMap;

use mock_greenhouse::{Config, MockGreenhouse, SeededField, SeededJob};
use reqwest::Method;
use serde_json::{Value, json};

/// A mock with two jobs and a custom field for each form of value.
pub(crate) struct Stage {
    greenhouse: MockGreenhouse,
    http: reqwest::Client,
    token: String,
    job: SeededJob,
    other_job: SeededJob,
    /// Custom fields by row type and value type.
    fields: BTreeMap<(&'static str, &'static str), SeededField>,
}

impl Stage {
    pub(crate) async fn new() -> Self {
        let greenhouse = MockGreenhouse::start(Config::default().with_rate_limit(u32::MAX))
            .await
            .unwrap();
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let credential = greenhouse.credential();
        let minted = http
            .post(format!("{}/token", greenhouse.url()))
            .basic_auth(&credential.client_id, Some(&credential.client_secret))
            .header("content-type", "application/x-www-form-urlencoded")
            .body("grant_type=client_credentials")
            .send()
            .await
            .unwrap();
        let minted: Value = serde_json::from_slice(&minted.bytes().await.unwrap()).unwrap();
        let job = greenhouse.seed_job("Account Executive", &["Review", "Offer"]);
        let other_job = greenhouse.seed_job("Recruiter", &["Review"]);
        let mut fields = BTreeMap::new();
        for kind in ["application", "rejection_question"] {
            for value_type in VALUE_TYPES {
                let field = greenhouse.seed_custom_field(kind, value_type, value_type, &["One"]);
                fields.insert((kind, *value_type), field.unwrap());
            }
        }
        Self {
            token: minted["access_token"].as_str().unwrap().to_owned(),
            greenhouse,
            http,
            job,
            other_job,
            fields,
        }
    }

    /// Sends a body to a new application, with seeded ids and fields in place of the generated
    /// ones. Returns the body as sent, the status and the response.
    pub(crate) async fn call(&self, method: &str, path: &str, body: Value) -> (Value, u16, Value) {
        let candidate = self
            .greenhouse
            .seed_candidate("Mira", "Okafor", "mira@example.org");
        let application = if path.ends_with("convert_to_candidate") {
            let prospect = json!({ "candidate_id": candidate, "prospect": true });
            let (_, row) = self.send("post", "/v3/applications", &prospect).await;
            row["id"].as_i64().unwrap()
        } else if path.contains("{id}") {
            let job = self.job.job_id;
            self.greenhouse.seed_application(candidate, job).unwrap()
        } else {
            0
        };
        if path.ends_with("unreject") {
            self.greenhouse.reject(application).await.unwrap();
        }
        let mut sent = body;
        let transfer = sent["to_job_id"].is_i64();
        let kind = if path.ends_with("reject") {
            "rejection_question"
        } else {
            "application"
        };
        self.fit(&mut sent, candidate, transfer, kind);
        let path = path.replace("{id}", &application.to_string());
        let (status, row) = self.send(method, &path, &sent).await;
        (sent, status, row)
    }

    async fn send(&self, method: &str, path: &str, body: &Value) -> (u16, Value) {
        let method: Method = method.to_uppercase().parse().unwrap();
        let reply = self
            .http
            .request(method, format!("{}{path}", self.greenhouse.url()))
            .bearer_auth(&self.token)
            .header("content-type", "application/json")
            .body(body.to_string())
            .send()
            .await
            .unwrap();
        let status = reply.status().as_u16();
        let bytes = reply.bytes().await.unwrap();
        (status, serde_json::from_slice(&bytes).unwrap_or_default())
    }

    /// Replaces generated ids in a body with seeded ids.
    fn fit(&self, body: &mut Value, candidate: i64, transfer: bool, kind: &'static str) {
        let Value::Object(members) = body else {
            return;
        };
        let user = self.greenhouse.site_admin();
        let target = if transfer { &self.other_job } else { &self.job };
        for (name, value) in members.iter_mut() {
            let id = match name.as_str() {
                "candidate_id" => candidate,
                "job_id" => self.job.job_id,
                "to_job_id" => self.other_job.job_id,
                "from_stage_id" | "initial_stage_id" | "to_job_interview_stage_id" => {
                    self.job.stages[0].id
                }
                "to_stage_id" => target.stages.last().unwrap().id,
                "rejection_reason_id" => self.greenhouse.rejection_reason(),
                "source_id" => self.greenhouse.source(),
                "recruiter_id" | "coordinator_id" | "email_from_user_id" => user,
                _ => 7,
            };
            match value {
                // `prospect` must be true. `false` is valid for its type but has no meaning.
                Value::Bool(prospect) if name == "prospect" => *prospect = true,
                Value::Number(number) if number.is_i64() && id != 7 => *value = json!(id),
                Value::Array(jobs) if name == "job_ids" => {
                    for job in jobs.iter_mut().filter(|job| job.is_i64()) {
                        *job = json!(self.job.job_id);
                    }
                }
                Value::Array(items) if name == "custom_fields" => {
                    for item in items {
                        self.fit_field(item, kind);
                    }
                }
                _ => {}
            }
        }
    }

    /// Replaces the custom field in an item with a seeded field that suits the value.
    fn fit_field(&self, item: &mut Value, kind: &'static str) {
        let Value::Object(members) = item else {
            return;
        };
        let value = members.get("value").cloned().unwrap_or_default();
        let value_type = match &value {
            Value::Bool(_) => "yes_no",
            Value::Number(_) => "number",
            Value::Array(_) => "multi_select",
            Value::Object(range) if range.contains_key("min_amount") => "currency_range",
            Value::Object(range) if range.contains_key("min_value") => "number_range",
            Value::Object(_) => "currency",
            _ => "short_text",
        };
        let field = &self.fields[&(kind, value_type)];
        if let Some(Value::String(key)) = members.get_mut("name_key")
            && key.len() <= 255
        {
            key.clone_from(&field.name_key);
        }
        if let Some(id) = members.get_mut("custom_field_id").filter(|id| id.is_i64()) {
            *id = json!(field.field_id);
        }
        if let Some(Value::Array(options)) = members.get_mut("value") {
            for option in options {
                match option {
                    Value::Number(_) => *option = json!(field.option_ids[0]),
                    Value::String(_) => *option = json!("One"),
                    _ => {}
                }
            }
        }
    }
}

/// Returns a row without the members that were added after the description (observed live, and
/// known from a client).
pub(crate) fn of_march(row: &Value) -> Value {
    let mut row = row.clone();
    if let Some(members) = row.as_object_mut() {
        members.remove("job_interview_stage_id");
        members.remove("rejection_reason_id");
    }
    row
}

const VALUE_TYPES: &[&str] = &[
    "short_text",
    "yes_no",
    "number",
    "multi_select",
    "currency",
    "currency_range",
    "number_range",
];
