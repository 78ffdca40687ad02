//! Snapshots: everything that the servers know, as one file.
//!
//! A snapshot holds secrets, the keys of variables among them: who saves one has to guard it.

use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite};

use crate::Error;
use crate::http::{Request, Safety, Saved};
use crate::operator::Operator;

/// How long a snapshot may take.
const LONG: Duration = Duration::from_mins(30);

impl Operator<'_> {
    /// Saves one. What arrives is checked against the sum that the server announces.
    pub async fn save_snapshot(&self, out: &mut (dyn AsyncWrite + Send + Unpin)) -> Result<Saved, Error> {
        let mut request = Request::get(&["operator", "snapshot"]);
        request.answer = Some(LONG);
        self.0.http().save(&self.0.scoped(request), out).await
    }

    /// Makes the servers know what a snapshot says, and nothing else.
    pub async fn restore_snapshot(&self, from: impl AsyncRead + Send + Sync + 'static) -> Result<(), Error> {
        let mut request = Request::put(&["operator", "snapshot"], Safety::Once);
        request.answer = Some(LONG);
        self.0.http().upload(&self.0.scoped(request), from).await
    }
}
