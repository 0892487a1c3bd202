use std::time::Duration;

use mock_greenhouse::{Fault, FaultKind, Switches};
use serde_json::json;

use crate::support::{Set, config};

async fn create(set: &Set, first_name: &str) {
    let body = json!({ "first_name": first_name, "last_name": "Okafor" });
    let reply = set.harvest.post("/v3/candidates", body).await;
    assert_eq!(reply.status, 201);
}

async fn listed(set: &Set) -> usize {
    set.harvest.get("/v3/candidates").await.ids().len()
}

fn seconds(set: &Set, seconds: u64) {
    set.greenhouse.clock().advance(Duration::from_secs(seconds));
}

#[tokio::test]
async fn lists_lag_behind_writes_by_a_set_time_of_the_mocks_clock() {
    let set = Set::new().await;
    create(&set, "Ada").await;
    set.greenhouse
        .switch(|switches| switches.read_lag_seconds = 5);
    assert_eq!(listed(&set).await, 1);
    create(&set, "Bea").await;
    seconds(&set, 3);
    create(&set, "Cid").await;
    assert_eq!(listed(&set).await, 1);
    seconds(&set, 1);
    assert_eq!(listed(&set).await, 1);
    seconds(&set, 1);
    assert_eq!(listed(&set).await, 2);
    seconds(&set, 3);
    assert_eq!(listed(&set).await, 3);
    create(&set, "Dan").await;
    set.greenhouse
        .switch(|switches| switches.read_lag_seconds = 0);
    assert_eq!(listed(&set).await, 4);
}

#[tokio::test]
async fn a_rejection_shows_late_as_well_and_the_handle_sees_the_present() {
    let set = Set::new().await;
    let application = set.applied();
    set.greenhouse
        .switch(|switches| switches.read_lag_seconds = 5);
    set.greenhouse.reject(application).await.unwrap();
    let status = async || set.harvest.get("/v3/applications").await.json()[0]["status"].clone();
    assert_eq!(status().await, "in_process");
    assert!(
        set.greenhouse
            .application(application)
            .unwrap()
            .rejected_at
            .is_some()
    );
    seconds(&set, 5);
    assert_eq!(status().await, "rejected");
}

#[tokio::test]
async fn one_chosen_list_can_lag() {
    let set = Set::new().await;
    let fault = Fault::new("GET", "/v3/candidates", FaultKind::Lag { seconds: 5 });
    set.greenhouse.add_fault(fault.nth(2));
    create(&set, "Ada").await;
    seconds(&set, 4);
    assert_eq!(listed(&set).await, 1);
    assert_eq!(listed(&set).await, 0);
    assert_eq!(listed(&set).await, 1);
}

#[tokio::test]
async fn a_lag_from_the_start_hides_seeds_too() {
    let switches: Switches = serde_json::from_value(json!({ "read_lag_seconds": 5 })).unwrap();
    let set = Set::with(config().with_switches(switches)).await;
    set.applied();
    assert_eq!(listed(&set).await, 0);
    seconds(&set, 5);
    assert_eq!(listed(&set).await, 1);
}
