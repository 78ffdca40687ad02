//! One request as OpenTelemetry tells it: a trace of two apps, a log line, and a metric with an exemplar.

use serde_json::{Value, json};
use std::thread;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::grpc;
use crate::http;

/// A request that was made.
#[derive(Debug)]
pub struct Request {
    /// Its trace.
    pub trace: String,
    at: u128,
    /// The app's resource attributes.
    attributes: Vec<(String, String)>,
    /// How many there were so far, with this one.
    count: u64,
}

/// Who takes what OpenTelemetry tells.
#[derive(Clone, Debug)]
pub enum Receiver {
    /// Alloy: it takes everything, and passes it on.
    Alloy(String),
    /// The stores themselves, where no Alloy is: each what it stores, as Alloy would send it.
    Stores {
        /// Prometheus.
        prometheus: String,
        /// Loki, if it runs.
        loki: Option<String>,
        /// Tempo's receiver, if it runs.
        tempo: Option<String>,
    },
}

/// Goes on making requests like this one until this program ends.
pub fn keep_on(like: &Request, to: &Receiver) {
    let (to, attributes) = (to.clone(), like.attributes.clone());
    thread::spawn(move || {
        for count in 2.. {
            thread::sleep(Duration::from_secs(2));
            let request = Request { count, attributes: attributes.clone(), ..Request::now() };
            if request.told(&to).iter().any(|answer| !matches!(answer.status, 200 | 204)) {
                return;
            }
        }
    });
}

impl Request {
    /// One that has just ended.
    pub fn now() -> Self {
        let at = SystemTime::now().duration_since(UNIX_EPOCH).expect("it is after 1970").as_nanos();
        Self { trace: format!("{at:032x}"), at, count: 1, attributes: Vec::new() }
    }

    /// Made by an app with these resource attributes, written as OpenTelemetry's environment has them.
    pub fn by(mut self, attributes: &str) -> Self {
        let pairs = attributes.split(',').filter_map(|pair| pair.split_once('='));
        self.attributes = pairs.map(|(key, value)| (key.to_owned(), value.to_owned())).collect();
        self
    }

    /// Sends what the receiver takes.
    pub fn send(&self, to: &Receiver) {
        for answer in self.told(to) {
            assert!(matches!(answer.status, 200 | 204), "{to:?}: {} {}", answer.status, answer.body);
        }
    }

    fn told(&self, to: &Receiver) -> Vec<http::Answer> {
        let post = |address: &str, path, body: Value| http::send("POST", address, path, &body.to_string());
        match to {
            Receiver::Alloy(address) => vec![
                post(address, "/v1/traces", self.spans()),
                post(address, "/v1/logs", self.log()),
                post(address, "/v1/metrics", self.metric()),
            ],
            Receiver::Stores { prometheus, loki, tempo } => {
                let metric = post(prometheus, "/api/v1/otlp/v1/metrics", self.metric());
                let log = loki.as_ref().map(|loki| post(loki, "/otlp/v1/logs", self.log()));
                let spans = tempo.as_ref().map(|tempo| grpc::export(tempo, &self.spans()));
                [Some(metric), log, spans].into_iter().flatten().collect()
            }
        }
    }

    fn resource(&self, app: &str) -> Value {
        let own = self.attributes.iter().map(|(key, value)| (key.as_str(), value.as_str()));
        let all: Vec<(&str, &str)> = own.chain([("service.name", app)]).collect();
        json!({ "attributes": attributes(&all) })
    }

    fn spans(&self) -> Value {
        let (start, end) = ((self.at - 300_000_000).to_string(), self.at.to_string());
        let span = |id: &str, parent: &str, name: &str, kind: u8| {
            json!({ "traceId": self.trace, "spanId": id, "parentSpanId": parent, "name": name, "kind": kind,
                    "startTimeUnixNano": start, "endTimeUnixNano": end, "status": { "code": 2 } })
        };
        let shop = [
            span("00000000000000a1", "", "GET /buy", 2),
            span("00000000000000a2", "00000000000000a1", "GET cart", 3),
        ];
        let cart = [span("00000000000000a3", "00000000000000a2", "GET /cart", 2)];
        json!({ "resourceSpans": [
            { "resource": self.resource("shop"), "scopeSpans": [{ "spans": shop }] },
            { "resource": self.resource("cart"), "scopeSpans": [{ "spans": cart }] },
        ]})
    }

    fn log(&self) -> Value {
        let record = json!({ "timeUnixNano": self.at.to_string(), "severityNumber": 17, "severityText": "ERROR",
                             "body": { "stringValue": "not paid" }, "traceId": self.trace, "spanId": "00000000000000a1" });
        json!({ "resourceLogs": [{ "resource": self.resource("shop"), "scopeLogs": [{ "logRecords": [record] }] }] })
    }

    fn metric(&self) -> Value {
        let exemplar = json!({ "timeUnixNano": self.at.to_string(), "asDouble": 0.3, "traceId": self.trace, "spanId": "00000000000000a1" });
        let count = self.count.to_string();
        let point = json!({
            "attributes": attributes(&[("http.route", "/buy"), ("http.request.method", "GET"), ("http.response.status_code", "500")]),
            "startTimeUnixNano": (self.at - 60_000_000_000).to_string(), "timeUnixNano": self.at.to_string(),
            "count": count, "sum": 0.3, "bucketCounts": ["0", count, "0"], "explicitBounds": [0.1, 1.0],
            "exemplars": [exemplar],
        });
        let metric = json!({ "name": "http.server.request.duration", "unit": "s",
                             "histogram": { "aggregationTemporality": 2, "dataPoints": [point] } });
        json!({ "resourceMetrics": [{ "resource": self.resource("shop"), "scopeMetrics": [{ "metrics": [metric] }] }] })
    }
}

fn attributes(pairs: &[(&str, &str)]) -> Value {
    pairs.iter().map(|(key, value)| json!({ "key": key, "value": { "stringValue": value } })).collect()
}
