//! `name = value` in lines, the `=` of neighbours under one another, as Nomad's formatter would put them.

use std::ops::Range;

/// An attribute: where in a text of many its name and its value are.
pub(super) struct Row {
    /// What is left of the `=`.
    pub name: Range<usize>,
    /// What is right of it.
    pub value: Range<usize>,
}

/// Writes rows that follow each other.
pub(super) fn write(rows: &[Row], texts: &str, depth: usize, out: &mut String) {
    let part = |range: &Range<usize>| texts.get(range.clone()).unwrap_or("");
    // A line that ends with an open bracket has no neighbours.
    let is_open = |row: &Row| {
        let value = part(&row.value);
        value.ends_with([']', '}', ')']) && value.contains('\n')
    };
    for neighbours in rows.chunk_by(|one, next| !is_open(one) && !is_open(next)) {
        let widest = neighbours.iter().map(|row| width(part(&row.name))).max().unwrap_or(0);
        for row in neighbours {
            let name = part(&row.name);
            indent(depth, out);
            out.push_str(name);
            blanks(widest - width(name), out);
            out.extend([" = ", part(&row.value), "\n"]);
        }
    }
}

/// The blanks before a line.
pub(super) fn indent(depth: usize, out: &mut String) {
    blanks(depth * 2, out);
}

fn blanks(count: usize, out: &mut String) {
    const BLANKS: &str = "                                ";
    let mut left = count;
    while left > BLANKS.len() {
        out.push_str(BLANKS);
        left -= BLANKS.len();
    }
    out.push_str(BLANKS.get(..left).unwrap_or(""));
}

fn width(name: &str) -> usize {
    if name.is_ascii() { name.len() } else { name.chars().count() }
}
