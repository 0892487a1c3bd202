use std::{
    future::{Future, poll_fn},
    pin::pin,
    task::Poll,
};

/// Polls a future and drops it at the first pending poll after `waits` others, like a host that
/// stops. Returns `None` if the future was dropped.
pub async fn cut_short<T>(waits: usize, future: impl Future<Output = T>) -> Option<T> {
    let mut future = pin!(future);
    let mut left = waits;
    poll_fn(|context| match future.as_mut().poll(context) {
        Poll::Ready(answer) => Poll::Ready(Some(answer)),
        Poll::Pending if left == 0 => Poll::Ready(None),
        Poll::Pending => {
            left -= 1;
            Poll::Pending
        }
    })
    .await
}
