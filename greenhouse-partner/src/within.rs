//! Waiting for at most so long, on the service's own clock and without a runtime.

use std::{future::poll_fn, pin::pin, task::Poll, time::Duration};

use greenhouse_core::Clock;

/// What `call` answers, or none once `deadline` has passed on the clock. An answer that is there at the deadline counts.
pub(crate) async fn within<F: Future>(
    clock: &dyn Clock,
    deadline: Duration,
    call: F,
) -> Option<F::Output> {
    let mut call = pin!(call);
    let mut end = clock.sleep(deadline);
    poll_fn(|context| match call.as_mut().poll(context) {
        Poll::Ready(answer) => Poll::Ready(Some(answer)),
        Poll::Pending => end.as_mut().poll(context).map(|()| None),
    })
    .await
}

/// Waits for all of them together; each is polled whenever one makes progress, so there should be few.
pub(crate) async fn together<F: Future>(calls: impl IntoIterator<Item = F>) -> Vec<F::Output> {
    let mut calls: Vec<_> = calls.into_iter().map(Box::pin).collect();
    let mut answers: Vec<Option<F::Output>> = calls.iter().map(|_| None).collect();
    poll_fn(|context| {
        let mut open = false;
        for (call, answer) in calls.iter_mut().zip(&mut answers) {
            if answer.is_none() {
                match call.as_mut().poll(context) {
                    Poll::Ready(ready) => *answer = Some(ready),
                    Poll::Pending => open = true,
                }
            }
        }
        if open { Poll::Pending } else { Poll::Ready(()) }
    })
    .await;
    answers.into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use std::future::pending;

    use chrono::DateTime;
    use greenhouse_core::testing::ManualClock;

    use super::*;

    #[tokio::test]
    async fn an_answer_beats_the_deadline_and_the_deadline_beats_silence() {
        let clock = ManualClock::self_advancing(DateTime::UNIX_EPOCH);
        let second = Duration::from_secs(1);
        assert_eq!(within(&clock, second, async { 7 }).await, Some(7));
        assert_eq!(within(&clock, second, pending::<i32>()).await, None);
        assert_eq!(clock.now().timestamp(), 1);
    }

    #[tokio::test]
    async fn all_are_answered_in_their_order() {
        let calls = [3, 1, 2].map(|turns| async move {
            for _ in 0..turns {
                tokio::task::yield_now().await;
            }
            turns
        });
        assert_eq!(together(calls).await, [3, 1, 2]);
        assert!(
            together(Vec::<std::future::Ready<()>>::new())
                .await
                .is_empty()
        );
    }
}
