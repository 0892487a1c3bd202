//! `sandbox` in the configuration: every command uses the mock.

use std::fs;

use greenhouse_core::settings::KeyDigest;

use super::scene::{Scene, quoted};
use crate::terminal::run;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_command_uses_the_sandbox_and_reports_it() {
    let mut scene = Scene::set().await;
    let url = quoted(scene.greenhouse.url());
    scene.member("sandbox", url);
    let config = scene.path("host.toml");
    let (accounts, job) = (accounts(&scene), scene.job.job_id.to_string());
    scene.write("more.toml", &accounts);
    let file = scene.path("more.toml");
    let id = scene.account.id.to_string();
    let id = id.as_str();
    for (typed, said) in [
        (
            &["choices", "jobs", "fresh", "--from", &file][..],
            "Customer Success",
        ),
        (
            &["choices", "stages", "fresh", "--from", &file, "--job", &job],
            "Take Home Test",
        ),
        (&["accounts", "apply", &file], "account fresh: new"),
        (&["settings", "show", "fresh"], "acting_user"),
        (
            &["settings", "check", "fresh"],
            "no problems in the push settings",
        ),
        (&["choices", "jobs", "fresh"], "product_jobs"),
        (&["choices", "stages", id, "--job", &job], "Take Home Test"),
        (&["choices", "users", id], "site_admin"),
        (&["choices", "fields", id], "fields"),
        (&["choices", "sources", id], "sources"),
        (&["reconcile", id], "compared: 0"),
        (
            &["doctor", "--account", id],
            "instead of the real Greenhouse",
        ),
    ] {
        let typed = [typed, &["--config", &config]].concat();
        let done = tokio::task::block_in_place(|| run(&typed, &[]));
        assert!(done.ok && done.out.contains(said), "{typed:?}: {done:?}");
        let warned =
            [&done.out, &done.err].map(|text| text.contains("instead of the real Greenhouse"));
        assert!(warned.contains(&true), "{typed:?}: {done:?}");
    }
    scene.strike().await;
}

/// Read-only commands do not create a file.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn choices_from_a_file_create_no_database() {
    let mut scene = Scene::set().await;
    let url = quoted(scene.greenhouse.url());
    scene.member("sandbox", url);
    for database in ["greenhouse.sqlite", "product.sqlite"] {
        fs::remove_file(scene.path(database)).unwrap();
    }
    scene.write("more.toml", &accounts(&scene));
    let (config, file) = (scene.path("host.toml"), scene.path("more.toml"));
    for (typed, ok) in [
        (&["choices", "jobs", "fresh", "--from", &file][..], true),
        (&["choices", "jobs", "fresh"], false),
        (&["settings", "show", "fresh"], false),
        (&["settings", "check", "fresh"], false),
        (&["accounts", "list"], false),
        (&["accounts", "set-up", "fresh"], false),
        (&["keys", "partner", "list", "fresh"], false),
        (&["reconcile"], false),
        (&["doctor"], false),
    ] {
        let typed = [typed, &["--config", &config]].concat();
        let done = tokio::task::block_in_place(|| run(&typed, &[]));
        assert_eq!(done.ok, ok, "{typed:?}: {done:?}");
        let files = scene.files();
        let databases = files.keys().filter(|name| name.contains(".sqlite")).count();
        assert_eq!(databases, 0, "{typed:?}: {:?}", files.keys());
    }
    scene.strike().await;
}

/// Returns an accounts file with an account that is not in the database.
fn accounts(scene: &Scene) -> String {
    let credential = scene.greenhouse.credential();
    format!(
        "[[accounts]]\nid = \"fresh\"\noperator_tokens = [{token:?}]\n\
         product_jobs = [{{ id = \"account-executive\", name = \"Account Executive\" }}]\n\
         [accounts.push]\nacting_user = {user}\n\
         credential = {{ client_id = {id:?}, client_secret = {secret:?} }}\n\
         [accounts.push.jobs.account-executive]\njob = {job}\n",
        token = KeyDigest::of("fresh token").to_string(),
        user = scene.greenhouse.site_admin(),
        id = credential.client_id,
        secret = credential.client_secret,
        job = scene.job.job_id,
    )
}
