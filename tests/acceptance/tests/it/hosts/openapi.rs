//! The responses of a host have the form that its OpenAPI document describes.

use std::collections::BTreeSet;

use greenhouse_core::operator::PREFIX;
use jsonschema::Validator;
use reqwest::Method;
use serde_json::{Value, json};
use server::demo::{self, Demo};

use super::{
    http::{answer, request},
    setup::Setup,
};

/// Sends requests to an account with the data of the demo: to every `GET` endpoint, and with
/// changes and errors to others.
pub(crate) async fn responses_match_the_document(setup: Setup) {
    let stage = setup.stage().await;
    demo::run_steps(&stage, &mut Vec::new()).await.unwrap();
    let greenhouse = &stage.greenhouse;
    let field = greenhouse.seed_custom_field("application", "Score", "number", &[]);
    field.unwrap();
    let described = Described::new(stage).await;
    every_get_endpoint_is_as_described(&described).await;
    settings_as_returned_can_be_saved(&described).await;
    errors_are_as_described(&described).await;
    changes_are_as_described(&described).await;
    endpoints_for_greenhouse_are_as_described(&described).await;
    removed_push_settings_are_as_described(&described).await;
    described.stage.stop().await.unwrap();
}

async fn every_get_endpoint_is_as_described(described: &Described) {
    let log = described.ask("GET", "sync-log", 200).await;
    let entries = log["entries"].as_array().unwrap();
    let pushed = entries
        .iter()
        .find(|one| one["subject"] == "push" && one["status"] == "done");
    let assessment = pushed.unwrap()["assessment"].as_str().unwrap();
    let jobs = described.ask("GET", "choices/jobs", 200).await;
    described.ask("GET", "backfill", 404).await;
    let count = json!({ "action": "count", "days": 30 });
    described.send("POST", "backfill", &count, 200).await;
    let paths = described.document["paths"].as_object().unwrap().iter();
    let gets = paths.filter(|(_, methods)| methods.get("get").is_some());
    let templates: Vec<_> = gets
        .filter_map(|(path, _)| path.strip_prefix(PREFIX))
        .map(str::to_owned)
        .collect();
    assert!(templates.len() > 15, "{templates:?}");
    for template in templates {
        let path = template
            .replace("{assessment}", assessment)
            .replace("{id}", &entries[0]["id"].to_string());
        let path = match path.as_str() {
            "choices/stages" => format!("{path}?job={}", jobs["jobs"][0]["id"]),
            _ => path,
        };
        described.ask("GET", &path, 200).await;
    }
    for (path, list) in [
        ("sync-log", "entries"),
        ("sync-log/summary", "days"),
        ("keys", "keys"),
        ("hooks", "hooks"),
        ("health", "checks"),
        (&format!("push/{assessment}"), "steps"),
        ("set-up/push", "default_scopes"),
        ("choices/jobs", "jobs"),
        ("choices/jobs", "product_jobs"),
        ("choices/jobs", "mapped_stages"),
        ("choices/users", "users"),
        ("choices/fields", "fields"),
        ("choices/sources", "sources"),
        ("choices/rejection-reasons", "reasons"),
    ] {
        let shown = described.ask("GET", path, 200).await;
        let list = shown[list].as_array();
        let has_data = list.is_some_and(|list| !list.is_empty());
        assert!(has_data, "{path} has no data to check: {shown}");
    }
}

/// A page can send settings back as they were returned.
async fn settings_as_returned_can_be_saved(described: &Described) {
    for part in ["push", "assessments", "sync"] {
        let path = format!("settings/{part}");
        let shown = described.ask("GET", &path, 200).await;
        assert!(shown["settings"].is_object(), "{part} is not set up");
        described.send("PUT", &path, &shown, 200).await;
    }
}

