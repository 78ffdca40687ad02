//! Prints figures in columns.

use std::time::Duration;

/// Prints a table: the first row is its head.
pub fn print(title: &str, rows: &[Vec<String>]) {
    let columns = rows.iter().map(Vec::len).max().unwrap_or_default();
    let width =
        |column: usize| rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max();
    let widths = (0..columns).map(|column| width(column).unwrap_or_default()).collect::<Vec<_>>();
    println!("\n{title}");
    for row in rows {
        let cells = row.iter().zip(&widths).enumerate();
        let cells =
            cells.map(
                |(column, (cell, &width))| {
                    if column == 0 { format!("{cell:<width$}") } else { format!("{cell:>width$}") }
                },
            );
        println!("  {}", cells.collect::<Vec<_>>().join("  "));
    }
}

/// The figure in the middle.
pub fn median<T: Copy + PartialOrd>(figures: &[T]) -> T {
    let mut sorted = figures.to_vec();
    sorted.sort_by(|a, b| a.partial_cmp(b).expect("figures can be compared"));
    sorted[sorted.len() / 2]
}

/// Milliseconds.
pub fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

/// A figure beside what it has to be.
pub fn judged(figure: f64, unit: &str, limit: f64) -> String {
    let verdict = if figure <= limit { "ok" } else { "MISSED" };
    format!("{figure:.2} {unit} (≤ {limit}: {verdict})")
}

/// A figure beside the least that it has to be.
pub fn at_least(figure: f64, unit: &str, limit: f64) -> String {
    let verdict = if figure >= limit { "ok" } else { "MISSED" };
    format!("{figure:.2} {unit} (≥ {limit}: {verdict})")
}
