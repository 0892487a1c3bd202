//! Complete stories on the real server: an account is set up and used, with mouse, keyboard, and
//! without scripts.

mod connection;
mod managed_hooks;
mod past;
mod person;
mod pushes;
mod set_up;
mod stage_tests;
mod states;

use std::sync::Arc;

use axum_host::Axum;
use libtest_mimic::Trial;
use server::framework::Framework;
use warp_host::Warp;

use self::person::{Hand, Person};
use crate::{page::Page, pool::BrowserPool, stage::Stage};

pub(crate) fn trials(pool: &Arc<BrowserPool>) -> Vec<Trial> {
    let mut trials = vec![
        pool.trial("flows::mouse", |page| set_up(with_mouse(&page), &Axum)),
        pool.trial("flows::mouse_on_warp", |page| {
            set_up(with_mouse(&page), &Warp)
        }),
        pool.trial("flows::keyboard", |page| set_up(with_keys(&page), &Axum)),
        pool.trial("flows::without_javascript", async |page: Page| {
            set_up(without_scripts(&page).await, &Axum).await;
        }),
        pool.trial("flows::pushes::mouse", |page| {
            pushes(with_mouse(&page), &Axum)
        }),
        pool.trial("flows::pushes::mouse_on_warp", |page| {
            pushes(with_mouse(&page), &Warp)
        }),
        pool.trial("flows::pushes::keyboard", |page| {
            pushes(with_keys(&page), &Axum)
        }),
        pool.trial("flows::pushes::without_javascript", async |page: Page| {
            pushes(without_scripts(&page).await, &Axum).await;
        }),
    ];
    trials.push(pool.trial("flows::connection::mouse", |page| {
        connection(with_mouse(&page), &Axum)
    }));
    trials.push(pool.trial(
        "flows::connection::without_javascript",
        async |page: Page| {
            connection(without_scripts(&page).await, &Axum).await;
        },
    ));
    trials.push(pool.trial("flows::managed_hooks::mouse", |page| {
        managed_hooks(with_mouse(&page), &Axum)
    }));
    trials.push(pool.trial("flows::past::mouse", |page| past(with_mouse(&page), &Axum)));
    trials.push(
        pool.trial("flows::past::without_javascript", async |page: Page| {
            past(without_scripts(&page).await, &Axum).await;
        }),
    );
    trials.push(pool.trial("flows::stage_tests::mouse", |page| {
        stage_tests(with_mouse(&page), &Axum)
    }));
    trials.push(pool.trial(
        "flows::stage_tests::without_javascript",
        async |page: Page| {
            stage_tests(without_scripts(&page).await, &Axum).await;
        },
    ));
    trials.extend(states::trials(pool));
    trials
}

fn with_mouse(page: &Page) -> Person {
    Person::new(page, Hand::Mouse)
}

fn with_keys(page: &Page) -> Person {
    Person::new(page, Hand::Keyboard)
}

async fn without_scripts(page: &Page) -> Person {
    page.javascript(false).await;
    Person {
        has_scripts: false,
        ..Person::new(page, Hand::Mouse)
    }
}

/// From an empty account to the first assessed candidate.
async fn set_up(person: Person, framework: &'static dyn Framework) {
    let stage = Stage::empty(framework).await;
    set_up::set_up(&person, &stage).await;
    pushes::assess(&person, &stage).await;
    stage.stop().await;
}

/// The connection to a partner's app.
async fn connection(person: Person, framework: &'static dyn Framework) {
    let stage = Stage::empty(framework).await;
    person.sign_in(&stage).await;
    connection::connect(&person, &stage).await;
    stage.stop().await;
}

/// Webhooks that the server creates.
async fn managed_hooks(person: Person, framework: &'static dyn Framework) {
    let stage = Stage::set_up(framework).await;
    person.sign_in(&stage).await;
    managed_hooks::create_and_repair(&person, &stage).await;
    stage.stop().await;
}

/// Results from before, which are brought over.
async fn past(person: Person, framework: &'static dyn Framework) {
    let stage = Stage::set_up(framework).await;
    person.sign_in(&stage).await;
    past::bring_over(&person, &stage).await;
    stage.stop().await;
}

/// A test for a stage.
async fn stage_tests(person: Person, framework: &'static dyn Framework) {
    let stage = Stage::set_up(framework).await;
    person.sign_in(&stage).await;
    stage_tests::add_and_remove(&person, &stage).await;
    stage.stop().await;
}

/// Pushes of an account that is set up.
async fn pushes(person: Person, framework: &'static dyn Framework) {
    let stage = Stage::set_up(framework).await;
    person.sign_in(&stage).await;
    pushes::push_by_button(&person, &stage).await;
    pushes::retry_a_failed_push(&person, &stage).await;
    pushes::resume_waiting_pushes(&person, &stage).await;
    pushes::see_a_rejection(&person, &stage).await;
    stage.stop().await;
}
