//! `name = value` in lines, the `=` of neighbours under one another, as Nomad's formatter would put them.

/// An attribute.
pub(super) struct Row {
    /// What is left of the `=`.
    pub name: String,
    /// What is right of it.
    pub value: String,
}

impl Row {
    /// Whether its line ends with an open bracket: such a line has no neighbours.
    fn is_open(&self) -> bool {
        self.value.ends_with([']', '}', ')']) && self.value.contains('\n')
    }
}

/// Writes rows that follow each other.
pub(super) fn write(rows: &[Row], depth: usize, out: &mut String) {
    for neighbours in rows.chunk_by(|one, next| !one.is_open() && !next.is_open()) {
        let widest = neighbours.iter().map(|row| width(&row.name)).max().unwrap_or(0);
        for row in neighbours {
            indent(depth, out);
            out.push_str(&row.name);
            out.extend(std::iter::repeat_n(' ', widest - width(&row.name) + 1));
            out.extend(["= ", &row.value, "\n"]);
        }
    }
}

/// The blanks before a line.
pub(super) fn indent(depth: usize, out: &mut String) {
    out.extend(std::iter::repeat_n("  ", depth));
}

fn width(name: &str) -> usize {
    if name.is_ascii() { name.len() } else { name.chars().count() }
}
