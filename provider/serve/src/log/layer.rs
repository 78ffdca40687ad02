//! Turns tracing's events into lines on standard error.
//!
//! Exists beside `line` to keep what tracing hands over apart from what Terraform reads. Must never ask for
//! an event that nobody will see: a callsite that is too detailed is switched off once and for all.

use super::line::{self, Value};
use super::secrets::secrets;
use std::fmt::Debug;
use std::io::Write;
use std::time::SystemTime;
use tracing::field::{Field, Visit};
use tracing::metadata::LevelFilter;
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::Interest;
use tracing::{Event, Level, Metadata, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Context;
use tracing_subscriber::registry::{LookupSpan, Scope};

/// The crates under the wire. Their details (every frame, with what is in it) drown and betray ours.
const WIRE: [&str; 9] =
    ["h2", "hyper", "hyper_util", "mio", "reqwest", "rustls", "tokio_util", "tonic", "tower"];

/// Writes each event as one line.
pub(super) struct Lines {
    threshold: Level,
}

impl Lines {
    pub(super) fn new(threshold: Level) -> Self {
        Self { threshold }
    }

    fn wants(&self, metadata: &Metadata<'_>) -> bool {
        let root = metadata.target().split("::").next().unwrap_or_default();
        let threshold = if WIRE.contains(&root) { self.threshold.min(Level::WARN) } else { self.threshold };
        *metadata.level() <= threshold
    }
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Lines {
    fn register_callsite(&self, metadata: &'static Metadata<'static>) -> Interest {
        if self.wants(metadata) { Interest::always() } else { Interest::never() }
    }

    fn enabled(&self, metadata: &Metadata<'_>, _: Context<'_, S>) -> bool {
        self.wants(metadata)
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(self.threshold.into())
    }

    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let Some(span) = context.span(id) else { return };
        let mut fields = Fields::default();
        attributes.record(&mut fields);
        span.extensions_mut().insert(fields);
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        let Some(span) = context.span(id) else { return };
        if let Some(fields) = span.extensions_mut().get_mut::<Fields>() {
            values.record(fields);
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let mut fields = Fields::default();
        event.record(&mut fields);
        let line = render(event.metadata(), &fields, context.event_scope(event));
        // There is nobody to tell if standard error is gone.
        let _ = std::io::stderr().lock().write_all(line.as_bytes());
    }
}

/// The fields of an event or a span, as they were given: secrets go when they are written.
#[derive(Default)]
struct Fields {
    message: String,
    named: Vec<(&'static str, Value)>,
}

fn render<S: for<'a> LookupSpan<'a>>(
    metadata: &Metadata<'_>,
    own: &Fields,
    spans: Option<Scope<'_, S>>,
) -> String {
    let event = line::Event {
        level: *metadata.level(),
        module: metadata.target(),
        message: &own.message,
        time: SystemTime::now(),
    };
    let spans: Vec<_> = spans.into_iter().flat_map(Scope::from_root).collect();
    let extensions: Vec<_> = spans.iter().map(|span| span.extensions()).collect();
    let inherited = extensions.iter().filter_map(|extensions| extensions.get::<Fields>());
    // A name that is given again further in means the inner one: Terraform takes a line's last.
    let fields = inherited.chain([own]).flat_map(|fields| &fields.named);
    line::render(&event, fields.map(|(name, value)| (*name, value)), secrets())
}

impl Fields {
    fn push(&mut self, field: &Field, value: Value) {
        self.named.push((field.name(), value));
    }

    fn text(&mut self, field: &Field, text: String) {
        if field.name() == "message" {
            self.message = text;
        } else {
            self.push(field, Value::Text(text));
        }
    }
}

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.text(field, format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.text(field, value.to_owned());
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.push(field, Value::Plain(value.to_string()));
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.push(field, Value::Plain(value.to_string()));
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.push(field, Value::Plain(value.to_string()));
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        // JSON has no word for infinity.
        let value =
            if value.is_finite() { Value::Plain(value.to_string()) } else { Value::Text(value.to_string()) };
        self.push(field, value);
    }
}