async fn errors_are_as_described(described: &Described) {
    for (method, path, status) in [
        ("GET", "push/unknown", 404),
        ("GET", "sync-log/0", 404),
        ("GET", "sync-log?limit=0", 400),
        ("GET", "sync-log?from=yesterday", 400),
        ("GET", "sync-log/summary?days=91", 400),
        ("GET", "choices/stages", 400),
        ("POST", "sync-log/retry-failed?status=failed", 400),
        ("GET", "push/unknown/ready", 404),
        ("POST", "push/unknown", 404),
        ("POST", "keys/unknown/rotate", 404),
        ("DELETE", "keys/unknown", 404),
        ("POST", "report-links/unknown/revoke", 404),
    ] {
        described.ask(method, path, status).await;
    }
    let skipped = described.ask("GET", "sync-log?status=done", 200).await;
    let retry = format!("sync-log/{}/retry", skipped["entries"][0]["id"]);
    described.ask("POST", &retry, 409).await;

    let mut push = described.ask("GET", "settings/push", 200).await;
    push["settings"]["jobs"] = json!({ "unknown": { "job": 1 } });
    push["settings"]["enabled"] = json!(true);
    let refused = described.send("PUT", "settings/push", &push, 422).await;
    assert_eq!(refused["error"]["code"], "cannot_work");
    push["version"] = json!(0);
    let stale = described.send("PUT", "settings/push", &push, 409).await;
    assert_eq!(stale["error"]["code"], "stale_version");
    described.send("POST", CHECK, &push, 409).await;
    let form = json!({ "version": stale["error"]["version"], "settings": { "tags": 7 } });
    for path in ["settings/push", "settings/assessments", "settings/sync"] {
        described.send_invalid("PUT", path, &form).await;
    }
    described.send_invalid("POST", CHECK, &form).await;
    described.send_invalid("PUT", "account", &json!({})).await;
    let preview = json!({ "thresholds": { "strong_yes": 80 } });
    let refused = described.send_invalid("POST", "preview", &preview).await;
    assert_eq!(refused["error"]["member"], "thresholds");
    let trigger = json!({ "kind": "unknown" });
    let estimate = "settings/push/estimate";
    described.send_invalid("POST", estimate, &trigger).await;
    let run = json!({ "action": "run", "days": 31 });
    described.send("POST", "backfill", &run, 409).await;
    let action = json!({ "action": "unknown" });
    described.send_invalid("POST", "backfill", &action).await;
}

async fn changes_are_as_described(described: &Described) {
    let thresholds = json!({ "strong_yes": 80, "yes": 60, "mixed": 40, "no": 20 });
    let preview = json!({ "thresholds": thresholds, "mixed_overall": "no" });
    described.send("POST", "preview", &preview, 200).await;
    let trigger = json!({ "kind": "on_score", "minimum": 70, "inclusive": true });
    let estimate = "settings/push/estimate";
    described.send("POST", estimate, &trigger, 200).await;
    let checked = described.ask("POST", CHECK, 200).await;
    assert_eq!(checked["problems"], json!([]));
    let mut push = described.ask("GET", "settings/push", 200).await;
    push["settings"]["jobs"] = json!({ "unknown": { "job": 1 } });
    let checked = described.send("POST", CHECK, &push, 200).await;
    for list in ["checks", "problems"] {
        assert_ne!(checked[list], json!([]), "no {list} to check");
    }
    described.ask("POST", "sync-log/retry-failed", 200).await;
    let minted = described.ask("POST", "keys", 201).await;
    let key = format!("keys/{}", minted["id"].as_str().unwrap());
    let rotated = described.ask("POST", &format!("{key}/rotate"), 201).await;
    described.ask("DELETE", &key, 200).await;
    let other = format!("keys/{}", rotated["id"].as_str().unwrap());
    described.ask("DELETE", &other, 200).await;
    for enabled in [false, true] {
        let body = json!({ "enabled": enabled });
        described.send("PUT", "account", &body, 200).await;
    }
}

async fn endpoints_for_greenhouse_are_as_described(described: &Described) {
    let tests = described.call("GET", "list-tests", None, 200).await;
    let test = &tests[0]["partner_test_id"];
    let candidate = json!({ "first_name": "Ada", "last_name": "L", "email": "ada@example.com" });
    let body = json!({ "partner_test_id": test, "candidate": candidate, "url": null });
    let sent = described.call("POST", "send-test", Some(&body), 200).await;
    let id = sent["partner_interview_id"].as_str().unwrap();
    let status = format!("test-status?partner_interview_id={id}");
    described.call("GET", &status, None, 200).await;
    described.call("GET", "test-status", None, 400).await;
    described.call("GET", "report/unknown", None, 404).await;
    let unknown = json!({ "partner_test_id": "unknown", "candidate": candidate });
    described
        .call("POST", "send-test", Some(&unknown), 422)
        .await;
    let report = json!({ "api_call": "send_test", "errors": ["bad"] });
    described
        .call("POST", "response-error", Some(&report), 200)
        .await;
}

async fn removed_push_settings_are_as_described(described: &Described) {
    let mut push = described.ask("GET", "settings/push", 200).await;
    push["settings"] = Value::Null;
    described.send("POST", CHECK, &push, 409).await;
    described.send("PUT", "settings/push", &push, 200).await;
    for path in ["settings/push", "set-up/push"] {
        described.ask("GET", path, 200).await;
    }
    for (method, path) in [("POST", CHECK), ("GET", "choices/jobs")] {
        let refused = described.ask(method, path, 409).await;
        assert_eq!(refused["error"]["code"], "not_configured");
    }
}

const CHECK: &str = "settings/push/check";

/// Host whose responses are compared with its document.
struct Described {
    stage: Demo,
    document: Value,
}

