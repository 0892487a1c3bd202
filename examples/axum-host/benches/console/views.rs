use crate::stage::{ASSESSMENT, Stage};

/// A page and the endpoints with what it shows.
pub(crate) struct View {
    pub(crate) name: &'static str,
    pub(crate) page: String,
    /// Paths below the operator endpoints.
    pub(crate) endpoints: Vec<String>,
}

pub(crate) fn all(stage: &Stage) -> Vec<View> {
    let (entry, job) = (stage.entry, stage.job);
    let choices = |list: &str| format!("choices/{list}?max_age=60");
    let lists = ["jobs", "users", "fields", "sources"].map(choices);
    let of_push = [
        "settings/push",
        "set-up/push",
        "settings/sync",
        "set-up",
        "hooks",
    ];
    let push = of_push.map(str::to_owned).into_iter().chain(lists);
    vec![
        view(
            "activity",
            "activity",
            ["sync-log?limit=20", "sync-log/summary", "account"],
        ),
        view(
            "entry",
            &format!("activity/{entry}"),
            [
                &*format!("sync-log/{entry}"),
                &format!("push/{ASSESSMENT}"),
                "account",
            ],
        ),
        view(
            "assessments",
            "assessments",
            ["settings/assessments", "set-up", "keys", "account"],
        ),
        View {
            name: "push settings",
            page: "/console/push".to_owned(),
            endpoints: push.chain(["account".to_owned()]).collect(),
        },
        view(
            "mapping of a job",
            "push/jobs/job-7",
            [
                "settings/push",
                &choices("jobs"),
                &format!("choices/stages?job={job}&max_age=60"),
                "account",
            ],
        ),
        view("health", "health", ["health", "account"]),
        view(
            "state in the header",
            "state",
            ["health?max_age=60", "account"],
        ),
        view(
            "push button",
            &format!("button/{ASSESSMENT}"),
            [&*format!("push/{ASSESSMENT}")],
        ),
        view("help", "help", [] as [&str; 0]),
    ]
}

fn view<'a>(name: &'static str, page: &str, endpoints: impl IntoIterator<Item = &'a str>) -> View {
    View {
        name,
        page: format!("/console/{page}"),
        endpoints: endpoints.into_iter().map(str::to_owned).collect(),
    }
}
