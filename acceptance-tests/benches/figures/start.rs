//! How large the program is, and how long it takes until Terraform can talk to it.

use acceptance_tests::{Provider, handshake};
use std::fs;

use crate::table::{judged, median, milliseconds, print};

/// What it has to stay below: the released binary in MiB, and the handshake with TLS in milliseconds.
const SIZE: f64 = 15.0;
const HANDSHAKE: f64 = 5.0;
const ROUNDS: usize = 50;

/// A self-signed P-521 certificate as Terraform makes them; its key was thrown away.
const CERTIFICATE: &str = include_str!("client.pem");

/// Measures and prints.
pub fn measure(subjects: &[Provider]) {
    let mut times = vec![(Vec::new(), Vec::new()); subjects.len()];
    for _ in 0..ROUNDS {
        for (provider, (plain, tls)) in subjects.iter().zip(&mut times) {
            plain.push(milliseconds(handshake(&provider.binary, None).0));
            tls.push(milliseconds(handshake(&provider.binary, Some(CERTIFICATE)).0));
        }
    }
    let head = ["provider", "size", "handshake", "with TLS"].map(str::to_owned).to_vec();
    let rows = subjects.iter().zip(&times).map(|(provider, (plain, tls))| {
        let (plain, tls) = (median(plain), median(tls));
        let size = mebibytes(provider);
        let ours = provider.name != "null";
        let told = |figure: f64, unit: &str, limit: f64| {
            if ours { judged(figure, unit, limit) } else { format!("{figure:.2} {unit}") }
        };
        vec![
            provider.name.to_owned(),
            told(size, "MiB", SIZE),
            format!("{plain:.2} ms"),
            told(tls, "ms", HANDSHAKE),
        ]
    });
    let rows = [head].into_iter().chain(rows).collect::<Vec<_>>();
    print(&format!("From start to handshake line (median of {ROUNDS})"), &rows);
}

#[expect(clippy::cast_precision_loss, reason = "a program has fewer bytes than a float has digits")]
fn mebibytes(provider: &Provider) -> f64 {
    let bytes = fs::metadata(&provider.binary).expect("the program is there").len();
    bytes as f64 / f64::from(1 << 20)
}
