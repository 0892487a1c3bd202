use chrono::{DateTime, Utc};
use serde_json::json;

use crate::state::{ActError, State};

/// Tags are stored twice, because Greenhouse shows them twice: by name in the candidate, and as
/// rows of `applied_candidate_tags`.
impl State {
    pub(crate) fn tag_named(&self, name: &str) -> Option<i64> {
        self.records
            .of("candidate_tags")
            .values()
            .find(|tag| tag.text("name") == Some(name))
            .map(|tag| tag.id)
    }

    /// Adds a tag to a candidate. Returns the id of the row in `applied_candidate_tags`.
    pub(crate) fn apply_tag(
        &mut self,
        candidate: i64,
        tag: i64,
        now: DateTime<Utc>,
    ) -> Result<i64, ActError> {
        let name = self
            .records
            .get("candidate_tags", tag)
            .and_then(|tag| tag.text("name"))
            .ok_or(ActError::NotFound("Candidate tag"))?
            .to_owned();
        let person = self
            .candidates
            .get_mut(&candidate)
            .ok_or(ActError::NotFound("Candidate"))?;
        if person.tags.contains(&name) {
            return Err(ActError::Refused(
                "Candidate already has this tag".to_owned(),
            ));
        }
        person.tags.push(name);
        person.updated_at = now;
        let row = json!({ "candidate_id": candidate, "candidate_tag_id": tag });
        self.add_record("applied_candidate_tags", row, now)
    }

    /// Deletes a tag and removes it from every candidate.
    pub(crate) fn delete_tag(&mut self, tag: i64, now: DateTime<Utc>) -> Result<(), ActError> {
        let applied: Vec<i64> = self
            .records
            .of("applied_candidate_tags")
            .values()
            .filter(|row| row.integer("candidate_tag_id") == Some(tag))
            .map(|row| row.id)
            .collect();
        for row in applied {
            self.remove_tag(row, now)?;
        }
        let removed = self.records.remove("candidate_tags", tag);
        removed.map(drop).ok_or(ActError::NotFound("Candidate tag"))
    }

    /// Removes a tag, by the id of its row in `applied_candidate_tags`.
    pub(crate) fn remove_tag(&mut self, applied: i64, now: DateTime<Utc>) -> Result<(), ActError> {
        let row = self
            .records
            .remove("applied_candidate_tags", applied)
            .ok_or(ActError::NotFound("Applied candidate tag"))?;
        let tag = row.integer("candidate_tag_id").unwrap_or_default();
        let name = self
            .records
            .get("candidate_tags", tag)
            .and_then(|tag| tag.text("name"));
        let person = row
            .integer("candidate_id")
            .and_then(|id| self.candidates.get_mut(&id));
        if let (Some(name), Some(person)) = (name, person) {
            person.tags.retain(|tag| tag != name);
            person.updated_at = now;
        }
        Ok(())
    }

    /// Updates the rows to match a candidate's tag names. Creates missing tags.
    pub(crate) fn sync_tags(&mut self, candidate: i64, now: DateTime<Utc>) -> Result<(), ActError> {
        let names = self
            .candidates
            .get(&candidate)
            .map(|person| person.tags.clone())
            .unwrap_or_default();
        let mut wanted = Vec::new();
        for name in names {
            wanted.push(match self.tag_named(&name) {
                Some(tag) => tag,
                None => self.add_record("candidate_tags", json!({ "name": name }), now)?,
            });
        }
        self.records.remove_where("applied_candidate_tags", |row| {
            row.integer("candidate_id") == Some(candidate)
                && !row
                    .integer("candidate_tag_id")
                    .is_some_and(|tag| wanted.contains(&tag))
        });
        for tag in wanted {
            let applied = self
                .records
                .of("applied_candidate_tags")
                .values()
                .any(|row| {
                    row.integer("candidate_id") == Some(candidate)
                        && row.integer("candidate_tag_id") == Some(tag)
                });
            if !applied {
                let row = json!({ "candidate_id": candidate, "candidate_tag_id": tag });
                self.add_record("applied_candidate_tags", row, now)?;
            }
        }
        Ok(())
    }
}
