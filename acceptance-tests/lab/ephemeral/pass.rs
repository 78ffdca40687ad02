//! A visitor's pass: valid for a moment, renewed while it is needed, handed back at the end.

use std::time::Duration;

use kit::{Block, Computed, Cx, Ephemeral, Lease, Private, Result};

use crate::store::store;

/// A visitor's pass.
#[derive(Block)]
pub struct Pass {
    /// Whose it is.
    #[attr(check = kit::check::dns_label)]
    pub visitor: String,
    /// After how long it has to be renewed; never, if unset.
    pub milliseconds: Option<u32>,
    /// What opens the door.
    #[attr(sensitive)]
    pub code: Computed<String>,
}

/// `lab_pass`
pub struct PassEphemeral;

impl Ephemeral for PassEphemeral {
    type Model = Pass;
    const NAME: &'static str = "lab_pass";

    async fn open(&self, cx: &Cx, pass: &mut Pass) -> Result<Lease> {
        store(cx)?.note(&format!("open {}", pass.visitor))?;
        pass.code.set(format!("{}-1234", pass.visitor));
        let mut private = Private::default();
        private.set("visitor", &pass.visitor);
        private.set("milliseconds", &pass.milliseconds);
        Ok(lease(private))
    }

    async fn renew(&self, cx: &Cx, private: Private) -> Result<Lease> {
        store(cx)?.note(&format!("renew {}", visitor(&private)))?;
        Ok(lease(private))
    }

    async fn close(&self, cx: &Cx, private: Private) -> Result<()> {
        store(cx)?.note(&format!("close {}", visitor(&private)))
    }
}

fn visitor(private: &Private) -> String {
    private.get("visitor").unwrap_or_default()
}

fn lease(private: Private) -> Lease {
    let span = private.get::<u32>("milliseconds").map(|span| Duration::from_millis(span.into()));
    Lease { renew_in: span, private }
}
