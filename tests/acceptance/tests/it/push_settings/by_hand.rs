//! Checks of push settings by the commands `accounts apply` and `settings`.

use greenhouse_core::{AccountId, ProductJobId, settings::SettingsError, store::Records};
use greenhouse_harvest::PushSettingsError::Settings;
use serde_json::json;
use server::{
    accounts::{Outcome, VerifyError, describe_problems},
    databases::{self, DatabasesError},
    settings::{HostSettings, SettingsOf},
};

use super::scene::Scene;

#[tokio::test(flavor = "multi_thread")]
async fn accounts_are_applied_only_if_their_push_can_work() {
    let scene = Scene::set().await;
    let outside = scene.outside();
    let mut changed = scene.account.clone();
    let mut new = scene.account.clone();
    new.id = AccountId::new("zenith");
    new.sync = None;
    new.operator_tokens = vec![greenhouse_core::settings::KeyDigest::of("zenith token")];
    for (account, job) in [(&mut changed, "unheard-of"), (&mut new, "unknown")] {
        let push = account.push.as_mut().unwrap();
        let mapping = push.jobs[&ProductJobId::new("account-executive")];
        push.jobs.insert(ProductJobId::new(job), mapping);
    }
    let wrong = [changed.clone(), new.clone()];
    let refused = databases::set_up(&scene.config, &wrong, Some(&outside)).await;
    let refused = refused.unwrap_err();
    let DatabasesError::Settings(VerifyError::InvalidSettings(all)) = &refused else {
        panic!("{refused}");
    };
    let members: Vec<_> = all
        .iter()
        .map(|(account, problems)| (account.as_str(), problems[0].member.as_str()))
        .collect();
    assert_eq!(
        members,
        [("acme", "jobs.unheard-of"), ("zenith", "jobs.unknown")]
    );
    let text = refused.to_string();
    for part in ["account zenith", "jobs.unknown: The product has no job"] {
        assert!(text.contains(part), "{text}");
    }
    let store = databases::open(&scene.config).await.unwrap();
    assert_eq!(store.account(&new.id).await.unwrap(), None);
    let known = store.account(&changed.id).await.unwrap().unwrap();
    assert_eq!(
        (known.version, known.settings.push),
        (1, scene.account.push.clone())
    );
    store.close().await;

    // A job that is added with the account is one of the product's jobs.
    for (account, job) in [(&mut changed, "unheard-of"), (&mut new, "unknown")] {
        account
            .product_jobs
            .push(greenhouse_core::platform::ProductJob {
                id: ProductJobId::new(job),
                name: job.to_owned(),
            });
    }
    let right = [changed, new];
    let applied = databases::set_up(&scene.config, &right, Some(&outside)).await;
    let outcomes: Vec<_> = applied.unwrap().iter().map(|one| one.outcome).collect();
    assert_eq!(outcomes, [Outcome::Changed, Outcome::New]);

    // Existing accounts are not checked again, and disabled pushes are not checked.
    let asked = scene.greenhouse.exchanges().len();
    scene.greenhouse.refuse_connections().await;
    let mut off = right.clone();
    databases::set_up(&scene.config, &off, Some(&outside))
        .await
        .unwrap();
    for account in &mut off {
        account.push.as_mut().unwrap().enabled = false;
    }
    databases::set_up(&scene.config, &off, Some(&outside))
        .await
        .unwrap();
    assert_eq!(scene.greenhouse.exchanges().len(), asked);

    let refused = databases::set_up(&scene.config, &right, Some(&outside)).await;
    let refused = refused.unwrap_err();
    let unreachable = matches!(
        refused,
        DatabasesError::Settings(VerifyError::NotVerified { .. })
    );
    assert!(unreachable, "{refused}");
    assert!(refused.to_string().contains("--unchecked"), "{refused}");
    databases::set_up(&scene.config, &right, None)
        .await
        .unwrap();
    scene.greenhouse.accept_connections().await;
    scene.strike().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_are_shown_checked_and_set_on_the_command_line() {
    let scene = Scene::set().await;
    let settings = HostSettings::open(&scene.config, scene.outside()).await;
    let settings = settings.unwrap();
    let acme = &scene.account.id;
    let shown = settings.show(acme, SettingsOf::Push).await.unwrap();
    let mut shown = serde_json::to_value(&shown).unwrap();
    assert_eq!(shown, scene.get("settings/push").await.1);
    assert_eq!(settings.check(acme, SettingsOf::Push).await.unwrap(), []);

    scene
        .greenhouse
        .set_job_status(scene.job(), "closed")
        .unwrap();
    let problems = settings.check(acme, SettingsOf::Push).await.unwrap();
    let words = describe_problems(&problems);
    for part in ["jobs.account-executive.job: Job ", "is closed.", "reopen"] {
        assert!(words.contains(part), "{words}");
    }
    shown["settings"]["tags"] = json!(["Assessed"]);
    let set = settings
        .set(acme, SettingsOf::Push, shown.to_string().as_bytes())
        .await;
    assert!(
        matches!(set, Err(Settings(SettingsError::CannotWork(reported))) if reported == problems)
    );
    scene
        .greenhouse
        .set_job_status(scene.job(), "open")
        .unwrap();
    let set = settings
        .set(acme, SettingsOf::Push, shown.to_string().as_bytes())
        .await;
    assert_eq!(set.unwrap().version, 2);
    let set = settings
        .set(acme, SettingsOf::Push, shown.to_string().as_bytes())
        .await;
    assert!(matches!(
        set,
        Err(Settings(SettingsError::Stale { version: 2 }))
    ));
    let set = settings.set(acme, SettingsOf::Push, b"{").await;
    assert!(matches!(set, Err(Settings(SettingsError::Form(_)))));
    let unknown = settings
        .show(&AccountId::new("unknown"), SettingsOf::Push)
        .await;
    assert!(matches!(unknown, Err(Settings(SettingsError::NoAccount))));
    settings.close().await;
    scene.strike().await;
}
