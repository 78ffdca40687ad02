//! What must be true of the whole table.

use super::*;
use std::collections::BTreeMap;

/// Every body that a job can hold, by its place in memory, and those of the drivers.
fn bodies() -> Vec<&'static Body> {
    let mut seen: BTreeMap<usize, &'static Body> = BTreeMap::new();
    let mut open: Vec<&'static Body> = vec![&JOB];
    open.extend(drivers::ALL.iter().map(|(_, body)| *body));
    while let Some(body) = open.pop() {
        if seen.insert(std::ptr::from_ref(body) as usize, body).is_none() {
            open.extend(body.blocks.iter().map(|slot| slot.body));
        }
    }
    seen.into_values().collect()
}

#[test]
fn the_table_holds_all_of_nomad_2() {
    let bodies = bodies();
    let of_nomad: Vec<_> = bodies
        .iter()
        .filter(|body| body.map.is_none() && body.name.starts_with(char::is_uppercase))
        .collect();
    let attributes: usize = of_nomad.iter().map(|body| body.attrs.len()).sum();
    let blocks: usize = of_nomad.iter().map(|body| body.blocks.len()).sum();
    assert_eq!((of_nomad.len(), attributes, blocks), (72, 310, 124));
}

#[test]
fn every_name_stands_once_and_is_explained() {
    for body in bodies() {
        let mut names: Vec<&str> = body.names().collect();
        names.sort_unstable();
        assert!(names.windows(2).all(|pair| pair[0] != pair[1]), "{}: {names:?}", body.name);
        let docs = body
            .attrs
            .iter()
            .map(|attr| attr.doc)
            .chain(body.blocks.iter().map(|slot| slot.doc))
            .chain([body.doc]);
        for doc in docs {
            assert!(doc.ends_with('.') && doc.starts_with(char::is_uppercase), "{}: {doc:?}", body.name);
        }
    }
}

#[test]
fn fields_of_the_api_have_one_source() {
    for body in bodies() {
        let attrs = body.attrs.iter().map(|attr| attr.field);
        let blocks = body.blocks.iter().map(|slot| slot.field);
        let mut fields: Vec<&str> = attrs
            .chain(blocks)
            .chain(body.label)
            .chain(body.fixed.iter().map(|(field, _)| *field))
            .filter(|field| !field.is_empty())
            .collect();
        fields.sort_unstable();
        assert!(fields.windows(2).all(|pair| pair[0] != pair[1]), "{}: {fields:?}", body.name);
    }
}

#[test]
fn ranges_are_for_numbers_and_words_for_strings() {
    for attr in bodies().into_iter().flat_map(|body| body.attrs) {
        assert!(attr.range == (None, None) || matches!(attr.ty, Type::Int(..)), "{}", attr.name);
        assert!(matches!(attr.allowed, Allowed::Any) || attr.ty == Type::Str, "{}", attr.name);
        assert!(attr.since <= Release(2, 0, 5), "{}", attr.name);
    }
}
