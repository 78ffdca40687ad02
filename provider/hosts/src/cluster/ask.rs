//! Questions to a cluster's Nomad or Consul, put on one of its servers by that host's own curl: the API need not be open to whoever
//! makes the cluster, and sshd need forward nothing.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::Value;

use super::{agents, ports};
use crate::secrets::{Broken, RootSecrets, Secret};
use crate::spec::{ClusterSpec, Security};
use crate::way::{Answer, Task};

/// How long an answer may take: a host that hangs is no answer.
const PATIENCE: Duration = Duration::from_secs(75);

/// How long an answer may be: a node takes some two kilobytes of a list.
const ROOM: usize = 64 * 1024 * 1024;

/// Who asks, and how.
#[derive(Clone, Debug)]
pub(crate) struct Asker {
    /// Who is asked.
    pub product: Product,
    curl: String,
    headers: Vec<Secret>,
    base: String,
}

/// What came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reply {
    pub code: u16,
    pub body: Vec<u8>,
}

/// Who is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Product {
    Nomad,
    Consul,
}

impl Asker {
    /// Whoever may do everything in that cluster. Until its leader has taken the new token, the one of `before` counts.
    pub fn new(
        product: Product,
        spec: &ClusterSpec,
        root: &RootSecrets,
        before: Option<&RootSecrets>,
    ) -> Result<Self, Broken> {
        let (name, usage) = match product {
            Product::Nomad => ("X-Nomad-Token", "nomad/management"),
            Product::Consul => ("X-Consul-Token", "consul/management"),
        };
        let header =
            |root: &RootSecrets| Ok(Secret::new(format!("{name}: {}\n", root.token(usage)?.expose())));
        let mut headers = vec![Secret::default()];
        if spec.security.acl {
            headers = std::iter::once(root).chain(before).map(header).collect::<Result<_, _>>()?;
            headers.dedup();
        }
        let (scheme, port) = match (product, spec.security.tls) {
            (Product::Nomad, true) => ("https", ports::NOMAD_HTTP),
            (Product::Nomad, false) => ("http", ports::NOMAD_HTTP),
            (Product::Consul, tls) => (if tls { "https" } else { "http" }, ports::consul_api(tls)),
        };
        let base = format!("{scheme}://127.0.0.1:{port}");
        Ok(Self { product, curl: curl(spec.security), headers, base })
    }

    /// The same with nothing but the new token.
    pub fn anew(&self) -> Self {
        Self { headers: self.headers[..1].to_vec(), ..self.clone() }
    }

    /// The question as tasks for a server: the next is for a server that refuses the one before.
    pub fn tasks(&self, method: &str, path: &str, body: Option<&Value>) -> Vec<Task> {
        self.headers.iter().map(|header| self.task(header, method, path, body)).collect()
    }

    /// A task that keeps what the servers know in a file on the server that is asked, for root alone.
    pub fn snapshot(&self) -> Vec<Task> {
        let (name, path) = match self.product {
            Product::Nomad => ("nomad", "/v1/operator/snapshot"),
            Product::Consul => ("consul", "/v1/snapshot"),
        };
        let mut tasks = self.tasks("GET", path, None);
        for task in &mut tasks {
            include_str!("snapshot.sh").clone_into(&mut task.script);
            task.arguments.push(name.to_owned());
            task.deadline = PATIENCE * 6;
        }
        tasks
    }

    fn task(&self, header: &Secret, method: &str, path: &str, body: Option<&Value>) -> Task {
        let mut task = Task::new(include_str!("ask.sh"));
        task.deadline = PATIENCE;
        task.room = ROOM;
        task.arguments = vec![method.to_owned(), format!("{}{path}", self.base)];
        task.files.insert("curl".into(), self.curl.clone().into_bytes());
        task.files.insert("token".into(), header.expose().as_bytes().to_vec());
        if let Some(body) = body {
            task.files.insert("body".into(), body.to_string().into_bytes());
        }
        task
    }
}

impl Reply {
    /// What the task said, if it is a reply.
    pub fn of(answer: &Answer) -> Option<Self> {
        let (code, body) = answer.said.split_first()?;
        Some(Self { code: code.parse().ok()?, body: BASE64.decode(body.concat()).ok()? })
    }
}

/// What curl has to know on a host to believe its agents and to be believed.
pub(super) fn curl(security: Security) -> String {
    let agents::Tls { ca, cert, key } = agents::tls("nomad");
    match (security.tls, security.https_client_certs) {
        (false, _) => String::new(),
        (true, false) => format!("cacert = \"{ca}\"\n"),
        (true, true) => format!("cacert = \"{ca}\"\ncert = \"{cert}\"\nkey = \"{key}\"\n"),
    }
}
