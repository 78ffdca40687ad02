//! What the state says about the jobs, apart from what the user wrote.

use std::collections::BTreeMap;

use kit::{Attr, Value};

/// What the state says about the jobs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct State {
    /// The texts as they were submitted, by name.
    pub texts: BTreeMap<String, String>,
    /// Whether the texts are kept out of sight.
    pub hidden: bool,
    /// The ids in Nomad, by name.
    pub ids: BTreeMap<String, String>,
    /// The versions of the jobs that are registered, by name.
    pub versions: BTreeMap<String, i64>,
    /// How they are.
    pub status: Option<String>,
    /// What differs.
    pub drift: Vec<String>,
    /// What the last apply changed.
    pub last_change: Option<String>,
    /// Whether everything is as it should be.
    pub complete: Option<bool>,
}

impl State {
    /// From the value of a whole resource; what is unknown is left out.
    pub fn of(value: &Value) -> Self {
        let texts = |name: &str| -> BTreeMap<String, String> {
            let fields = value.field(name).fields().into_iter().flatten();
            fields.filter_map(|(name, text)| Some((name.clone(), text.as_str()?.to_owned()))).collect()
        };
        let hidden = value.field("sensitive_jobspecs") == &Value::Bool(true);
        let numbers = value.field("versions").fields().into_iter().flatten();
        let number = |(name, value): (&String, &Value)| match value {
            Value::Number(number) => Some((name.clone(), number.as_i64()?)),
            _ => None,
        };
        Self {
            texts: texts(if hidden { "hidden_jobspecs" } else { "jobspecs" }),
            hidden,
            ids: texts("job_ids"),
            versions: numbers.filter_map(number).collect(),
            status: value.field("status").as_str().map(str::to_owned),
            drift: Vec::new(),
            last_change: value.field("last_change").as_str().map(str::to_owned),
            complete: match value.field("complete") {
                Value::Bool(flag) => Some(*flag),
                _ => None,
            },
        }
    }

    /// The same resource with what is said here.
    pub fn write(&self, value: Value) -> Value {
        let Value::Map(mut fields) = value else { return value };
        let texts = Value::object(self.texts.iter().map(|(name, text)| (name, Value::string(text.as_str()))));
        let none = Value::Map(BTreeMap::new());
        let (shown, hidden) = if self.hidden { (none, texts) } else { (texts, none) };
        fields.insert("jobspecs".into(), shown);
        fields.insert("hidden_jobspecs".into(), hidden);
        fields.insert("job_ids".into(), self.ids.encode());
        fields.insert("versions".into(), self.versions.encode());
        fields.insert("status".into(), self.status.encode());
        fields.insert("drift".into(), self.drift.encode());
        fields.insert("last_change".into(), self.last_change.encode());
        fields.insert("complete".into(), self.complete.encode());
        Value::Map(fields)
    }
}
