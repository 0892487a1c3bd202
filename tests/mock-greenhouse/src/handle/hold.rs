use std::sync::atomic::Ordering;

use bytes::Bytes;
use http::Request;

use crate::handle::MockGreenhouse;
use crate::rows::Delivery;
use crate::state::ActError;
use crate::webhooks;

/// Deliveries in the hands of a test, which sends them in its own order and as often as it likes.
impl MockGreenhouse {
    /// Holds deliveries for the test to send. Events still create deliveries, but no attempt is
    /// made or scheduled. Hooks are still pinged. With `false`, later deliveries are sent again;
    /// held ones are not.
    pub fn hold_deliveries(&self, held: bool) {
        self.world.holds_deliveries.store(held, Ordering::Relaxed);
    }

    /// The request of the next attempt at a delivery, signed with the hook's current secret and
    /// with all headers of the hook.
    ///
    /// # Errors
    ///
    /// [`ActError::NotFound`] if the delivery does not belong to this mock or its hook was deleted.
    /// [`ActError::Refused`] if its address or headers are invalid.
    pub fn request_of(&self, delivery: &Delivery) -> Result<Request<Bytes>, ActError> {
        webhooks::request(&self.world, delivery.number)
    }
}
