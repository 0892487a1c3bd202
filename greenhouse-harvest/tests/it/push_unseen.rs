//! Pushes for which Greenhouse hides the records they depend on.

use greenhouse_core::store::LogStatus;

use crate::support::{
    EMAIL,
    greenhouse::{Fault, JOB, State},
    world::{World, rated, with_fields},
};

#[tokio::test]
async fn hidden_values_are_not_overwritten() {
    type Change = fn(&mut State);
    let application: Change = |state| state.applications.clear();
    let candidate: Change = |state| state.candidates.clear();
    let tags: Change = |state| {
        let row = state.candidates[0].as_object_mut().unwrap();
        row.remove("tags");
    };
    for (what, change, patched) in [
        ("application.", application, 0),
        ("candidate.", candidate, 1),
        ("candidate's tags.", tags, 1),
    ] {
        let world = World::with(with_fields()).await;
        world.greenhouse.with(|state| {
            state.define_fields();
            let candidate = state.add_candidate(EMAIL);
            state.add_application(candidate, JOB, "in_process");
        });
        // The push waits for the rate limit, with only the fields left to write.
        world.greenhouse.fail("POST /v3/notes", Fault::Limited);
        let id = world.assessed_as("a-1", rated);
        let click = world.click(&id);
        world.asked_for("POST /v3/notes", 1).await;
        let whole = world.greenhouse.with(|state| {
            let whole = (state.candidates.clone(), state.applications.clone());
            change(state);
            whole
        });
        world.advance(60);
        assert_eq!(world.failed(&id).await, "not_shown", "{what}");
        click.abort();
        assert_eq!(patches(&world), patched, "{what}");
        let (status, text) = world.log().await.remove(0);
        assert_eq!(status, LogStatus::Failed);
        assert!(
            text.contains(&format!("did not return the {what}")),
            "{text}"
        );

        world.greenhouse.with(|state| {
            state.candidates.clone_from(&whole.0);
            let fields = state
                .applications
                .first()
                .map(|row| row["custom_fields"].clone());
            state.applications.clone_from(&whole.1);
            if let Some(fields) = fields {
                state.applications[0]["custom_fields"] = fields;
            }
        });
        assert_eq!(world.pushed(&id).await.state, "done", "{what}");
        assert_eq!(world.greenhouse.counts(), [1; 4], "{what}");
        assert_eq!(patches(&world), 2, "{what}");
    }
}

/// Number of writes of fields or tags.
fn patches(world: &World) -> usize {
    world.greenhouse.with(|state| {
        let patches = state.log.iter().filter(|line| line.starts_with("PATCH"));
        patches.count()
    })
}
