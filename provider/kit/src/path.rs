//! Where in a configuration something stands: `grant.0.role`.

use std::fmt;

/// One step into a value.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// Into an attribute, a block type or an object's field.
    Field(String),
    /// Into a map's element or a labelled block.
    Key(String),
    /// Into a list's element. Sets have no index: a path ends at the set.
    Index(usize),
}

/// The way to an attribute or a block.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Path(pub Vec<Step>);

impl Path {
    /// A way through fields only, written with dots: `tls.acme.email`. A number is an index.
    pub fn of(dotted: &str) -> Self {
        Self(dotted.split('.').map(step).collect())
    }
}

fn step(text: &str) -> Step {
    text.parse().map_or_else(|_| Step::Field(text.to_owned()), Step::Index)
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, step) in self.0.iter().enumerate() {
            let dot = if position == 0 { "" } else { "." };
            match step {
                Step::Field(name) => write!(f, "{dot}{name}")?,
                Step::Key(key) => write!(f, "[{key:?}]")?,
                Step::Index(index) => write!(f, "{dot}{index}")?,
            }
        }
        Ok(())
    }
}

/// A place during a walk. It lives on the stack, and becomes a [`Path`] only when something is wrong there.
#[derive(Clone, Copy, Debug)]
#[must_use]
pub struct At<'a> {
    up: Option<&'a At<'a>>,
    step: AtStep<'a>,
}

#[derive(Clone, Copy, Debug)]
enum AtStep<'a> {
    Root,
    Field(&'a str),
    Key(&'a str),
    Index(usize),
    /// A set's element: nothing below it can be named.
    Element,
}

impl At<'static> {
    /// The whole value.
    pub const ROOT: Self = Self { up: None, step: AtStep::Root };
}

impl<'a> At<'a> {
    /// A field of the value here.
    pub fn field(&'a self, name: &'a str) -> Self {
        Self { up: Some(self), step: AtStep::Field(name) }
    }

    /// A map's element here.
    pub fn key(&'a self, key: &'a str) -> Self {
        Self { up: Some(self), step: AtStep::Key(key) }
    }

    /// A list's element here.
    pub fn index(&'a self, index: usize) -> Self {
        Self { up: Some(self), step: AtStep::Index(index) }
    }

    /// A set's element here.
    pub fn element(&'a self) -> Self {
        Self { up: Some(self), step: AtStep::Element }
    }

    /// The path to this place, as far as Terraform can follow it: to the set, for what is inside one.
    pub fn path(&self) -> Path {
        let mut steps = Vec::new();
        let mut here = Some(self);
        while let Some(at) = here {
            match at.step {
                AtStep::Root => {}
                AtStep::Field(name) => steps.push(Step::Field(name.to_owned())),
                AtStep::Key(key) => steps.push(Step::Key(key.to_owned())),
                AtStep::Index(index) => steps.push(Step::Index(index)),
                AtStep::Element => steps.clear(),
            }
            here = at.up;
        }
        steps.reverse();
        Path(steps)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_becomes_a_path() {
        let root = At::ROOT;
        let (grant, first);
        grant = root.field("grant");
        first = grant.index(0);
        assert_eq!(first.field("role").path().to_string(), "grant.0.role");
        assert_eq!(root.field("pool").key("web").path().to_string(), r#"pool["web"]"#);
        assert_eq!(Path::of("grant.0.role"), first.field("role").path());
    }

    #[test]
    fn nothing_inside_a_set_can_be_named() {
        let root = At::ROOT;
        let rules = root.field("rule");
        let one = rules.element();
        assert_eq!(one.field("port").path().to_string(), "rule");
    }
}
