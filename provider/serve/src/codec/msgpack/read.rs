//! Reads a value of a known type. Nothing is reserved on a message's word: memory follows the bytes that are there.

use std::collections::BTreeMap;

use kit::{At, Diagnostic, Number, Type, Value};
use rmp::Marker;

use super::refinement;
use crate::codec::json;

/// The value of this type that the whole of `bytes` holds.
pub fn decode(bytes: &[u8], ty: &Type) -> Result<Value, Diagnostic> {
    let mut reader = Reader::new(bytes);
    let value = reader.value(ty, &At::ROOT)?;
    if reader.rest.is_empty() {
        Ok(value)
    } else {
        Err(malformed(&At::ROOT, "bytes are left over after the value"))
    }
}

fn malformed(at: &At<'_>, problem: &str) -> Diagnostic {
    let path = at.path();
    let place = if path.0.is_empty() { String::new() } else { format!(" at {path}") };
    super::super::malformed("a value", &format_args!("malformed msgpack{place}: {problem}"))
}

pub(super) struct Reader<'b> {
    pub(super) rest: &'b [u8],
    /// How many levels there may still be below this one. The schema bounds all but dynamic values.
    depth: usize,
}

impl<'b> Reader<'b> {
    pub(super) fn new(bytes: &'b [u8]) -> Self {
        Self { rest: bytes, depth: json::DEEPEST }
    }

    fn value(&mut self, ty: &Type, at: &At<'_>) -> Result<Value, Diagnostic> {
        let here = self.depth;
        self.depth = here
            .checked_sub(1)
            .ok_or_else(|| malformed(at, &format!("nested more than {} levels deep", json::DEEPEST)))?;
        let value = self.value_here(ty, at);
        self.depth = here;
        value
    }

    fn value_here(&mut self, ty: &Type, at: &At<'_>) -> Result<Value, Diagnostic> {
        match self.peek(at)? {
            Marker::Null => {
                self.take(1, at)?;
                return Ok(Value::Null);
            }
            marker if is_extension(marker) => return self.unknown(at),
            _ => {}
        }
        match ty {
            Type::String => self.text(at).map(Value::string),
            Type::Number => self.number(at).map(Value::Number),
            Type::Bool => self.bool(at).map(Value::Bool),
            Type::Dynamic => self.dynamic(at),
            Type::List(element) => self.elements(element, at).map(Value::List),
            Type::Set(element) => self.elements(element, at).map(Value::set),
            Type::Map(element) => self.map(element, at).map(Value::Map),
            Type::Object(fields) => self.object(fields, at),
            Type::Tuple(types) => self.tuple(types, at),
        }
    }

    fn peek(&self, at: &At<'_>) -> Result<Marker, Diagnostic> {
        self.rest
            .first()
            .map(|byte| Marker::from_u8(*byte))
            .ok_or_else(|| malformed(at, "the value ends early"))
    }

