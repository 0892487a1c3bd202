//! Which problems refuse a change of push settings.

use greenhouse_core::settings::{PushSettings, SettingsProblem};
use serde_json::Value;

/// Returns the problems that refuse the change from `old` to `new`.
///
/// `found` are the problems of `new` and `known` those of `old`. Every problem refuses, unless the
/// change mends at least one. Then an older problem of another mapping does not refuse, so that
/// several mappings can be mended one by one. If settings that are switched off are switched on,
/// every problem refuses. If the lists of Greenhouse could not be read for `old`, problems of
/// unchanged mappings count as older.
pub(super) fn refusing(
    found: Vec<SettingsProblem>,
    known: &[SettingsProblem],
    old: &PushSettings,
    new: &PushSettings,
) -> Vec<SettingsProblem> {
    let mends = known.iter().any(|problem| !found.contains(problem));
    if !old.enabled || !mends {
        return found;
    }
    let was_hidden = known.iter().any(|own| HIDING.contains(&own.code));
    let changes = Changes::between(old, new);
    let is_older = |problem: &SettingsProblem| {
        LISTED.contains(&top(&problem.member))
            && !changes.include(&problem.member)
            && (was_hidden || known.contains(problem))
    };
    found.into_iter().filter(|own| !is_older(own)).collect()
}

/// Settings before and after a change.
struct Changes {
    old: Value,
    new: Value,
}

impl Changes {
    fn between(old: &PushSettings, new: &PushSettings) -> Self {
        let [old, new] = [old, new].map(|own| serde_json::to_value(own).unwrap_or_default());
        Self { old, new }
    }

    /// Returns `true` if the member at this path has changed.
    fn include(&self, member: &str) -> bool {
        value_at(&self.old, member) != value_at(&self.new, member)
    }
}

/// First member of a path.
fn top(member: &str) -> &str {
    member.split(['.', '[']).next().unwrap_or_default()
}

/// Value of the member at a path, such as `jobs.sales.stage` or `tags[0]`. Names can contain dots.
/// `None` if there is no such member.
fn value_at<'a>(value: &'a Value, path: &str) -> Option<&'a Value> {
    let path = path.strip_prefix('.').unwrap_or(path);
    match value {
        _ if path.is_empty() => Some(value),
        Value::Object(members) => members.iter().find_map(|(name, member)| {
            let rest = path.strip_prefix(name.as_str())?;
            let is_whole = rest.is_empty() || rest.starts_with(['.', '[']);
            value_at(member, rest).filter(|_| is_whole)
        }),
        Value::Array(items) => {
            let (index, rest) = path.strip_prefix('[')?.split_once(']')?;
            value_at(items.get(index.parse::<usize>().ok()?)?, rest)
        }
        _ => None,
    }
}

/// Codes of problems because of which lists of Greenhouse could not be read.
const HIDING: [&str; 5] = [
    "credential_refused",
    "scope_missing",
    "acting_user_refused",
    "acting_user_cannot_see",
    "forbidden",
];
/// Members that are compared with lists of Greenhouse.
const LISTED: [&str; 4] = ["jobs", "fields", "source", "stage_tests"];

#[cfg(test)]
mod tests {
    use greenhouse_core::{
        JobId, ProductJobId, StageId, UserId,
        settings::{HarvestCredential, JobMapping},
    };
    use serde_json::json;

    use super::*;

