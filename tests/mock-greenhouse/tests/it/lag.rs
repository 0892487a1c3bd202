use std::time::Duration;

use mock_greenhouse::{Fault, FaultKind, Switches};
use serde_json::json;

use crate::support::{Scene, config};

async fn create(scene: &Scene, first_name: &str) {
    let body = json!({ "first_name": first_name, "last_name": "Okafor" });
    let reply = scene.harvest.post("/v3/candidates", body).await;
    assert_eq!(reply.status, 201);
}

async fn listed(scene: &Scene) -> usize {
    scene.harvest.get("/v3/candidates").await.ids().len()
}

fn seconds(scene: &Scene, seconds: u64) {
    scene
        .greenhouse
        .clock()
        .advance(Duration::from_secs(seconds));
}

#[tokio::test]
async fn lists_lag_behind_writes_by_a_set_time_of_the_mocks_clock() {
    let scene = Scene::new().await;
    create(&scene, "Ada").await;
    scene
        .greenhouse
        .switch(|switches| switches.read_lag_seconds = 5);
    assert_eq!(listed(&scene).await, 1);
    create(&scene, "Bea").await;
    seconds(&scene, 3);
    create(&scene, "Cid").await;
    assert_eq!(listed(&scene).await, 1);
    seconds(&scene, 1);
    assert_eq!(listed(&scene).await, 1);
    seconds(&scene, 1);
    assert_eq!(listed(&scene).await, 2);
    seconds(&scene, 3);
    assert_eq!(listed(&scene).await, 3);
    create(&scene, "Dan").await;
    scene
        .greenhouse
        .switch(|switches| switches.read_lag_seconds = 0);
    assert_eq!(listed(&scene).await, 4);
}

#[tokio::test]
async fn a_rejection_shows_late_in_lists_but_not_in_the_handle() {
    let scene = Scene::new().await;
    let application = scene.new_application();
    scene
        .greenhouse
        .switch(|switches| switches.read_lag_seconds = 5);
    scene.greenhouse.reject(application).await.unwrap();
    let status = async || scene.harvest.get("/v3/applications").await.json()[0]["status"].clone();
    assert_eq!(status().await, "in_process");
    assert!(
        scene
            .greenhouse
            .application(application)
            .unwrap()
            .rejected_at
            .is_some()
    );
    seconds(&scene, 5);
    assert_eq!(status().await, "rejected");
}

#[tokio::test]
async fn a_fault_makes_one_list_lag() {
    let scene = Scene::new().await;
    let fault = Fault::new("GET", "/v3/candidates", FaultKind::Lag { seconds: 5 });
    scene.greenhouse.add_fault(fault.nth(2));
    create(&scene, "Ada").await;
    seconds(&scene, 4);
    assert_eq!(listed(&scene).await, 1);
    assert_eq!(listed(&scene).await, 0);
    assert_eq!(listed(&scene).await, 1);
}

#[tokio::test]
async fn a_lag_from_the_start_hides_seeds_too() {
    let switches: Switches = serde_json::from_value(json!({ "read_lag_seconds": 5 })).unwrap();
    let scene = Scene::with(config().with_switches(switches)).await;
    scene.new_application();
    assert_eq!(listed(&scene).await, 0);
    seconds(&scene, 5);
    assert_eq!(listed(&scene).await, 1);
}
