//! Reads the application and writes its custom field.

use std::time::Duration;

use chrono::{DateTime, Utc};
use greenhouse_core::{
    AccountId, ApplicationId, Text, later,
    settings::{FieldOwner, PushSettings},
    store::{ClaimedTask, LogStatus, PushStep, TestStatus},
};
use serde_json::Number;

use crate::{
    Access, Error, HarvestClient,
    api::{
        Application, CustomFieldInput, CustomFieldOptionId, CustomFieldValueType, UpdateApplication,
    },
    field_use::{FieldUse, names_status},
    push::{
        StepError,
        engine::Engine,
        steps::read_application,
        texts::{SITE_ADMIN, operation, sync_log::status as texts},
    },
};

/// End of an attempt.
pub(super) enum Attempt {
    /// The field shows the status, with this value.
    Written(String),
    /// The field was not changed. Another attempt may succeed from this time on.
    NotNow(DateTime<Utc>),
    /// The field may have been changed.
    Unknown,
    /// Greenhouse did not show the application or the field. The field was not changed.
    Missed(LogStatus, Text),
    /// The field was not changed, and another attempt would end in the same way.
    Refused(Text),
    /// The account's push is switched off.
    SwitchedOff,
}

/// What a task writes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Target {
    pub(super) field: String,
    pub(super) application: ApplicationId,
    pub(super) status: TestStatus,
}

/// Update to send.
pub(super) struct Prepared {
    /// Value of the field afterwards.
    pub(super) value: String,
    /// `None` if the field has the value already.
    pub(super) update: Option<UpdateApplication>,
}

/// Value as it is written, and as it is read back.
struct Value {
    input: CustomFieldInput,
    text: String,
}

/// Reads the application and returns the update, which keeps all other custom fields.
pub(super) async fn prepare(
    engine: &Engine,
    account: &AccountId,
    access: &Access,
    target: &Target,
) -> Result<Prepared, Attempt> {
    let reads = &access.reader().await.with_patience(PATIENCE);
    let row = read_application(reads, target.application).await;
    let row = row.map_err(|error| {
        let now = engine.now();
        failed(operation::READ_APPLICATION_FIELDS, &error, now)
    })?;
    let Some(row) = row else {
        return Err(not_shown(reads, target).await);
    };
    let value = value(engine, account, access, reads, &row, target).await?;
    let shown = row.custom_fields.as_ref();
    let shown = shown.and_then(|fields| fields.get(&target.field)?.text());
    if shown == Some(&*value.text) {
        return Ok(Prepared {
            value: value.text,
            update: None,
        });
    }
    let changes = [(target.field.clone(), value.input)].into_iter().collect();
    let fields = row.custom_fields_with(&changes);
    let fields =
        fields.map_err(|error| Attempt::Refused(texts::status_unwritable(&error.to_string())))?;
    let mut update = UpdateApplication::new();
    update.custom_fields = Some(fields);
    Ok(Prepared {
        value: value.text,
        update: Some(update),
    })
}

/// Sends the update. Does not wait for the rate limit, because the row is read again by then.
pub(super) async fn send(
    engine: &Engine,
    task: &ClaimedTask,
    access: &Access,
    target: &Target,
    update: &UpdateApplication,
) -> Result<(), Attempt> {
    let writer = access
        .client
        .clone()
        .with_patience(Duration::ZERO)
        .with_write_deadline(engine.config.write_deadline)
        .writing_until(task.lease_until);
    let sent = writer.update_application(target.application, update).await;
    sent.map(drop).map_err(|error| {
        // The field may have been deleted or changed since its definition was read.
        let owner = FieldOwner::Application;
        engine.definitions.forget(&task.account, owner);
        failed(operation::WRITE_STATUS, &error, engine.now())
    })
}