    fn take(&mut self, count: usize, at: &At<'_>) -> Result<&'b [u8], Diagnostic> {
        let Some((taken, rest)) = self.rest.split_at_checked(count) else {
            return Err(malformed(at, "the value ends early"));
        };
        self.rest = rest;
        Ok(taken)
    }

    /// Applies one of rmp's readers.
    fn read<T, E>(
        &mut self,
        what: &str,
        at: &At<'_>,
        read: impl FnOnce(&mut &'b [u8]) -> Result<T, E>,
    ) -> Result<T, Diagnostic> {
        read(&mut self.rest).map_err(|_| malformed(at, &format!("expected {what}")))
    }

    fn unknown(&mut self, at: &At<'_>) -> Result<Value, Diagnostic> {
        let header = self.read("an extension", at, rmp::decode::read_ext_meta)?;
        let payload = self.take(header.size as usize, at)?;
        Ok(Value::Unknown(refinement::read(header.typeid, payload)))
    }

    pub(super) fn text(&mut self, at: &At<'_>) -> Result<&'b str, Diagnostic> {
        let is_binary = matches!(self.peek(at)?, Marker::Bin8 | Marker::Bin16 | Marker::Bin32);
        let length = if is_binary {
            self.read("a string", at, rmp::decode::read_bin_len)?
        } else {
            self.read("a string", at, rmp::decode::read_str_len)?
        };
        let bytes = self.take(length as usize, at)?;
        std::str::from_utf8(bytes).map_err(|_| malformed(at, "text is not UTF-8"))
    }

    pub(super) fn bool(&mut self, at: &At<'_>) -> Result<bool, Diagnostic> {
        self.read("a bool", at, rmp::decode::read_bool)
    }

    pub(super) fn int(&mut self, at: &At<'_>) -> Result<i64, Diagnostic> {
        self.read("a whole number", at, rmp::decode::read_int)
    }

    /// Terraform writes one and the same number as an integer, a float or text, whatever holds it exactly.
    pub(super) fn number(&mut self, at: &At<'_>) -> Result<Number, Diagnostic> {
        let out_of_range = |_| malformed(at, "expected a finite number");
        match self.peek(at)? {
            Marker::F64 => {
                let float = self.read("a number", at, rmp::decode::read_f64)?;
                Number::exactly(float).map_err(out_of_range)
            }
            Marker::F32 => {
                let float = self.read("a number", at, rmp::decode::read_f32)?;
                Number::exactly(f64::from(float)).map_err(out_of_range)
            }
            Marker::U64 => self.read("a number", at, rmp::decode::read_int::<u64, _>).map(Number::from),
            Marker::FixStr(_) | Marker::Str8 | Marker::Str16 | Marker::Str32 => self
                .text(at)?
                .parse()
                .map_err(|problem| malformed(at, &format!("expected a number: {problem}"))),
            _ => self.int(at).map(Number::from),
        }
    }

    fn dynamic(&mut self, at: &At<'_>) -> Result<Value, Diagnostic> {
        let length = self.read("a dynamic value", at, rmp::decode::read_array_len)?;
        if length != 2 {
            return Err(malformed(at, "expected a type and a value"));
        }
        let name = json::decode(self.text(at)?.as_bytes()).ok();
        let Some(ty) = name.as_ref().and_then(Type::named_by) else {
            return Err(malformed(at, "expected a type as JSON"));
        };
        let value = self.value(&ty, at)?;
        Ok(Value::Dynamic(Box::new((ty, value))))
    }

    fn elements(&mut self, element: &Type, at: &At<'_>) -> Result<Vec<Value>, Diagnostic> {
        let length = self.read("a sequence", at, rmp::decode::read_array_len)?;
        (0..length as usize).map(|index| self.value(element, &at.index(index))).collect()
    }

    pub(super) fn map_length(&mut self, at: &At<'_>) -> Result<usize, Diagnostic> {
        self.read("a map", at, rmp::decode::read_map_len).map(|length| length as usize)
    }

    fn map(&mut self, element: &Type, at: &At<'_>) -> Result<BTreeMap<String, Value>, Diagnostic> {
        let length = self.map_length(at)?;
        let mut fields = BTreeMap::new();
        for _ in 0..length {
            let key = self.text(at)?;
            let Value::String(composed) = Value::string(key) else { continue };
            fields.insert(composed, self.value(element, &at.key(key))?);
        }
        Ok(fields)
    }

    fn object(
        &mut self,
        types: &BTreeMap<std::borrow::Cow<'static, str>, Type>,
        at: &At<'_>,
    ) -> Result<Value, Diagnostic> {
        let length = self.map_length(at)?;
        let mut fields = BTreeMap::new();
        for _ in 0..length {
            let name = self.text(at)?;
            let Some(ty) = types.get(name) else {
                return Err(malformed(at, &format!("there is no attribute {name:?} in the schema")));
            };
            fields.insert(name.to_owned(), self.value(ty, &at.field(name))?);
        }
        match types.keys().find(|name| !fields.contains_key(name.as_ref())) {
            Some(missing) => Err(malformed(at, &format!("the attribute {missing:?} is missing"))),
            None => Ok(Value::Map(fields)),
        }
    }

    fn tuple(&mut self, types: &[Type], at: &At<'_>) -> Result<Value, Diagnostic> {
        let length = self.read("a tuple", at, rmp::decode::read_array_len)?;
        if length as usize != types.len() {
            return Err(malformed(at, &format!("expected {} elements, got {length}", types.len())));
        }
        let elements = types.iter().enumerate().map(|(index, ty)| self.value(ty, &at.index(index)));
        elements.collect::<Result<_, _>>().map(Value::List)
    }
}

fn is_extension(marker: Marker) -> bool {
    use Marker::{Ext8, Ext16, Ext32, FixExt1, FixExt2, FixExt4, FixExt8, FixExt16};
    matches!(marker, FixExt1 | FixExt2 | FixExt4 | FixExt8 | FixExt16 | Ext8 | Ext16 | Ext32)
}
