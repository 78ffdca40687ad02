//! Names in a handlebars template: `storage.bucket`, `../name`, `@key`, `this`, `labels.[a b]`.
//!
//! Read from their text, because the crate keeps the parsed steps to itself. It knows no values.

/// A name, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Path {
    /// How many blocks further out it starts.
    pub up: usize,
    /// Where it starts.
    pub start: Start,
    /// The steps from there.
    pub steps: Vec<String>,
}

/// Where a name starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Start {
    /// At the value that the block is about.
    This,
    /// At all variables of the template.
    Root,
    /// At what the loop says about its turn: `@key`, `@index`, `@first`, `@last`.
    Loop,
}

impl Path {
    /// Takes a name apart.
    pub fn parse(raw: &str) -> Path {
        let mut rest = raw;
        let mut path = Path { up: 0, start: Start::This, steps: Vec::new() };
        if let Some(after) =
            rest.strip_prefix("@root").filter(|after| after.is_empty() || after.starts_with(['.', '/']))
        {
            path.start = Start::Root;
            rest = after;
        } else if let Some(after) = rest.strip_prefix('@') {
            path.start = Start::Loop;
            rest = after;
        }
        while let Some(after) =
            rest.strip_prefix("..").map(|after| after.strip_prefix(['/', '.']).unwrap_or(after))
        {
            path.up += 1;
            rest = after;
        }
        path.steps = steps(rest);
        if path.start == Start::This && path.steps.first().is_some_and(|first| first == "this") {
            path.steps.remove(0);
        }
        path
    }
}

fn steps(mut rest: &str) -> Vec<String> {
    let mut steps = Vec::new();
    while !rest.is_empty() {
        rest = rest.trim_start_matches(['.', '/']);
        let (step, after) = match rest.strip_prefix('[').and_then(|inner| inner.split_once(']')) {
            Some((step, after)) => (step, after),
            None => rest.split_at(rest.find(['.', '/']).unwrap_or(rest.len())),
        };
        if !step.is_empty() {
            steps.push(step.to_owned());
        }
        rest = after;
    }
    steps
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(raw: &str) -> String {
        let path = Path::parse(raw);
        format!("{} {:?} {:?}", path.up, path.start, path.steps)
    }

    #[test]
    fn names_are_taken_apart() {
        assert_eq!(shown("storage.s3/bucket"), r#"0 This ["storage", "s3", "bucket"]"#);
        assert_eq!(shown("this"), "0 This []");
        assert_eq!(shown("this.a"), r#"0 This ["a"]"#);
        assert_eq!(shown("./a"), r#"0 This ["a"]"#);
        assert_eq!(shown("../../a"), r#"2 This ["a"]"#);
        assert_eq!(shown("@key"), r#"0 Loop ["key"]"#);
        assert_eq!(shown("@../index"), r#"1 Loop ["index"]"#);
        assert_eq!(shown("@root.a"), r#"0 Root ["a"]"#);
        assert_eq!(shown("labels.[a.b c]"), r#"0 This ["labels", "a.b c"]"#);
        assert_eq!(shown("rooted"), r#"0 This ["rooted"]"#);
    }
}
