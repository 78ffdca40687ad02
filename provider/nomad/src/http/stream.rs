//! Answers and requests that are too large to hold: passed on as they come, and checked.
//!
//! Must never call half a file a whole one.

use aws_lc_rs::digest::{Context, SHA256};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};
use tokio_util::io::ReaderStream;

use super::{Door, Http, Kind, Lost, Request, Unreached, header};
use crate::error::{Error, Problem};

/// What was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Saved {
    /// How many bytes.
    pub bytes: u64,
    /// Their SHA-256, in base64; the same as the server's, where it says so.
    pub sha256: String,
}

impl Http {
    /// Writes the answer's body out.
    pub(crate) async fn save(
        &self,
        request: &Request,
        out: &mut (dyn AsyncWrite + Send + Unpin),
    ) -> Result<Saved, Error> {
        let (address, mut response) = self.open(request).await?;
        let announced = response.headers().get("Digest").and_then(|value| value.to_str().ok());
        let announced = announced.and_then(|value| value.strip_prefix("sha-256=")).map(str::to_owned);
        let broken = |why: String| {
            let address = address.clone();
            Error::new(request.call(self.product.name), Problem::Broken { address, why })
        };
        let (mut digest, mut bytes) = (Context::new(&SHA256), 0);
        while let Some(chunk) = response.chunk().await.map_err(|error| broken(error.to_string()))? {
            digest.update(&chunk);
            bytes += chunk.len() as u64;
            out.write_all(&chunk)
                .await
                .map_err(|error| broken(format!("cannot be written here: {error}")))?;
        }
        out.flush().await.map_err(|error| broken(format!("cannot be written here: {error}")))?;
        let sha256 = STANDARD.encode(digest.finish());
        match announced {
            Some(announced) if announced != sha256 => {
                Err(broken(format!("what arrived has the sum {sha256}, and not {announced}")))
            }
            _ if bytes == 0 => Err(broken("nothing arrived".to_owned())),
            _ => Ok(Saved { bytes, sha256 }),
        }
    }

    /// Sends a body as it is read. Once: what was read cannot be read again.
    pub(crate) async fn upload(
        &self,
        request: &Request,
        from: impl AsyncRead + Send + Sync + 'static,
    ) -> Result<(), Error> {
        let failed = |problem| Error::new(request.call(self.product.name), problem);
        let token = request.token.as_ref().map(header).transpose();
        let token = token.map_err(|why| failed(Problem::Unusable(why)))?;
        let door = self.reachable().await.map_err(|tried| failed(Problem::Unreachable(tried)))?;
        let body = reqwest::Body::wrap_stream(ReaderStream::new(from));
        let builder = self.prepared(door, request, token.as_ref()).body(body);
        match self.begin(door, request, builder).await {
            Ok(_) => Ok(()),
            Err(Lost::Unreached(Unreached { why, .. })) => {
                Err(failed(Problem::Unreachable(vec![(door.shown.clone(), why)])))
            }
            Err(Lost::Fault(fault)) => Err(failed(fault.problem).doubtful(fault.kind == Kind::Unclear)),
        }
    }

    /// The first address where somebody answers.
    async fn reachable(&self) -> Result<&Door, Vec<(String, String)>> {
        let mut tried = Vec::new();
        for door in &self.doors {
            match door.peer.contact(&door.address, &self.limits).await {
                Ok(()) => return Ok(door),
                Err(unreached) => tried.push((door.shown.clone(), unreached.why)),
            }
        }
        Err(tried)
    }
}
