//! Spans by OTLP over gRPC, the one way in that Tempo opens: for a run in which no Alloy stands before it.

use acceptance_tests::find;
use serde_json::Value;
use std::io::Write as _;
use std::process::{Command, Stdio};

use crate::http::Answer;

const EXPORT: &str = "/opentelemetry.proto.collector.trace.v1.TraceService/Export";

/// Sends what OTLP's JSON says, as its protobuf. The status is 200 if the receiver took it.
pub fn export(address: &str, spans: &Value) -> Answer {
    let message = request(spans);
    let mut body = vec![0];
    body.extend(u32::try_from(message.len()).expect("a short message").to_be_bytes());
    body.extend(message);
    let mut command = Command::new(find("curl").expect("without Alloy, curl is needed to speak to Tempo"));
    command.args(["-sS", "--http2-prior-knowledge", "--max-time", "10", "-D", "-", "-o", "/dev/null"]);
    command.args(["-H", "Content-Type: application/grpc", "-H", "TE: trailers", "--data-binary", "@-"]);
    command.arg(format!("http://{address}{EXPORT}"));
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut curl = command.spawn().expect("curl starts");
    curl.stdin.take().expect("it has an input").write_all(&body).expect("curl reads");
    let output = curl.wait_with_output().expect("curl ends");
    let head = String::from_utf8_lossy(&output.stdout).into_owned();
    let taken = head.lines().any(|line| line.trim() == "grpc-status: 0");
    Answer { status: if taken { 200 } else { 0 }, body: head + &String::from_utf8_lossy(&output.stderr) }
}

fn request(spans: &Value) -> Vec<u8> {
    each(&spans["resourceSpans"], 1, |one| {
        let resource = attributes(&one["resource"]["attributes"], 1);
        let scopes = each(&one["scopeSpans"], 2, |scope| each(&scope["spans"], 2, span));
        [field(1, &resource), scopes].concat()
    })
}

fn span(span: &Value) -> Vec<u8> {
    let text = |key: &str| span[key].as_str().unwrap_or_default();
    let kind = u8::try_from(span["kind"].as_u64().unwrap_or_default()).expect("a kind is small");
    let status = u8::try_from(span["status"]["code"].as_u64().unwrap_or_default()).expect("a code is small");
    [
        field(1, &hex(text("traceId"))),
        field(2, &hex(text("spanId"))),
        field(4, &hex(text("parentSpanId"))),
        field(5, text("name").as_bytes()),
        vec![6 << 3, kind],
        time(7, text("startTimeUnixNano")),
        time(8, text("endTimeUnixNano")),
        field(15, &[3 << 3, status]),
    ]
    .concat()
}

fn attributes(list: &Value, number: u8) -> Vec<u8> {
    each(list, number, |pair| {
        let text = pair["value"]["stringValue"].as_str().unwrap_or_default();
        [field(1, pair["key"].as_str().unwrap_or_default().as_bytes()), field(2, &field(1, text.as_bytes()))]
            .concat()
    })
}

fn each(list: &Value, number: u8, message: impl Fn(&Value) -> Vec<u8>) -> Vec<u8> {
    list.as_array().into_iter().flatten().flat_map(|one| field(number, &message(one))).collect()
}

/// A field that has a length: text, bytes or a message.
fn field(number: u8, content: &[u8]) -> Vec<u8> {
    let mut out = vec![(number << 3) | 2];
    let mut length = content.len();
    while length > 127 {
        out.push(u8::try_from(length & 127).expect("seven bits") | 128);
        length >>= 7;
    }
    out.push(u8::try_from(length).expect("seven bits"));
    out.extend(content);
    out
}

fn time(number: u8, nanoseconds: &str) -> Vec<u8> {
    let time: u64 = nanoseconds.parse().expect("a time is a number");
    let mut out = vec![(number << 3) | 1];
    out.extend(time.to_le_bytes());
    out
}

fn hex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text.chars().filter_map(|char| char.to_digit(16)?.try_into().ok()).collect();
    digits.chunks(2).map(|pair| pair.iter().fold(0, |byte, digit| byte << 4 | digit)).collect()
}