    #[test]
    fn a_change_that_mends_a_problem_is_not_refused_for_another_mapping() {
        let sales = problem("jobs.sales.job", "job_closed", "Job 1 is closed.");
        let ops = problem("jobs.ops.eu.job", "job_closed", "Job 2 is closed.");
        let other = problem("jobs.sales.job", "job_closed", "Job 3 is closed.");
        let scope = problem("credential", "scope_missing", "jobs:list is missing.");
        let user = problem("acting_user", "acting_user_deactivated", "Lee is gone.");
        let tag = problem("tags[1]", "tag_blank", "A tag is empty.");
        let none: fn(&mut PushSettings) = |_| {};
        let map_sales: fn(&mut PushSettings) = |new| map(new, "sales", 3);
        let cases = [
            (
                "nothing changed",
                none,
                vec![&sales, &ops],
                vec![&sales, &ops],
                vec![&sales, &ops],
            ),
            (
                "one of two is mended",
                map_sales,
                vec![&ops],
                vec![&sales, &ops],
                vec![],
            ),
            (
                "one of two is removed",
                |new| {
                    new.jobs.remove(&ProductJobId::new("sales"));
                },
                vec![&ops],
                vec![&sales, &ops],
                vec![],
            ),
            (
                "another closed job",
                map_sales,
                vec![&other, &ops],
                vec![&sales, &ops],
                vec![&other],
            ),
            (
                "a closed job again",
                map_sales,
                vec![&sales, &ops],
                vec![&sales, &ops],
                vec![&sales, &ops],
            ),
            (
                "only the stage of a closed job",
                |new| {
                    let sales = new.jobs.get_mut(&ProductJobId::new("sales"));
                    sales.unwrap().stage = Some(StageId::new(9));
                },
                vec![&sales],
                vec![&sales],
                vec![&sales],
            ),
            (
                "a mended job, and a user who was refused before",
                map_sales,
                vec![&user, &ops],
                vec![&user, &sales, &ops],
                vec![&user],
            ),
            (
                "caused elsewhere",
                |new| new.acting_user = Some(UserId::new(9)),
                vec![&ops],
                vec![],
                vec![&ops],
            ),
            (
                "a new user is refused",
                |new| new.acting_user = Some(UserId::new(9)),
                vec![&user],
                vec![&user],
                vec![&user],
            ),
            (
                "a new credential, and jobs that could not be seen",
                |new| new.credential = credential("another"),
                vec![&ops],
                vec![&scope],
                vec![],
            ),
            (
                "a new credential that lacks the same scope",
                |new| new.credential = credential("another"),
                vec![&scope],
                vec![&scope],
                vec![&scope],
            ),
            (
                "a new credential that cannot act as the user",
                |new| new.credential = credential("another"),
                vec![&user],
                vec![&scope],
                vec![&user],
            ),
            (
                "an empty tag",
                |new| new.tags.push(String::new()),
                vec![&tag],
                vec![],
                vec![&tag],
            ),
            (
                "a new secret of the same credential",
                |new| {
                    let secret = Some("another secret".into());
                    new.credential = HarvestCredential::new("client", secret).unwrap();
                },
                vec![&scope],
                vec![&scope],
                vec![&scope],
            ),
        ];
        for (name, change, found, known, expected) in cases {
            let old = settings();
            let mut new = old.clone();
            change(&mut new);
            let list = |problems: Vec<&SettingsProblem>| -> Vec<_> {
                problems.into_iter().cloned().collect()
            };
            let refused = refusing(list(found), &list(known), &old, &new);
            assert_eq!(refused, list(expected), "{name}");
        }
    }

    #[test]
    fn every_problem_refuses_to_switch_on() {
        let new = settings();
        let mut old = new.clone();
        old.enabled = false;
        let found = vec![problem("jobs.sales.job", "job_closed", "Job 1 is closed.")];
        assert_eq!(refusing(found.clone(), &found, &old, &new), found);
    }

    #[test]
    fn members_are_found_by_their_path() {
        let value = json!({"jobs": {"a": {"job": 1}, "a.b": {"job": 2}}, "tags": ["x", ""]});
        for (path, expected) in [
            ("jobs.a.job", Some(json!(1))),
            ("jobs.a.b.job", Some(json!(2))),
            ("jobs.a", Some(json!({"job": 1}))),
            ("jobs.b", None),
            ("job", None),
            ("tags[1]", Some(json!(""))),
            ("tags[2]", None),
            ("tags[x]", None),
        ] {
            assert_eq!(value_at(&value, path), expected.as_ref(), "{path}");
        }
    }

    fn problem(member: &str, code: &'static str, message: &str) -> SettingsProblem {
        SettingsProblem::new(member, code, message, "Correct it.")
    }

    fn settings() -> PushSettings {
        let mut settings = PushSettings::new(credential("client"));
        settings.acting_user = Some(UserId::new(1));
        map(&mut settings, "sales", 1);
        map(&mut settings, "ops.eu", 2);
        settings.tags = vec!["a".to_owned()];
        settings
    }

    fn map(settings: &mut PushSettings, product_job: &str, job: i64) {
        let mapping = JobMapping::new(JobId::new(job), None);
        settings
            .jobs
            .insert(ProductJobId::new(product_job), mapping);
    }

    fn credential(client: &str) -> HarvestCredential {
        HarvestCredential::new(client, Some("a client secret".into())).unwrap()
    }
}