/// An application that the reader is certainly allowed to see was deleted.
async fn not_shown(reads: &HarvestClient, target: &Target) -> Attempt {
    match reads.sees_all().await {
        Ok(true) => Attempt::Missed(
            LogStatus::Skipped,
            texts::status_without_application(target.application),
        ),
        _ => Attempt::Missed(
            LogStatus::Failed,
            texts::status_of_hidden_application(target.application, SITE_ADMIN),
        ),
    }
}

/// Returns the value for the field. The row contains the type of a text field, so only the
/// definition of another field is read.
async fn value(
    engine: &Engine,
    account: &AccountId,
    access: &Access,
    reads: &HarvestClient,
    row: &Application,
    target: &Target,
) -> Result<Value, Attempt> {
    let Target { field, status, .. } = target;
    let fields = row.custom_fields.as_ref();
    let kind = fields.and_then(|fields| fields.get(field)?.kind.as_deref());
    let text = Value {
        input: CustomFieldInput::Text(status.label().to_owned()),
        text: status.label().to_owned(),
    };
    if kind.is_some_and(|kind| is_text(&CustomFieldValueType::from(kind))) {
        return Ok(text);
    }
    let (definitions, owner) = (&engine.definitions, FieldOwner::Application);
    let keys = keys(&access.settings, field);
    let now = engine.now();
    let known = definitions.get(reads, account, owner, &keys, now).await;
    let known = known.map_err(|error| failed(operation::READ_FIELDS, &error, now))?;
    let Some(definition) = known.get(field) else {
        let unknown = texts::status_field_unknown(field);
        return Err(Attempt::Missed(LogStatus::Failed, unknown));
    };
    if is_text(&definition.kind) {
        return Ok(text);
    }
    if !FieldUse::Status.accepts(&definition.kind) {
        definitions.forget(account, owner);
        return Err(Attempt::Refused(texts::status_field_unsuitable(field)));
    }
    option(&definition.options, *status).ok_or_else(|| {
        definitions.forget(account, owner);
        let lacking = texts::status_field_without_option(field, status.label());
        Attempt::Missed(LogStatus::Failed, lacking)
    })
}

/// Returns the option for the status. An option is written by id and read by name (observed live).
fn option(options: &[(CustomFieldOptionId, String)], status: TestStatus) -> Option<Value> {
    let (id, name) = options
        .iter()
        .find(|(_, name)| names_status(status, name))?;
    Some(Value {
        input: CustomFieldInput::Number(Number::from(id.value())),
        text: name.clone(),
    })
}

/// Keys of all fields of applications that the settings name, so that pushes and writes of the
/// status share one read of the definitions.
fn keys<'a>(settings: &'a PushSettings, field: &'a str) -> Vec<&'a str> {
    let mapped = settings.fields.all();
    let mapped = mapped.filter(|(_, mapped)| mapped.on == FieldOwner::Application);
    let mapped = mapped.map(|(_, mapped)| mapped.key.as_str());
    mapped.chain([field]).collect()
}

fn is_text(kind: &CustomFieldValueType) -> bool {
    FieldUse::Status.accepts(kind) && *kind != CustomFieldValueType::SingleSelect
}

/// Returns the end of an attempt whose call failed. `operation` is one of
/// [`texts::operation`](crate::push::texts::operation).
fn failed(operation: &str, error: &Error, now: DateTime<Utc>) -> Attempt {
    if matches!(error, Error::Ambiguous { .. }) {
        return Attempt::Unknown;
    }
    // A read whose response was malformed may succeed the next time.
    if matches!(error, Error::Decode { .. } | Error::Paging { .. }) {
        return Attempt::NotNow(now);
    }
    match StepError::harvest(PushStep::ApplicationFields, operation, error) {
        StepError::NotNow(_, wait) => Attempt::NotNow(later(now, wait.unwrap_or_default())),
        StepError::Failed(failure) => Attempt::Refused(failure.to_text()),
        _ => Attempt::NotNow(now),
    }
}

/// Maximum wait for the rate limit within one call. After this time the task is queued again, so
/// that it does not occupy a place of the loop.
const PATIENCE: Duration = Duration::from_secs(5);
