use std::sync::atomic::Ordering;

use bytes::Bytes;
use http::Request;

use crate::handle::MockGreenhouse;
use crate::rows::Delivery;
use crate::state::ActError;
use crate::webhooks;

/// Deliveries in the hands of a test, which sends them in its own order and as often as it likes.
impl MockGreenhouse {
    /// From now on what happens makes deliveries, and nobody sends them: no attempt is made, and none is planned. Hooks are still
    /// pinged. With `false`, later ones are sent again; those that were held are not.
    pub fn hold_deliveries(&self, held: bool) {
        self.world.holds_deliveries.store(held, Ordering::Relaxed);
    }

    /// What an attempt at this delivery sends: signed with the hook's present secret, and with all headers of the hook.
    ///
    /// # Errors
    ///
    /// [`ActError::NotFound`] if the delivery is not one of this mock, or its hook is gone; [`ActError::Refused`] if its address or
    /// headers cannot be sent.
    pub fn request_of(&self, delivery: &Delivery) -> Result<Request<Bytes>, ActError> {
        webhooks::request(&self.world, delivery.number)
    }
}
