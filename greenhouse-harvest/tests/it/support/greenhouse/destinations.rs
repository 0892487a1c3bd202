//! Records that a push writes besides candidate, application, report and note: scorecards, ratings,
//! custom fields, tags and moves.

use serde_json::{Value, json};

use super::{Answered, STAGE, State, UnlistedFields, bare, ok};

pub(crate) const LATER_STAGE: i64 = 5_120_077_003;
pub(crate) const KIT: i64 = 7_700_015_002;
/// Attribute of the trait `Grit`.
pub(crate) const GRIT: i64 = 600;
/// Attribute of the trait `Poise`.
pub(crate) const POISE: i64 = 601;

impl State {
    /// Grants the scopes for scorecards, and adds two attributes, an interview and an interview kit
    /// to the job.
    pub(crate) fn permit_scorecards(&mut self, job: i64) {
        self.scopes = Some(
            "harvest:scorecards:create harvest:scorecard_candidate_attributes:create harvest:scorecards:list \
             harvest:scorecard_candidate_attributes:list harvest:job_candidate_attributes:list \
             harvest:job_interviews:list harvest:interview_kits:list"
                .to_owned(),
        );
        let rows = [
            (
                "job_candidate_attributes",
                json!([
                    {"id": GRIT, "job_id": job, "name": "Grit", "active": true, "sort_order": 0},
                    {"id": POISE, "job_id": job, "name": "Poise", "active": true, "sort_order": 1},
                ]),
            ),
            (
                "job_interviews",
                json!([{"id": 50, "job_id": job, "job_interview_stage_id": STAGE, "active": true, "sort_order": 0}]),
            ),
            (
                "interview_kits",
                json!([{"id": KIT, "job_id": job, "job_interview_id": 50}]),
            ),
        ];
        for (list, rows) in rows {
            self.lists.insert(list, rows.as_array().unwrap().clone());
        }
    }

    /// Adds two custom fields of applications and one custom field of candidates.
    pub(crate) fn define_fields(&mut self) {
        let fields = json!([
            {"id": 1, "field_type": "application", "name_key": "score", "value_type": "number", "active": true},
            {"id": 2, "field_type": "application", "name_key": "level", "value_type": "single_select", "active": true},
            {"id": 3, "field_type": "candidate", "name_key": "grit", "value_type": "short_text", "active": true},
        ]);
        let options = ["Strong Yes", "Yes", "Mixed", "No", "Definitely Not"];
        let options = options.iter().zip(20..).map(
            |(name, id)| json!({"id": id, "custom_field_id": 2, "name": name, "active": true}),
        );
        self.lists
            .insert("custom_fields", fields.as_array().unwrap().clone());
        self.lists.insert("custom_field_options", options.collect());
    }

    /// Adds two stages to the job's plan.
    pub(crate) fn plan_stages(&mut self, job: i64) {
        let stages = [(STAGE, 0), (LATER_STAGE, 1)];
        let stages = stages.map(
            |(id, order)| json!({"id": id, "job_id": job, "sort_order": order, "active": true}),
        );
        self.lists.insert("job_interview_stages", stages.to_vec());
    }

    pub(super) fn write_destination(
        &mut self,
        method: &str,
        path: &str,
        body: &Value,
    ) -> Option<Answered> {
        let mut segments = path.strip_prefix("/v3/")?.split('/');
        let list = segments.next()?;
        let id = segments.next().and_then(|id| id.parse::<i64>().ok());
        let verb = segments.next();
        let mut body = body.clone();
        if let ("PATCH", Some(policy)) = (method, self.unlisted_fields) {
            let known = self.lists.get("custom_fields").cloned().unwrap_or_default();
            let is_known =
                |field: &Value| known.iter().any(|row| row["name_key"] == field["name_key"]);
            let sent = body["custom_fields"].as_array_mut()?;
            if policy == UnlistedFields::Refused && !sent.iter().all(is_known) {
                return Some(bare(422));
            }
            sent.retain(is_known);
        }
        let body = &body;
        match (method, list, id) {
            ("POST", "scorecards", None) => Some(self.add_row("scorecards", body)),
            ("POST", "scorecard_candidate_attributes", None) => {
                Some(self.add_row("scorecard_candidate_attributes", body))
            }
            ("POST", "applications", Some(id)) if verb == Some("reject") => {
                let row = self.applications.iter_mut().find(|row| row["id"] == id)?;
                if row["status"] != "in_process" {
                    return Some(bare(422));
                }
                row["status"] = "rejected".into();
                self.rejections.push(body.clone());
                Some(bare(204))
            }
            ("POST", "applications", Some(id)) => {
                let to = body["to_stage_id"].as_i64()?;
                let row = self.applications.iter_mut().find(|row| row["id"] == id)?;
                if row["job_interview_stage_id"] != body["from_stage_id"] {
                    return Some(bare(422));
                }
                row["job_interview_stage_id"] = to.into();
                Some(bare(204))
            }
            ("PATCH", "applications", Some(id)) => {
                let options = self.lists.get("custom_field_options").cloned();
                let row = self.applications.iter_mut().find(|row| row["id"] == id)?;
                replace_fields(row, body, &options.unwrap_or_default());
                Some(ok(200, row.clone()))
            }
            ("PATCH", "candidates", Some(id)) => {
                let options = self.lists.get("custom_field_options").cloned();
                let row = self.candidates.iter_mut().find(|row| row["id"] == id)?;
                replace_fields(row, body, &options.unwrap_or_default());
                if let Some(tags) = body.get("tags") {
                    row["tags"] = tags.clone();
                }
                Some(ok(200, row.clone()))
            }
            _ => None,
        }
    }

    /// Current stage of every application.
    pub(super) fn application_stages(&self) -> Vec<Value> {
        let rows = self.applications.iter().map(|row| {
            json!({
                "id": 9_000_000_000_i64 + row["id"].as_i64().unwrap(), "application_id": row["id"], "current": true,
                "job_interview_stage_id": row["job_interview_stage_id"],
                "entered_at": row.get("entered_at").cloned().unwrap_or_else(|| json!("2026-05-11T13:50:00.118Z")),
            })
        });
        rows.collect()
    }

    fn add_row(&mut self, list: &'static str, body: &Value) -> Answered {
        let mut row = body.clone();
        // Timestamps would make two runs of one story differ.
        let members = row.as_object_mut().unwrap();
        members.retain(|name, _| !name.ends_with("_at"));
        row["id"] = self.id().into();
        self.lists.entry(list).or_default().push(row.clone());
        ok(201, row)
    }
}

/// Replaces all values with the sent values. A select stores the name of its option.
fn replace_fields(row: &mut Value, body: &Value, options: &[Value]) {
    let Some(fields) = body["custom_fields"].as_array() else {
        return;
    };
    let mut values = json!({});
    for field in fields {
        let key = field["name_key"].as_str().unwrap();
        let option = options.iter().find(|option| option["id"] == field["value"]);
        let value = option.map_or(&field["value"], |option| &option["name"]);
        values[key] = json!({"name": key, "type": "short_text", "value": value});
    }
    row["custom_fields"] = values;
}
