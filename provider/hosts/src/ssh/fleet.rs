//! The same for many hosts, so many at a time.
//!
//! Must never hold more in memory than what is under way.

use std::future::Future;

use futures_util::stream::{self, StreamExt};

/// Does it for each, `limit` at a time, and answers in the order of what was given. One that fails hinders no other;
/// dropping this ends all that are under way.
pub async fn each<T, F, R>(
    limit: usize,
    items: impl IntoIterator<Item = T>,
    work: impl FnMut(T) -> F,
) -> Vec<R>
where
    F: Future<Output = R>,
{
    let numbered = items.into_iter().map(work).enumerate();
    let each = stream::iter(numbered.map(|(number, work)| async move { (number, work.await) }));
    let mut done: Vec<(usize, R)> = each.buffer_unordered(limit.max(1)).collect().await;
    done.sort_unstable_by_key(|&(number, _)| number);
    done.into_iter().map(|(_, result)| result).collect()
}
