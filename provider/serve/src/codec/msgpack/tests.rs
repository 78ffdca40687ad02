//! The encoding against bytes that the real Terraform was seen to send, and against whatever else can come.

use std::sync::Arc;

use kit::{Refinement, Type, Value};
use proptest::prelude::*;

use super::{decode, encode};

fn number(text: &str) -> Value {
    Value::Number(text.parse().unwrap())
}

/// Both ways.
fn same(value: &Value, ty: &Type, bytes: &[u8]) {
    assert_eq!(encode(value, ty).unwrap(), bytes, "encoding {value:?}");
    assert_eq!(&decode(bytes, ty).unwrap(), value, "decoding {bytes:x?}");
}

#[test]
fn numbers_take_the_form_that_holds_them_exactly() {
    same(&number("5"), &Type::Number, &[5]);
    same(&number("200"), &Type::Number, &[0xcc, 0xc8]);
    same(&number("-1"), &Type::Number, &[0xff]);
    same(&number("9007199254740993"), &Type::Number, &[0xcf, 0, 0x20, 0, 0, 0, 0, 0, 1]);
    same(&number("-9223372036854775808"), &Type::Number, &[0xd3, 0x80, 0, 0, 0, 0, 0, 0, 0]);
    same(&number("18446744073709551615"), &Type::Number, b"\xb418446744073709551615");
    same(&number("1e20"), &Type::Number, b"\xb5100000000000000000000");
    same(&number("1.5"), &Type::Number, &[0xcb, 0x3f, 0xf8, 0, 0, 0, 0, 0, 0]);
    same(&number("0.1"), &Type::Number, b"\xa30.1");
}

#[test]
fn any_width_of_number_is_read() {
    assert_eq!(decode(&[0xcd, 0, 5], &Type::Number).unwrap(), number("5"));
    assert_eq!(
        decode(&[0xcf, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], &Type::Number).unwrap(),
        number("18446744073709551615")
    );
    assert_eq!(decode(&[0xca, 0x3f, 0xc0, 0, 0], &Type::Number).unwrap(), number("1.5"));
}

#[test]
fn unknown_keeps_what_is_known_about_it() {
    let refined = |refinement| Value::Unknown(Some(Arc::new(refinement)));
    same(&Value::UNKNOWN, &Type::String, &[0xd4, 0, 0]);
    let not_null = Refinement { not_null: true, ..Refinement::default() };
    same(&refined(not_null.clone()), &Type::String, &[0xc7, 3, 12, 0x81, 1, 0xc2]);
    let prefixed = Refinement { prefix: Some("pre-".into()), ..not_null.clone() };
    same(&refined(prefixed), &Type::String, b"\xc7\x09\x0c\x82\x01\xc2\x02\xa4pre-");
    let length = Refinement { lower: Some((0_i64.into(), true)), ..not_null };
    same(&refined(length), &Type::Number, &[0xc7, 7, 12, 0x82, 1, 0xc2, 3, 0x92, 0, 0xc3]);
}

#[test]
fn a_refinement_that_says_nothing_is_none() {
    assert_eq!(decode(&[0xd4, 12, 0x80], &Type::String).unwrap(), Value::UNKNOWN);
}

