//! What Terraform has saved.

use serde_json::Value;

/// A state file.
#[derive(Clone, Debug)]
pub struct State(Value);

impl State {
    pub(crate) fn read(text: &str) -> Self {
        Self(serde_json::from_str(text).expect("a state is JSON"))
    }

    /// The instance at an address such as `lab_file.a` or `lab_file.a[0]`; null if there is none.
    pub fn instance(&self, address: &str) -> &Value {
        let (path, key) = address.split_once('[').map_or((address, None), |(path, key)| (path, Some(key)));
        let key = key.and_then(|key| serde_json::from_str::<Value>(key.trim_end_matches(']')).ok());
        let instances = self.0["resources"].as_array().into_iter().flatten().filter(|r| name(r) == path);
        let mut instances =
            instances.flat_map(|resource| resource["instances"].as_array().into_iter().flatten());
        instances.find(|instance| instance.get("index_key") == key.as_ref()).unwrap_or(&Value::Null)
    }

    /// An attribute of an instance, such as `lab_file.a.content` or `lab_network.n.zone.east.size`.
    pub fn attribute(&self, path: &str) -> &Value {
        let depth = if path.starts_with("data.") { 3 } else { 2 };
        let cut = path.match_indices('.').nth(depth - 1).map_or(path.len(), |(at, _)| at);
        let (address, inner) = path.split_at(cut);
        let steps = inner.split('.').filter(|step| !step.is_empty());
        steps.fold(&self.instance(address)["attributes"], |value, step| match step.parse::<usize>() {
            Ok(index) if value.is_array() => &value[index],
            _ => &value[step],
        })
    }

    /// Whether the next apply will replace the instance.
    pub fn is_tainted(&self, address: &str) -> bool {
        self.instance(address)["status"] == "tainted"
    }

    /// Whether nothing is saved at all.
    pub fn is_empty(&self) -> bool {
        self.0["resources"].as_array().is_none_or(Vec::is_empty)
    }

    /// The whole file.
    pub fn json(&self) -> &Value {
        &self.0
    }
}

fn name(resource: &Value) -> String {
    let word = |name: &str| resource[name].as_str().unwrap_or_default();
    let data = if word("mode") == "data" { "data." } else { "" };
    format!("{data}{}.{}", word("type"), word("name"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn state() -> State {
        State(json!({ "resources": [
            { "mode": "managed", "type": "lab_file", "name": "a", "instances": [
                { "index_key": "x", "attributes": { "content": "of x" } },
                { "index_key": "y", "attributes": { "content": "of y" }, "status": "tainted" },
            ]},
            { "mode": "data", "type": "lab_file", "name": "a", "instances": [{ "attributes": { "lines": ["0", "1"] } }] },
        ]}))
    }

    #[test]
    fn an_address_finds_its_instance_and_no_other() {
        let state = state();
        assert_eq!(state.attribute("lab_file.a[\"y\"].content"), "of y");
        assert_eq!(state.attribute("data.lab_file.a.lines.1"), "1");
        for nobody in ["lab_file.a", "lab_file.a[0]", "lab_file.b", "data.lab_file.b"] {
            assert!(state.instance(nobody).is_null(), "{nobody}");
        }
        assert!(state.is_tainted("lab_file.a[\"y\"]") && !state.is_tainted("lab_file.a[\"x\"]"));
    }

    #[test]
    fn a_state_without_resources_is_empty() {
        assert!(State::read("{}").is_empty() && State::read(r#"{"resources":[]}"#).is_empty());
        assert!(!state().is_empty());
    }
}
