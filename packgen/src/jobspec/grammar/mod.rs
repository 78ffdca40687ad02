//! The grammar of Nomad jobspecs, as one table: every block and attribute, and what is true of it.
//!
//! Validation, canonical order, printing, the API's JSON, documentation and completion all read this
//! table. It is data that the compiler lays out: nothing is parsed or built when the program starts.
//! It must hold no behaviour: what needs more than one attribute to decide is a rule (see `rules`).

mod connect;
pub mod drivers;
mod free;
mod gateway;
mod group;
mod identity;
mod job;
mod network;
pub mod path;
mod placement;
mod policies;
mod service;
mod storage;
mod task;

pub use group::GROUP;
pub use job::JOB;

/// What may stand in a block.
#[derive(Debug)]
pub struct Body {
    /// Nomad's own name for it.
    pub name: &'static str,
    /// What it is, in one sentence.
    pub doc: &'static str,
    /// The API field that takes the block's one label (empty if it goes elsewhere); `None`: no label.
    pub label: Option<&'static str>,
    /// Its attributes, in canonical order.
    pub attrs: &'static [Attr],
    /// Its blocks, in canonical order; they stand after the attributes.
    pub blocks: &'static [Slot],
    /// For a body whose keys the user chooses: what stands under them.
    pub map: Option<MapOf>,
    /// Fields of the API object that no jobspec sets, and what they are then.
    pub fixed: &'static [(&'static str, Zero)],
}

/// What stands under the keys of a body whose keys the user chooses.
#[derive(Clone, Copy, Debug)]
pub struct MapOf {
    /// The type of the values.
    pub value: Type,
    /// Who looks into the values later.
    pub rt: Runtime,
}

/// An attribute.
#[derive(Clone, Copy, Debug)]
pub struct Attr {
    /// Its name.
    pub name: &'static str,
    /// The type of its value.
    pub ty: Type,
    /// The API field; empty if the attribute only says how others are set.
    pub field: &'static str,
    /// What it is for, in one sentence.
    pub doc: &'static str,
    /// Whether the API can tell "not written" from the zero value: it then shows `null`.
    pub pointer: bool,
    /// Whether Nomad takes a written `null` for "not written"; elsewhere it refuses it.
    pub nullable: bool,
    /// Whether Nomad's parser refuses a block without it.
    pub required: bool,
    /// What Nomad takes if it is not written, in words; empty if nothing.
    pub default: &'static str,
    /// Which values it takes.
    pub allowed: Allowed,
    /// The smallest and largest number that Nomad registers.
    pub range: (Option<i64>, Option<i64>),
    /// The first release that knows it.
    pub since: Release,
    /// What to use instead; empty if it is not outdated.
    pub deprecated: &'static str,
    /// Who looks into the value later.
    pub rt: Runtime,
}

/// A block inside another.
#[derive(Clone, Copy, Debug)]
pub struct Slot {
    /// Its type, as written.
    pub name: &'static str,
    /// What may stand in it.
    pub body: &'static Body,
    /// The API field; empty if the block goes elsewhere.
    pub field: &'static str,
    /// What it is for, in one sentence.
    pub doc: &'static str,
    /// How often it may stand there.
    pub count: Count,
    /// Whether `name = { … }` is as good as the block.
    pub or_attribute: bool,
    /// Whether the API leaves the field out where there is no block.
    pub omitted: bool,
    /// The first release that knows it.
    pub since: Release,
    /// What to use instead; empty if it is not outdated.
    pub deprecated: &'static str,
}

/// How often a block may stand in another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Count {
    /// Once.
    One,
    /// Any number of times; the API has a list.
    Many,
    /// Any number of times; the API has an object with the labels as keys, where the last one stays.
    ByLabel,
}

/// The type of an attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Type {
    /// A string.
    Str,
    /// `true` or `false`.
    Bool,
    /// A whole number between these.
    Int(i64, u64),
    /// Any number.
    Number,
    /// A duration such as `1m30s`; the API counts nanoseconds.
    Duration,
    /// A list of strings.
    Strs,
    /// A list of port numbers.
    Ports,
    /// Strings under names, as one value.
    Map,
    /// A list of maps of strings; one map is as good.
    Maps,
    /// A list of maps of numbers; one map is as good.
    NumberMaps,
    /// Anything.
    Any,
}

/// A whole number as large as the API has them.
pub const INT: Type = Type::Int(i64::MIN, i64::MAX.cast_unsigned());
/// A whole number of eight bits.
pub const I8: Type = Type::Int(-128, 127);
/// A whole number of eight bits, not negative.
pub const U8: Type = Type::Int(0, 255);
/// A whole number of sixteen bits, not negative.
pub const U16: Type = Type::Int(0, 65_535);
/// A whole number of 32 bits, not negative.
pub const U32: Type = Type::Int(0, 4_294_967_295);
/// A whole number of 64 bits, not negative.
pub const U64: Type = Type::Int(0, u64::MAX);

