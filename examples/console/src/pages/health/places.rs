/// Address of the setting that mends a failed check, such as `push#credential`. `None` if no
/// setting does.
pub(super) fn of(check: &str) -> Option<&'static str> {
    Some(match check {
        "account" => "assessments#account",
        "partner_key" => "assessments#keys",
        "completion_credential" => "assessments#completion",
        "webhooks" => "push#sync",
        "harvest_credential" | "harvest_scopes" => "push#credential",
        "acting_user" | "harvest_reader" => "push#user",
        "mapped_job" => "push#jobs",
        "backfill" => "push#past",
        "stage_tests" | "stage_test_scenarios" | "stage_test_webhooks" => "push#stage-tests",
        "invited_results" | "status_field" | "status_writes" | "rules" | "rules_today" => {
            "push#results"
        }
        "notices" | "problems" | "parked_tasks" | "push_backlog" | "failed_pushes" => "activity",
        _ => return None,
    })
}
