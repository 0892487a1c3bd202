use std::sync::atomic::Ordering;

use bytes::Bytes;
use http::Request;

use crate::assessment;
use crate::handle::MockGreenhouse;
use crate::rows::{Delivery, Hook, HookForm};
use crate::state::{ActError, Event, State, foreign_event};
use crate::webhooks;

/// Settings of webhooks, and manual deliveries.
impl MockGreenhouse {
    /// Creates a webhook for one action and pings it. Unless the response to the ping is 200, the
    /// hook is stored but not active.
    ///
    /// # Errors
    ///
    /// [`ActError::Refused`] if hooks do not support the action.
    pub async fn add_hook(&self, action: &str, url: &str, secret: &str) -> Result<Hook, ActError> {
        self.add_hook_with(HookForm::new(action, url, secret)).await
    }

    /// Creates a webhook with the settings in the form and pings it.
    ///
    /// # Errors
    ///
    /// [`ActError::Refused`] if hooks do not support the action, or if the maximum number of
    /// attempts is 0.
    pub async fn add_hook_with(&self, form: HookForm) -> Result<Hook, ActError> {
        webhooks::add_hook(&self.world, form).await
    }

    /// Edits a webhook and pings it. Unless the response to the ping is 200, the hook is disabled.
    /// A disabled hook stays disabled unless the form enables it.
    ///
    /// # Errors
    ///
    /// The same as for [`add_hook_with`](Self::add_hook_with), and [`ActError::NotFound`] if the
    /// hook does not exist.
    pub async fn change_hook(&self, hook: i64, form: HookForm) -> Result<Hook, ActError> {
        webhooks::change_hook(&self.world, hook, form).await
    }

    /// Enables a disabled webhook, as an admin must after a failed ping. The hook is pinged and
    /// stays disabled if the ping fails.
    ///
    /// # Errors
    ///
    /// [`ActError::NotFound`] if the hook does not exist.
    pub async fn enable_hook(&self, hook: i64) -> Result<Hook, ActError> {
        self.change_hook(hook, HookForm::default().with_active(true))
            .await
    }

    /// Deletes a webhook and gives up its pending deliveries.
    ///
    /// # Errors
    ///
    /// [`ActError::NotFound`] if the hook does not exist.
    pub fn delete_hook(&self, hook: i64) -> Result<(), ActError> {
        self.world.state().delete_hook(hook)
    }

    /// Makes every delivery attempt that is due on the mock's clock: 1, 15, 60, 120, 240 and 480
    /// minutes after the planned time of the previous attempt. Returns the deliveries that were
    /// attempted. While the clock runs, this happens automatically; while it is held, only this
    /// method does it.
    pub async fn deliver_due(&self) -> Vec<Delivery> {
        webhooks::deliver_due(&self.world).await
    }

    /// Sends a delivery again, with the same body and, by default, the same event id. Returns the
    /// delivery with all attempts. The schedule is unchanged unless this attempt succeeds.
    ///
    /// # Errors
    ///
    /// [`ActError::NotFound`] if the delivery does not belong to this mock.
    pub async fn redeliver(&self, delivery: &Delivery) -> Result<Delivery, ActError> {
        webhooks::redeliver(&self.world, delivery.number).await
    }

    /// Holds deliveries, so that the test can send them. Events still create deliveries, but no
    /// attempt is made or scheduled. Hooks are still pinged. With `false`, later deliveries are
    /// sent, but held deliveries are not.
    pub fn hold_deliveries(&self, held: bool) {
        self.world.holds_deliveries.store(held, Ordering::Relaxed);
    }

    /// Returns the request for the next delivery attempt, signed with the hook's current secret and
    /// with all of the hook's headers.
    ///
    /// # Errors
    ///
    /// [`ActError::NotFound`] if the delivery does not belong to this mock or its hook was deleted.
    /// [`ActError::Refused`] if its URL or headers are invalid.
    pub fn delivery_request(&self, delivery: &Delivery) -> Result<Request<Bytes>, ActError> {
        webhooks::request(&self.world, delivery.number)
    }

    /// Fires an event about an application and a candidate that do not exist in this Greenhouse:
    /// `reject_candidate`, `unreject_candidate`, `hire_candidate`, `unhire_candidate`,
    /// `candidate_stage_change`, `application_updated`, `new_candidate_application`,
    /// `update_candidate`, `delete_application`, `delete_candidate` or `candidate_anonymized`.
    ///
    /// # Errors
    ///
    /// [`ActError::Refused`] for any other action.
    pub async fn send_foreign_event(&self, action: &str) -> Result<Vec<Delivery>, ActError> {
        self.act(|state| Ok(vec![foreign_event(state, action, self.world.now())?]))
            .await
    }

    /// Changes the state and fires the events of the change.
    pub(super) async fn act(
        &self,
        change: impl FnOnce(&mut State) -> Result<Vec<Event>, ActError>,
    ) -> Result<Vec<Delivery>, ActError> {
        let (events, tests) = {
            let mut state = self.world.state();
            (change(&mut state)?, state.take_triggered_tests())
        };
        assessment::send_triggered(&self.world, tests);
        Ok(self.fire_all(&events).await)
    }

    pub(super) async fn fire_all(&self, events: &[Event]) -> Vec<Delivery> {
        let mut deliveries = Vec::new();
        for event in events {
            deliveries.extend(webhooks::fire(&self.world, event).await);
        }
        deliveries
    }
}
