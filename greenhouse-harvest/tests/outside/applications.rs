//! Bodies of applications have exactly the described members, and all required ones.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use greenhouse_harvest::api::*;
use serde_json::Value;

use crate::bodies::{described, members, request, same};

pub(crate) fn of_applications(description: &Value) -> Result<(), String> {
    let at = DateTime::<Utc>::UNIX_EPOCH;
    let level = || vec![NewCustomFieldValue::of_key("level", "Yes")];
    let of = |verb| request(description, verb, "post");
    let forms = &of("/v3/applications")["oneOf"];

    let mut new = NewApplication::new(1.into(), 2.into(), None);
    same(&members(&new)?, &required(&forms[0]))?;
    new.initial_stage_id = Some(3.into());
    new.source_id = Some(4.into());
    new.recruiter_id = Some(5.into());
    new.coordinator_id = Some(6.into());
    new.referrer_id = Some(7.into());
    new.created_at = Some(at);
    new.custom_fields = level();
    same(&members(&new)?, &described(&forms[0])?)?;

    let mut new = NewProspect::new(1);
    same(&members(&new)?, &required(&forms[1]))?;
    new.job_ids = vec![2.into()];
    new.prospect_pool_id = Some(3.into());
    new.prospect_pool_stage_id = Some(4.into());
    new.prospect_owner_id = Some(5.into());
    new.prospective_department_id = Some(6.into());
    new.prospective_office_id = Some(7.into());
    new.source_id = Some(8.into());
    new.recruiter_id = Some(9.into());
    new.coordinator_id = Some(10.into());
    new.referrer_id = Some(11.into());
    new.created_at = Some(at);
    new.custom_fields = level();
    same(&members(&new)?, &described(&forms[1])?)?;

    let mut update = UpdateApplication::new();
    update.source_id = Some(1.into());
    update.referrer_id = Some(2.into());
    update.recruiter_id = Some(3.into());
    update.coordinator_id = Some(4.into());
    update.prospect_pool_id = Some(5.into());
    update.prospect_stage_id = Some(6.into());
    update.rejected_at = Some(at.date_naive());
    update.created_at = Some(at.date_naive());
    update.custom_fields = Some(level());
    let patch = request(description, "/v3/applications/{id}", "patch");
    same(&members(&update)?, &described(patch)?)?;

    let reject = of("/v3/applications/{id}/reject");
    let mut rejection = Rejection::new(1);
    same(&members(&rejection)?, &required(reject))?;
    rejection.notes = Some("n".into());
    let mut email = RejectionEmail::new();
    email.send_email_at = Some(at);
    email.email_template_id = Some(2.into());
    email.email_from_user_id = Some(3.into());
    let mail = &reject["properties"]["rejection_email"];
    same(&members(&email)?, &described(mail)?)?;
    rejection.rejection_email = Some(email);
    rejection.custom_fields = level();
    same(&members(&rejection)?, &described(reject)?)?;

    let mut hire = Hire::new();
    hire.start_date = Some(at);
    hire.opening_id = Some(1.into());
    hire.close_reason_id = Some(2.into());
    same(
        &members(&hire)?,
        &described(of("/v3/applications/{id}/hire"))?,
    )?;

    let convert = of("/v3/applications/{id}/convert_to_candidate");
    let mut conversion = Conversion::new(1);
    same(&members(&conversion)?, &required(convert))?;
    conversion.to_job_interview_stage_id = Some(2.into());
    same(&members(&conversion)?, &described(convert)?)
}

fn required(schema: &Value) -> BTreeSet<String> {
    let names = schema["required"].as_array().into_iter().flatten();
    let names = names.filter_map(Value::as_str);
    names.map(str::to_owned).collect()
}
