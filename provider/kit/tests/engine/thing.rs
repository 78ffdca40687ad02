//! A resource with one attribute and one block of every kind. Its verbs are pure: what goes wrong is written in `note`.

use std::collections::{BTreeMap, BTreeSet};

use kit::{
    Block, Computed, Cx, Diagnostic, Late, Moved, Number, Plan, Private, Resource, Result, State, Value,
    check,
};

use crate::drive::engine;

/// A thing with an attribute and a block of every kind.
#[derive(Block, Clone, Debug, PartialEq)]
pub struct Thing {
    /// Its name.
    #[attr(force_new, check = check::dns_label)]
    pub name: String,
    /// How big it is.
    #[attr(default = 3, check = check::between(1, 5000))]
    pub size: i64,
    /// How loud it is.
    #[attr(default = 0.5)]
    pub volume: f64,
    /// Words about it.
    #[attr(same = str::eq_ignore_ascii_case)]
    pub note: Option<String>,
    /// Where it is; the provider chooses.
    #[attr(computed)]
    pub region: Option<String>,
    /// What it runs; stays until something else is written.
    #[attr(computed, held)]
    pub release: Option<String>,
    /// Where it was made.
    #[attr(computed, force_new)]
    pub zone: Option<String>,
    /// The password.
    #[attr(write_only, sensitive, check = check::dns_label)]
    pub password: Option<String>,
    /// Raise it to send the password again.
    pub password_version: Option<i32>,
    /// Where its friend is.
    pub friend: Option<Late<String>>,
    /// The port.
    pub port: Option<u16>,
    /// Words by name.
    pub tags: Option<BTreeMap<String, String>>,
    /// Numbers, each once.
    pub codes: Option<BTreeSet<i64>>,
    /// Numbers, in order.
    pub steps: Option<Vec<Number>>,
    /// Two values in one.
    pub pair: Option<Pair>,
    /// Anything.
    pub anything: Option<Value>,
    /// Whether it is on.
    #[attr(deprecated = "Use `size` instead.")]
    pub on: Option<bool>,
    /// Its id.
    #[attr(stable)]
    pub id: Computed<String>,
    /// How often it was changed.
    pub revision: Computed<i64>,
    /// Where it is reached.
    #[attr(held, sensitive)]
    pub url: Computed<String>,
    /// At most one.
    #[block]
    pub lid: Option<Lid>,
    /// Any number, in order.
    #[block(max = 3)]
    pub disk: Vec<Disk>,
    /// Any number, in no order.
    #[block(set)]
    pub rule: Vec<Rule>,
    /// Any number, by label.
    #[block(max = 3)]
    pub pool: BTreeMap<String, Pool>,
}

/// Two values.
#[derive(Block, Clone, Debug, PartialEq)]
pub struct Pair {
    /// One.
    pub x: String,
    /// The other.
    pub y: Option<bool>,
}

/// What is on top.
#[derive(Block, Clone, Debug, PartialEq)]
pub struct Lid {
    /// Its colour.
    #[attr(default = "red")]
    pub colour: String,
    /// Its weight.
    pub weight: Computed<i64>,
}

/// Where things are kept.
#[derive(Block, Clone, Debug, PartialEq)]
pub struct Disk {
    /// How much it holds.
    #[attr(default = 10, check = check::between(1, 5000))]
    pub size: i64,
    /// Its format.
    #[attr(force_new)]
    pub format: Option<String>,
    /// Its serial number.
    #[attr(stable)]
    pub serial: Computed<String>,
    /// Its key.
    #[attr(write_only)]
    pub key: Option<String>,
}

/// What may come in.
#[derive(Block, Clone, Debug, PartialEq)]
pub struct Rule {
    /// From where.
    pub from: String,
    /// To which port.
    #[attr(default = 443, check = check::between(0, 65535))]
    pub port: i64,
    /// Its kind.
    #[attr(force_new)]
    pub kind: Option<String>,
    /// Its number.
    #[attr(stable)]
    pub number: Computed<i64>,
}

