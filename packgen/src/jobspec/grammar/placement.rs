//! The grammar of where allocations may run. Data only.

use super::Runtime::Scheduler;
use super::Type::{Bool, Str};
use super::{Body, I8, U8, attr, many};

/// A condition that a node must meet.
pub static CONSTRAINT: Body = Body {
    name: "Constraint",
    doc: "A condition that a node must meet.",
    attrs: &[
        attr("attribute", Str, "LTarget", "What is compared, for example `${attr.kernel.name}`.")
            .null()
            .rt(Scheduler),
        attr("operator", Str, "Operand", "How it is compared.").null().default("\"=\"").only(&[
            "=",
            "==",
            "is",
            "!=",
            "not",
            "<",
            "<=",
            ">",
            ">=",
            "regexp",
            "version",
            "semver",
            "set_contains",
            "set_contains_all",
            "set_contains_any",
            "distinct_hosts",
            "distinct_property",
            "is_set",
            "is_not_set",
        ]),
        attr("value", Str, "RTarget", "What it is compared with.").null().rt(Scheduler),
        attr("regexp", Str, "", "Shorthand: `operator = \"regexp\"` with this value.").null().rt(Scheduler),
        attr("version", Str, "", "Shorthand: `operator = \"version\"` with this value.").null().rt(Scheduler),
        attr("semver", Str, "", "Shorthand: `operator = \"semver\"` with this value.").null().rt(Scheduler),
        attr("set_contains", Str, "", "Shorthand: `operator = \"set_contains\"` with this value.")
            .null()
            .rt(Scheduler),
        attr("set_contains_all", Str, "", "Read and ignored here; write `operator` and `value`.")
            .null()
            .rt(Scheduler),
        attr("set_contains_any", Str, "", "Read and ignored here; write `operator` and `value`.")
            .null()
            .rt(Scheduler),
        attr("distinct_hosts", Bool, "", "Shorthand: no two allocations on one node.").null(),
        attr(
            "distinct_property",
            Str,
            "",
            "Shorthand: allocations on nodes with different values of this attribute.",
        )
        .null()
        .rt(Scheduler),
        attr("is_set", Str, "", "Read and ignored here; write `operator = \"is_set\"`.").null().rt(Scheduler),
        attr("is_not_set", Str, "", "Read and ignored here; write `operator = \"is_not_set\"`.")
            .null()
            .rt(Scheduler),
    ],
    ..Body::EMPTY
};

/// A preference for some nodes over others.
pub static AFFINITY: Body = Body {
    name: "Affinity",
    doc: "A preference for some nodes over others.",
    attrs: &[
        attr("attribute", Str, "LTarget", "What is compared, for example `${node.datacenter}`.")
            .null()
            .rt(Scheduler),
        attr("operator", Str, "Operand", "How it is compared.").null().default("\"=\"").only(&[
            "=",
            "==",
            "is",
            "!=",
            "not",
            "<",
            "<=",
            ">",
            ">=",
            "regexp",
            "version",
            "semver",
            "set_contains",
            "set_contains_all",
            "set_contains_any",
        ]),
        attr("value", Str, "RTarget", "What it is compared with.").null().rt(Scheduler),
        attr("regexp", Str, "", "Shorthand: `operator = \"regexp\"` with this value.").null().rt(Scheduler),
        attr("version", Str, "", "Shorthand: `operator = \"version\"` with this value.").null().rt(Scheduler),
        attr("semver", Str, "", "Shorthand: `operator = \"semver\"` with this value.").null().rt(Scheduler),
        attr("set_contains", Str, "", "Shorthand: `operator = \"set_contains\"` with this value.")
            .null()
            .rt(Scheduler),
        attr("set_contains_all", Str, "", "Shorthand: `operator = \"set_contains_all\"` with this value.")
            .null()
            .rt(Scheduler),
        attr("set_contains_any", Str, "", "Shorthand: `operator = \"set_contains_any\"` with this value.")
            .null()
            .rt(Scheduler),
        attr("weight", I8, "Weight", "How strong the preference is; a negative weight is a dislike.")
            .null()
            .default("50")
            .range(-100, 100),
    ],
    ..Body::EMPTY
};

/// How allocations are spread over the values of an attribute.
pub static SPREAD: Body = Body {
    name: "Spread",
    doc: "How allocations are spread over the values of an attribute.",
    attrs: &[
        attr("attribute", Str, "Attribute", "Attribute whose values allocations are spread over.")
            .rt(Scheduler),
        attr("weight", I8, "Weight", "Weight of this rule among several.").null().default("50").range(1, 100),
    ],
    blocks: &[many("target", &SPREAD_TARGET, "SpreadTarget", "Share of one value.")],
    ..Body::EMPTY
};

/// Share of one value of the attribute.
pub static SPREAD_TARGET: Body = Body {
    name: "SpreadTarget",
    doc: "Share of one value of the attribute.",
    label: Some("Value"),
    attrs: &[attr("percent", U8, "Percent", "Percentage of allocations for this value.")
        .default("0")
        .range(0, 100)],
    ..Body::EMPTY
};