/// Which values an attribute takes.
#[derive(Clone, Copy, Debug)]
pub enum Allowed {
    /// All of its type.
    Any,
    /// These; Nomad registers no other. An empty string counts as not written.
    Only(&'static [&'static str]),
    /// These are known; Nomad takes others too. A trailing `*` stands for any ending.
    Known(&'static [&'static str]),
}

/// Who looks into a value after the job was submitted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Runtime {
    /// Nobody.
    None,
    /// The node replaces `${name}` where it knows the name.
    Regex,
    /// The node evaluates the value as an HCL template, functions included.
    Hcl,
    /// The scheduler compares what `${name}` stands for.
    Scheduler,
    /// The node runs the value as a consul-template template.
    Template,
}

/// The zero value that the API shows for a field that was not set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Zero {
    /// `null`.
    Null,
    /// `""`.
    Text,
    /// `0`.
    Number,
    /// `false`.
    False,
}

/// A release of Nomad.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Release(pub u8, pub u8, pub u8);

impl Release {
    /// Older than all that are supported.
    pub const ALWAYS: Release = Release(0, 0, 0);
}

impl Body {
    /// A body without anything in it, for `..` in the tables.
    pub const EMPTY: Body =
        Body { name: "", doc: "", label: None, attrs: &[], blocks: &[], map: None, fixed: &[] };

    /// The attribute of this name.
    pub fn attr(&self, name: &str) -> Option<&'static Attr> {
        self.attrs.iter().find(|attr| attr.name == name)
    }

    /// The block of this type.
    pub fn block(&self, name: &str) -> Option<&'static Slot> {
        self.blocks.iter().find(|slot| slot.name == name)
    }

    /// The names of all that may stand here.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        self.attrs.iter().map(|attr| attr.name).chain(self.blocks.iter().map(|slot| slot.name))
    }
}

/// An attribute; what follows sets what is not usual.
const fn attr(name: &'static str, ty: Type, field: &'static str, doc: &'static str) -> Attr {
    let list = matches!(ty, Type::Strs | Type::Ports | Type::Map);
    Attr {
        name,
        ty,
        field,
        doc,
        pointer: list,
        nullable: list,
        required: false,
        default: "",
        allowed: Allowed::Any,
        range: (None, None),
        since: Release::ALWAYS,
        deprecated: "",
        rt: Runtime::None,
    }
}

impl Attr {
    const fn null(self) -> Attr {
        Attr { pointer: true, nullable: true, ..self }
    }

    const fn pointer(self) -> Attr {
        Attr { pointer: true, ..self }
    }

    const fn required(self) -> Attr {
        Attr { required: true, ..self }
    }

    const fn default(self, default: &'static str) -> Attr {
        Attr { default, ..self }
    }

    const fn only(self, values: &'static [&'static str]) -> Attr {
        Attr { allowed: Allowed::Only(values), ..self }
    }

    const fn known(self, values: &'static [&'static str]) -> Attr {
        Attr { allowed: Allowed::Known(values), ..self }
    }

    const fn range(self, least: i64, most: i64) -> Attr {
        Attr { range: (Some(least), Some(most)), ..self }
    }

    const fn at_least(self, least: i64) -> Attr {
        Attr { range: (Some(least), None), ..self }
    }

    const fn at_most(self, most: i64) -> Attr {
        Attr { range: (None, Some(most)), ..self }
    }

    const fn since(self, major: u8, minor: u8, patch: u8) -> Attr {
        Attr { since: Release(major, minor, patch), ..self }
    }

    const fn deprecated(self, instead: &'static str) -> Attr {
        Attr { deprecated: instead, ..self }
    }

    const fn rt(self, rt: Runtime) -> Attr {
        Attr { rt, ..self }
    }
}

/// A block that may stand once.
const fn one(name: &'static str, body: &'static Body, field: &'static str, doc: &'static str) -> Slot {
    Slot {
        name,
        body,
        field,
        doc,
        count: Count::One,
        or_attribute: false,
        omitted: false,
        since: Release::ALWAYS,
        deprecated: "",
    }
}

/// A block that may stand any number of times.
const fn many(name: &'static str, body: &'static Body, field: &'static str, doc: &'static str) -> Slot {
    Slot { count: Count::Many, ..one(name, body, field, doc) }
}

/// A block that may stand any number of times, told apart by its label.
const fn by_label(name: &'static str, body: &'static Body, field: &'static str, doc: &'static str) -> Slot {
    Slot { count: Count::ByLabel, ..one(name, body, field, doc) }
}

impl Slot {
    const fn or_attribute(self) -> Slot {
        Slot { or_attribute: true, ..self }
    }

    const fn omitted(self) -> Slot {
        Slot { omitted: true, ..self }
    }

    const fn since(self, major: u8, minor: u8, patch: u8) -> Slot {
        Slot { since: Release(major, minor, patch), ..self }
    }

    const fn deprecated(self, instead: &'static str) -> Slot {
        Slot { deprecated: instead, ..self }
    }
}

impl std::fmt::Display for Release {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}.{}", self.0, self.1, self.2)
    }
}

#[cfg(test)]
mod tests;