/// What it is made of.
#[derive(Block, Clone, Debug, PartialEq)]
pub struct Pool {
    /// How many.
    #[attr(default = 1)]
    pub count_of: u32,
    /// Of which image.
    #[attr(computed)]
    pub image: Option<String>,
    /// Labels.
    #[block]
    pub label: Vec<Label>,
}

/// A label.
#[derive(Block, Clone, Debug, PartialEq)]
pub struct Label {
    /// What it says.
    #[attr(check = check::one_of(&["a", "b", "ab"]))]
    pub text: String,
}

/// The resource `test_thing`.
pub struct Things;

fn fails(note: Option<&String>, when: &str) -> Result<()> {
    if note.is_some_and(|note| note == when) {
        return Err(Diagnostic::error("Cannot", format!("asked to fail {when}")).into());
    }
    Ok(())
}

/// Whatever is left to compute, computed.
fn made(mut thing: Thing, revision: i64) -> Thing {
    let id = format!("id-{}", thing.name);
    let fill = |slot: &mut Option<String>, with: &str| *slot = slot.take().or(Some(with.to_owned()));
    fill(&mut thing.region, "north");
    fill(&mut thing.release, "1.0");
    fill(&mut thing.zone, "z1");
    if thing.id.known().is_none() {
        thing.id.set(id);
    }
    thing.revision.set(revision);
    if thing.url.known().is_none() {
        thing.url.set(format!("https://{}", thing.name));
    }
    if let Some(lid) = &mut thing.lid {
        lid.weight.set(thing.size);
    }
    for (index, disk) in (0..).zip(&mut thing.disk) {
        disk.serial.set(format!("serial-{index}"));
    }
    for (number, rule) in (1000..).zip(&mut thing.rule) {
        rule.number.set(number);
    }
    for pool in thing.pool.values_mut() {
        fill(&mut pool.image, "debian");
    }
    thing
}

impl Resource for Things {
    type Model = Thing;
    const NAME: &'static str = "test_thing";
    const VERSION: i64 = 2;

    async fn create(&self, cx: &Cx, planned: Thing, state: &mut State<'_, Thing>) -> Result<()> {
        let note = planned.note.clone();
        fails(note.as_ref(), "before")?;
        state.private().set("password was", &planned.password.clone().unwrap_or_default());
        state
            .private()
            .set("keys were", &planned.disk.iter().filter_map(|d| d.key.clone()).collect::<Vec<_>>());
        let partial = Thing { id: Computed::Known(format!("id-{}", planned.name)), ..planned.clone() };
        state.record(&partial);
        if note.as_deref() == Some("forever") {
            std::future::pending::<()>().await;
        }
        if note.as_deref() == Some("until stopped") {
            cx.or_stop(std::future::pending::<()>()).await?;
        }
        fails(note.as_ref(), "after")?;
        assert_ne!(note.as_deref(), Some("crash"), "it was told to");
        if note.as_deref() == Some("stubborn") {
            state.record(&made(Thing { size: 99, tags: None, ..planned }, 1));
        } else {
            state.record(&made(planned, 1));
        }
        Ok(())
    }

    async fn read(&self, cx: &Cx, current: Thing, private: &mut Private) -> Result<Option<Thing>> {
        private.set("looked", &true);
        fails(current.note.as_ref(), "to look")?;
        if current.note.as_deref() == Some("drifted") {
            cx.warn(Diagnostic::warning("Thing has drifted", "Its size is not what it was."));
            return Ok(Some(Thing { size: 77, ..current }));
        }
        Ok((current.note.as_deref() != Some("gone")).then_some(current))
    }

    async fn update(&self, _: &Cx, prior: Thing, planned: Thing, state: &mut State<'_, Thing>) -> Result<()> {
        fails(planned.note.as_ref(), "before")?;
        state.private().set("password was", &planned.password.clone().unwrap_or_default());
        let revision = prior.revision.known().copied().unwrap_or_default() + 1;
        if planned.note.as_deref() == Some("half") {
            state.record(&Thing { size: planned.size, ..prior });
            return fails(planned.note.as_ref(), "half");
        }
        state.record(&made(planned, revision));
        Ok(())
    }

    async fn delete(&self, _: &Cx, prior: Thing, _: &mut State<'_, Thing>) -> Result<()> {
        fails(prior.note.as_ref(), "to go")
    }