impl Described {
    async fn new(stage: Demo) -> Self {
        let path = format!("{PREFIX}openapi.json");
        let document = stage.client.ask("GET", &path, None).await.unwrap().body;
        Self { stage, document }
    }

    /// Sends an operator's request without a body.
    async fn ask(&self, method: &str, path: &str, status: u16) -> Value {
        let path = format!("{PREFIX}{path}");
        let answer = self.stage.client.ask(method, &path, None).await.unwrap();
        assert_eq!(answer.status, status, "{method} {path}: {}", answer.body);
        self.check_response(method, &path, status, &answer.body);
        answer.body
    }

    /// Sends an operator's request with a body of the described form.
    async fn send(&self, method: &str, path: &str, body: &Value, status: u16) -> Value {
        let path = format!("{PREFIX}{path}");
        let schema = &self.operation(method, &path)["requestBody"];
        let problems = self.problems(&schema["content"]["application/json"]["schema"], body);
        assert!(problems.is_empty(), "{method} {path}: {problems:?}\n{body}");
        self.sent(method, &path, body, status).await
    }

    /// Sends an operator's request with a body of another form.
    async fn send_invalid(&self, method: &str, path: &str, body: &Value) -> Value {
        let path = format!("{PREFIX}{path}");
        let schema = &self.operation(method, &path)["requestBody"];
        let problems = self.problems(&schema["content"]["application/json"]["schema"], body);
        assert!(!problems.is_empty(), "{method} {path} allows {body}");
        self.sent(method, &path, body, 422).await
    }

    async fn sent(&self, method: &str, path: &str, body: &Value, status: u16) -> Value {
        let answer = self.stage.client.ask(method, path, Some(body)).await;
        let answer = answer.unwrap();
        assert_eq!(answer.status, status, "{method} {path}: {}", answer.body);
        self.check_response(method, path, status, &answer.body);
        answer.body
    }

    /// Sends a request of Greenhouse.
    async fn call(&self, method: &str, path: &str, body: Option<&Value>, status: u16) -> Value {
        let path = format!("api/greenhouse/{path}");
        let call = request(&self.stage, method.parse::<Method>().unwrap(), &path);
        let call = call.basic_auth(self.stage.partner_key.expose(), Some(""));
        let call = match body {
            Some(body) => call
                .header("Content-Type", "application/json")
                .body(body.to_string()),
            None => call,
        };
        let (found, shown) = answer(call).await;
        assert_eq!(found, status, "{method} {path}: {shown}");
        self.check_response(method, &format!("/{path}"), status, &shown);
        shown
    }

    fn check_response(&self, method: &str, path: &str, status: u16, body: &Value) {
        let described = &self.operation(method, path)["responses"][status.to_string()];
        assert!(described.is_object(), "{method} {path}: {status}");
        let Some(content) = described.get("content") else {
            assert_eq!(body, "", "{method} {path}");
            return;
        };
        let problems = self.problems(&content["application/json"]["schema"], body);
        assert!(problems.is_empty(), "{method} {path}: {problems:?}\n{body}");
    }

    /// Returns the operation of a request. A path without parameters comes first.
    fn operation(&self, method: &str, path: &str) -> &Value {
        let path = path.split('?').next().unwrap();
        let paths = &self.document["paths"];
        let matches = |template: &&String| {
            let (own, asked) = (template.split('/'), path.split('/'));
            own.clone().count() == asked.clone().count()
                && own
                    .zip(asked)
                    .all(|(own, asked)| own == asked || own.starts_with('{'))
        };
        let methods = paths.get(path).or_else(|| {
            let template = paths.as_object()?.keys().find(matches)?;
            paths.get(template)
        });
        let operation = methods.and_then(|methods| methods.get(method.to_lowercase()));
        operation.unwrap_or_else(|| panic!("{method} {path} is not described"))
    }

    /// Returns the differences from a schema. A member that the schema does not describe is one.
    fn problems(&self, schema: &Value, body: &Value) -> BTreeSet<String> {
        assert!(schema.is_object(), "the body is not described: {body}");
        let mut schema = schema.clone();
        schema["components"] = self.document["components"].clone();
        close(&mut schema);
        let options = jsonschema::options().should_validate_formats(true);
        let validator: Validator = options.build(&schema).unwrap();
        let problems = validator.iter_errors(body);
        let problems = problems.map(|error| format!("{}: {error}", error.instance_path()));
        problems.collect()
    }
}

/// Refuses further members of each object.
fn close(schema: &mut Value) {
    match schema {
        Value::Array(items) => items.iter_mut().for_each(close),
        Value::Object(members) => {
            members.values_mut().for_each(close);
            let is_object = members.get("type").is_some_and(|one| one == "object");
            if is_object && members.contains_key("properties") {
                members
                    .entry("additionalProperties")
                    .or_insert(json!(false));
            }
        }
        _ => {}
    }
}