#[test]
fn an_unknown_of_the_future_is_still_unknown() {
    for bytes in [
        &[0xd5, 7, 1, 2][..],
        &[0xc7, 2, 12, 0x81, 99],
        &[0xc7, 1, 12, 0xff],
        &[0xd8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
    ] {
        assert!(decode(bytes, &Type::Bool).unwrap().is_unknown(), "{bytes:x?}");
    }
}

#[test]
fn dynamic_values_carry_their_type() {
    let value = Value::Dynamic(Box::new((Type::list(Type::Bool), Value::List(vec![Value::Bool(true)]))));
    same(&value, &Type::Dynamic, b"\x92\xc4\x0f[\"list\",\"bool\"]\x91\xc3");
    same(&Value::Null, &Type::Dynamic, &[0xc0]);
    let typed_null = Value::Dynamic(Box::new((Type::String, Value::Null)));
    same(&typed_null, &Type::Dynamic, b"\x92\xc4\x08\"string\"\xc0");
}

#[test]
fn objects_have_every_attribute_and_no_other() {
    let ty = Type::object([("a", Type::String), ("b", Type::Bool)]);
    let value = Value::object([("a", Value::string("x")), ("b", Value::Null)]);
    same(&value, &ty, b"\x82\xa1a\xa1x\xa1b\xc0");
    let missing = decode(b"\x81\xa1a\xa1x", &ty).unwrap_err();
    assert!(missing.detail.contains(r#""b" is missing"#), "{missing}");
    let stray = decode(b"\x83\xa1a\xa1x\xa1b\xc0\xa1c\xc0", &ty).unwrap_err();
    assert!(stray.detail.contains(r#"no attribute "c""#), "{stray}");
    let bug = encode(&Value::object([("z", Value::Null)]), &ty).unwrap_err();
    assert!(bug.detail.contains(r#"set "z""#), "{bug}");
}

#[test]
fn what_is_wrong_has_a_place() {
    let ty = Type::object([("tags", Type::list(Type::Bool))]);
    let wrong = decode(b"\x81\xa4tags\x92\xc3\x05", &ty).unwrap_err();
    assert!(wrong.detail.contains("at tags.1: expected a bool"), "{wrong}");
}

#[test]
fn lengths_are_not_believed() {
    for (bytes, ty) in [
        (&[0xdd, 0xff, 0xff, 0xff, 0xff][..], Type::list(Type::Bool)),
        (&[0xdf, 0xff, 0xff, 0xff, 0xff], Type::map(Type::Bool)),
        (&[0xdb, 0xff, 0xff, 0xff, 0xff], Type::String),
        (&[0xc9, 0xff, 0xff, 0xff, 0xff, 12], Type::String),
        (&[0xcb, 0x7f, 0xf0, 0, 0, 0, 0, 0, 0], Type::Number),
        (&[], Type::String),
        (&[0xc3, 0xc3], Type::Bool),
        (&[0xa2, 0xff, 0xfe], Type::String),
    ] {
        assert!(decode(bytes, &ty).is_err(), "{bytes:x?}");
    }
}

/// An author may put what he was given into a collection of his own.
#[test]
fn a_dynamic_value_stands_where_its_type_is_expected() {
    let text = Value::Dynamic(Box::new((Type::String, Value::string("x"))));
    let bytes = encode(&Value::List(vec![text]), &Type::Dynamic).unwrap();
    assert_eq!(bytes, b"\x92\xc4\x14[\"tuple\",[\"string\"]]\x91\xa1x");
    let wrong = Value::Dynamic(Box::new((Type::String, Value::string("x"))));
    assert!(encode(&Value::List(vec![wrong]), &Type::list(Type::Bool)).is_err());
}

/// A dynamic value brings its own type, which may be dynamic again: only the reader can end that.
#[test]
fn depth_is_bounded() {
    for (level, end) in [
        (&b"\x92\xc4\x09\"dynamic\""[..], &b"\xc0"[..]),
        (b"\x92\xc4\x12[\"list\",\"dynamic\"]\x91", b"\xc0"),
    ] {
        let deep = [&level.repeat(50_000), end].concat();
        let error = decode(&deep, &Type::Dynamic).unwrap_err();
        assert!(error.detail.contains("nested more than 100 levels deep"), "{error}");
        assert!(decode(&[&level.repeat(40), end].concat(), &Type::Dynamic).is_ok());
    }
}

fn any_type() -> impl Strategy<Value = Type> {
    let leaf = prop_oneof![Just(Type::String), Just(Type::Number), Just(Type::Bool), Just(Type::Dynamic)];
    leaf.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            inner.clone().prop_map(Type::list),
            inner.clone().prop_map(Type::set),
            inner.clone().prop_map(Type::map),
            prop::collection::btree_map("[a-z]{1,6}", inner.clone(), 0..4).prop_map(Type::object),
            prop::collection::vec(inner, 0..4).prop_map(Type::Tuple),
        ]
    })
}

fn any_of(ty: &Type) -> BoxedStrategy<Value> {
    let known = match ty {
        Type::String => any::<String>().prop_map(Value::string).boxed(),
        Type::Number => "-?[0-9]{1,30}(\\.[0-9]{1,30})?".prop_map(|text| number(&text)).boxed(),
        Type::Bool => any::<bool>().prop_map(Value::Bool).boxed(),
        Type::Dynamic => (any::<String>(), any::<i64>())
            .prop_map(|(text, int)| {
                let inner = Type::object([("a", Type::String), ("b", Type::list(Type::Number))]);
                let list = Value::List(vec![Value::Number(int.into())]);
                Value::Dynamic(Box::new((inner, Value::object([("a", Value::string(text)), ("b", list)]))))
            })
            .boxed(),
        Type::List(element) => prop::collection::vec(any_of(element), 0..4).prop_map(Value::List).boxed(),
        Type::Set(element) => prop::collection::vec(any_of(element), 0..4).prop_map(Value::set).boxed(),
        Type::Map(element) => {
            let keys = "[a-zé]{0,6}".prop_map(|key| match Value::string(key) {
                Value::String(key) => key,
                _ => String::new(),
            });
            prop::collection::btree_map(keys, any_of(element), 0..4).prop_map(Value::Map).boxed()
        }
        Type::Object(fields) => {
            let fields: Vec<_> =
                fields.iter().map(|(name, ty)| (Just(name.clone().into_owned()), any_of(ty))).collect();
            fields.prop_map(|fields| Value::Map(fields.into_iter().collect())).boxed()
        }
        Type::Tuple(types) => types.iter().map(any_of).collect::<Vec<_>>().prop_map(Value::List).boxed(),
    };
    prop_oneof![8 => known, 1 => Just(Value::Null), 1 => Just(Value::UNKNOWN)].boxed()
}

proptest! {
    #[test]
    fn decoding_undoes_encoding((ty, value) in any_type().prop_flat_map(|ty| (Just(ty.clone()), any_of(&ty)))) {
        let bytes = encode(&value, &ty).unwrap();
        prop_assert_eq!(decode(&bytes, &ty).unwrap(), value);
    }

    #[test]
    fn any_bytes_are_a_value_or_an_error(ty in any_type(), bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = decode(&bytes, &ty);
    }

    #[test]
    fn a_damaged_value_is_a_value_or_an_error(
        (ty, value) in any_type().prop_flat_map(|ty| (Just(ty.clone()), any_of(&ty))),
        place in any::<prop::sample::Index>(),
        byte in any::<u8>(),
    ) {
        let mut bytes = encode(&value, &ty).unwrap();
        let place = place.index(bytes.len());
        bytes[place] = byte;
        let _ = decode(&bytes, &ty);
    }
}
