//! What is wrong with a schema is found before a user finds it.

use kit::schema::faults;
use kit::{Block, Computed, Cx, Private, Registry, Resource, Result, State, Timeouts, Value, check};

use super::{SHOP, shop};

/// A model with a mistake in every line.
#[derive(Block)]
struct Bad {
    /// Terraform's own name, and a default of another type.
    #[attr(default = "three")]
    count: i64,
    /// Kept over updates, though nobody computes it.
    #[attr(stable)]
    name: Option<String>,
    /// Computed, though never stored.
    #[attr(write_only, computed)]
    secret: Option<String>,
    /// Checked, though nobody writes it.
    #[attr(check = check::dns_label)]
    id: Computed<String>,
    /// Not a name that can be written.
    _size: Option<i64>,
    /// An object with settings.
    pair: Option<Pair>,
    /// A set with what cannot be in one.
    #[block(set, min = 3, max = 2)]
    rule: Vec<Rule>,
}

/// Two values.
#[derive(Block)]
struct Pair {
    /// One.
    #[attr(force_new, default = 1)]
    one: i64,
}

/// A rule.
#[derive(Block)]
struct Rule {
    /// Never stored.
    #[attr(write_only)]
    key: Option<String>,
    /// Anything.
    any: Option<Value>,
}

struct Bads;

impl Resource for Bads {
    type Model = Bad;
    const NAME: &'static str = "other_bad";
    const VERSION: i64 = -1;
    const TIMEOUTS: Timeouts = Timeouts { read: "soon", ..Timeouts::USUAL };

    async fn create(&self, _: &Cx, planned: Bad, state: &mut State<'_, Bad>) -> Result<()> {
        state.record(&planned);
        Ok(())
    }

    async fn read(&self, _: &Cx, current: Bad, _: &mut Private) -> Result<Option<Bad>> {
        Ok(Some(current))
    }

    async fn update(&self, _: &Cx, _: Bad, planned: Bad, state: &mut State<'_, Bad>) -> Result<()> {
        state.record(&planned);
        Ok(())
    }

    async fn delete(&self, _: &Cx, _: Bad, _: &mut State<'_, Bad>) -> Result<()> {
        Ok(())
    }
}

#[test]
fn a_good_provider_has_none() {
    assert_eq!(faults(&SHOP), [""; 0]);
}

#[test]
fn a_bad_one_hears_about_each() {
    let bad = Registry { provider: &shop::Shop, resources: &[&Bads], ..SHOP };
    insta::assert_snapshot!(faults(&bad).join("\n"), @r"
    other_bad: a name is `shop_` and lower-case letters, digits or `_`
    other_bad.count: Terraform uses this name itself
    other_bad._size: a name is lower-case letters, digits or `_`, a letter first
    other_bad.count: the default is of another type
    other_bad.name: `stable` or `held` has no effect here
    other_bad.secret: what is write-only is not computed and has no default
    other_bad.id: `check` has no effect here
    other_bad.pair.one: `force_new` has no effect here
    other_bad.pair.one: `default` has no effect here
    other_bad.rule: it asks for more blocks than it allows
    other_bad.rule.key: Terraform allows nothing write-only in a set of blocks
    other_bad.rule.any: Terraform allows nothing dynamic in a set of blocks
    other_bad: a version is not negative
    other_bad: `soon` is no time for read
    ");
    let twice = Registry { resources: &[&Bads, &Bads], ..bad };
    assert!(faults(&twice).contains(&"other_bad: there are two of this name".to_owned()));
}
