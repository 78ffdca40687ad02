//! Drives a resource as Terraform does: validate, plan, apply, refresh, plan again.

use kit::engine::{Applied, Change, Planned, Proposal, ProviderEngine, ResourceEngine};
use kit::schema::Block;
use kit::{Cx, Diagnostic, Private, ProviderData, Severity, Value};
use lostops::LOSTOPS;

/// One resource, and what Terraform would remember about it.
pub struct Driven {
    engine: ResourceEngine,
    data: ProviderData,
    pub state: Value,
    pub private: Private,
}

/// The value of a block in which nothing is written but these.
pub fn written(block: &Block, fields: &[(&str, Value)]) -> Value {
    let attributes = block.attributes.iter().map(|a| (a.name.to_string(), Value::Null));
    let blocks = block.blocks.iter().map(|nested| (nested.name.to_string(), nested.absent()));
    let Value::Map(mut all) = Value::object(attributes.chain(blocks)) else { unreachable!() };
    for (name, value) in fields {
        assert!(all.insert((*name).to_owned(), value.clone()).is_some(), "there is no {name}");
    }
    Value::Map(all)
}

impl Driven {
    pub async fn new(name: &str, address: Option<&str>) -> Self {
        Self::with(name, address, false).await
    }

    /// With a provider that insists on its Nomad, or not.
    pub async fn with(name: &str, address: Option<&str>, required: bool) -> Self {
        let resource = LOSTOPS.resources.iter().find(|resource| resource.name() == name).expect(name);
        let provider = ProviderEngine::new(LOSTOPS.provider);
        let nested = provider.schema().block.blocks.iter().find(|nested| nested.name == "nomad").unwrap();
        let addresses = address.map(|address| Value::List(vec![Value::string(address)]));
        let addresses = ("addresses", addresses.unwrap_or(Value::List(Vec::new())));
        let nomad = written(&nested.block, &[addresses, ("required", Value::Bool(required))]);
        let config = written(&provider.schema().block, &[("nomad", nomad)]);
        let (data, problems) = provider.configure(&Cx::default(), &config).await;
        assert_eq!(problems, []);
        Self { engine: ResourceEngine::new(*resource), data, state: Value::Null, private: Private::default() }
    }

    pub fn config(&self, fields: &[(&str, Value)]) -> Value {
        written(&self.engine.schema().block, fields)
    }

    pub fn block(&self) -> &Block {
        &self.engine.schema().block
    }

    fn cx(&self) -> Cx {
        Cx::new(self.data.clone(), tokio_util::sync::CancellationToken::default())
    }

    pub fn validate(&self, config: &Value) -> Vec<Diagnostic> {
        self.engine.validate(config.clone(), true)
    }

    pub async fn plan(&self, config: &Value) -> Planned {
        let (prior, private) = (self.state.clone(), self.private.clone());
        let proposal = Proposal { prior, proposed: config.clone(), config: config.clone(), private };
        self.engine.plan(&self.cx(), proposal).await
    }

    /// Plans and applies, as `terraform apply` does.
    pub async fn apply(&mut self, config: &Value) -> Applied {
        let planned = self.plan(config).await;
        let errors: Vec<&Diagnostic> = errors(&planned.diagnostics).collect();
        assert!(errors.is_empty(), "{errors:?}");
        self.carry_out(config, planned).await
    }

    /// Applies a plan that was made before.
    pub async fn carry_out(&mut self, config: &Value, planned: Planned) -> Applied {
        let change = Change {
            prior: self.state.clone(),
            planned: planned.value.unwrap(),
            config: config.clone(),
            private: planned.private,
        };
        let applied = self.engine.apply(&self.cx(), change).await;
        (self.state, self.private) = (applied.value.clone(), applied.private.clone());
        applied
    }

    pub async fn refresh(&mut self) -> Vec<Diagnostic> {
        let looked = self.engine.read(&self.cx(), self.state.clone(), self.private.clone()).await;
        (self.state, self.private) = (looked.value, looked.private);
        looked.diagnostics
    }

    pub async fn destroy(&mut self) -> Vec<Diagnostic> {
        let prior = self.state.clone();
        let proposal = Proposal {
            prior: prior.clone(),
            proposed: Value::Null,
            config: Value::Null,
            private: self.private.clone(),
        };
        let planned = self.engine.plan(&self.cx(), proposal).await;
        if errors(&planned.diagnostics).next().is_some() {
            return planned.diagnostics;
        }
        let change =
            Change { prior, planned: Value::Null, config: Value::Null, private: self.private.clone() };
        let applied = self.engine.apply(&self.cx(), change).await;
        (self.state, self.private) = (applied.value, applied.private);
        applied.diagnostics
    }

    pub async fn import(&mut self, id: &str) -> Vec<Diagnostic> {
        let imported = self.engine.import(&self.cx(), id).await;
        (self.state, self.private) = (imported.value, imported.private);
        imported.diagnostics
    }

    pub fn take_over(&mut self, from: &kit::Moved) {
        self.state = self.engine.take_over(from).unwrap();
    }

    /// Whether a refresh and a plan find nothing to do.
    pub async fn is_settled(&mut self, config: &Value) {
        assert_eq!(self.refresh().await, []);
        let planned = self.plan(config).await;
        assert_eq!(planned.diagnostics, []);
        assert_eq!(planned.value.as_ref(), Some(&self.state));
    }
}

pub fn errors(diagnostics: &[Diagnostic]) -> impl Iterator<Item = &Diagnostic> {
    diagnostics.iter().filter(|diagnostic| diagnostic.severity == Severity::Error)
}

pub fn told(diagnostics: &[Diagnostic]) -> String {
    let one = |d: &Diagnostic| format!("{:?}: {}\n{}\n", d.severity, d.summary, d.detail);
    diagnostics.iter().map(one).collect::<Vec<_>>().concat()
}