    fn check(&self, model: &Thing) -> Vec<Diagnostic> {
        if model.size > 100 && model.disk.is_empty() {
            let text = "size: a thing bigger than 100 needs a `disk` block";
            return vec![Diagnostic::error("Missing disk", text).attribute("size")];
        }
        Vec::new()
    }

    async fn plan(&self, cx: &Cx, plan: &mut Plan<Thing>) -> Result<()> {
        fails(plan.draft.note.as_ref(), "to plan")?;
        if let Some(friend) = &plan.draft.friend {
            plan.draft.url =
                friend.known().map_or(Computed::Unknown, |friend| Computed::Known(friend.clone()));
        }
        let Some(prior) = &plan.prior else { return Ok(()) };
        if prior.region != plan.draft.region && plan.draft.region.is_some() {
            cx.warn(Diagnostic::warning(format!("{} moves", plan.draft.name), "It is away meanwhile."));
        }
        let brittle = prior.note.as_deref() == Some("brittle");
        if brittle && prior.size > plan.draft.size {
            plan.draft.url = Computed::Unknown;
            plan.replace("size");
        }
        Ok(())
    }

    async fn plan_delete(&self, _: &Cx, prior: Thing) -> Result<()> {
        fails(prior.note.as_ref(), "to be gone")
    }

    fn upgrade(&self, version: i64, state: Value) -> Result<Value> {
        let Value::Map(mut fields) = state else { return Ok(state) };
        if version < 1 {
            let name = fields.remove("title").unwrap_or(Value::Null);
            fields.insert("name".to_owned(), name);
        }
        Ok(Value::Map(fields))
    }

    async fn import(&self, _: &Cx, id: &str) -> Result<Option<Thing>> {
        let Some(name) = id.strip_prefix("id-") else {
            return Err(Diagnostic::error("Wrong import id", "Write `id-<name>`.").into());
        };
        let config = thing(&[("name", Value::string(name))]);
        let thing = <Thing as Block>::decode(&with_size(&config), &kit::At::ROOT)?;
        Ok((name != "nobody").then(|| made(thing, 7)))
    }

    fn moved(&self, from: &Moved) -> Option<Result<Value>> {
        let name = from.state.field("label").clone();
        (from.resource == "other_thing").then(|| Ok(Value::object([("name", name), ("size", int(8))])))
    }
}

fn with_size(config: &Value) -> Value {
    with(config, &[("size", int(3)), ("volume", int(1))])
}

/// A configuration with these values, and everything else as it is when nothing is written.
pub fn thing(written: &[(&str, Value)]) -> Value {
    let block = engine().schema().block.clone();
    let attributes = block.attributes.iter().map(|a| (a.name.to_string(), Value::Null));
    let blocks = block.blocks.iter().map(|n| (n.name.to_string(), n.absent()));
    let name = ("name".to_owned(), Value::string("web"));
    with(&Value::object(attributes.chain(blocks).chain([name])), written)
}

/// The same value with these fields instead.
pub fn with(value: &Value, fields: &[(&str, Value)]) -> Value {
    let mut all = value.fields().unwrap().clone();
    for (name, value) in fields {
        assert!(all.insert((*name).to_owned(), value.clone()).is_some(), "no field {name}");
    }
    Value::Map(all)
}

pub fn text(text: &str) -> Value {
    Value::string(text)
}

pub fn int(int: i64) -> Value {
    Value::Number(int.into())
}

pub fn disk(size: Value) -> Value {
    let null = || Value::Null;
    Value::object([("size", size), ("format", null()), ("serial", null()), ("key", null())])
}

pub fn rule(from: &str, port: Value) -> Value {
    Value::object([("from", text(from)), ("port", port), ("kind", Value::Null), ("number", Value::Null)])
}

pub fn pool(image: Value, labels: &[&str]) -> Value {
    let labels = labels.iter().map(|label| Value::object([("text", text(label))])).collect();
    Value::object([("count_of", Value::Null), ("image", image), ("label", Value::List(labels))])
}

pub fn lid() -> Value {
    Value::object([("colour", Value::Null), ("weight", Value::Null)])
}
