//! Bodies whose keys the user chooses. Data only.

use super::Runtime::{Hcl, Regex};
use super::{Body, MapOf, Runtime, Type};

/// Strings under names.
pub static MAP: Body =
    Body { name: "map", doc: "Strings under names.", map: Some(strings(Runtime::None)), ..Body::EMPTY };

/// Strings under names, where the node puts in run-time values.
pub static MAP_REGEX: Body = Body { map: Some(strings(Regex)), ..MAP };

/// Lists of strings under names.
pub static MAP_LISTS: Body = Body {
    name: "lists",
    doc: "Lists of strings under names.",
    map: Some(MapOf { value: Type::Strs, rt: Regex }),
    ..Body::EMPTY
};

/// Anything under names.
pub static FREE: Body = Body {
    name: "free",
    doc: "Anything under names.",
    map: Some(MapOf { value: Type::Any, rt: Regex }),
    ..Body::EMPTY
};

/// What a task driver takes. Which keys those are depends on the driver.
pub static CONFIG: Body = Body {
    name: "config",
    doc: "Settings of the task driver.",
    map: Some(MapOf { value: Type::Any, rt: Hcl }),
    ..Body::EMPTY
};

const fn strings(rt: Runtime) -> MapOf {
    MapOf { value: Type::Str, rt }
}
