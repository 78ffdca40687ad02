//! "Did you mean": the known name that is closest to one that is not known.

/// A cure that names the closest of `known`, if one is close enough to be meant.
pub fn did_you_mean<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let limit = name.chars().count().div_ceil(3).max(1);
    let measured = known.into_iter().map(|candidate| (distance(name, candidate), candidate));
    let (_, closest) = measured.filter(|(distance, _)| *distance <= limit).min()?;
    Some(format!("did you mean `{closest}`?"))
}

/// How many letters have to be changed, added, dropped or swapped with a neighbour.
fn distance(from: &str, to: &str) -> usize {
    let (from, to): (Vec<char>, Vec<char>) = (lower(from), lower(to));
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=to.len()).collect();
    for (row, &a) in from.iter().enumerate() {
        let mut line = vec![row + 1];
        for (column, &b) in to.iter().enumerate() {
            let step = |cells: &[usize], at: usize| cells.get(at).copied().unwrap_or(usize::MAX - 1);
            let mut best = (step(&last, column) + usize::from(a != b))
                .min(step(&last, column + 1) + 1)
                .min(step(&line, column) + 1);
            let swapped =
                row > 0 && column > 0 && from.get(row - 1) == Some(&b) && to.get(column - 1) == Some(&a);
            if swapped {
                best = best.min(step(&before, column - 1) + 1);
            }
            line.push(best);
        }
        before = std::mem::replace(&mut last, line);
    }
    last.last().copied().unwrap_or(0)
}

fn lower(text: &str) -> Vec<char> {
    text.chars().flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_closest_name_is_suggested() {
        let known = ["sticky", "static", "source"];
        assert_eq!(did_you_mean("stikcy", known).unwrap(), "did you mean `sticky`?");
        assert_eq!(did_you_mean("Source", known).unwrap(), "did you mean `source`?");
        assert_eq!(did_you_mean("image", known), None);
        assert_eq!(did_you_mean("x", known), None);
    }
}
