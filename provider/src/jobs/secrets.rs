//! The secrets of jobs: given, stored already, or made here; written to Nomad variables before a job is registered.
//!
//! Must never show a value: each one that passes here is named to the log's mask first.

use std::collections::BTreeMap;

use kit::{Diagnostic, Private, Result};
use nomad::variables::{Cas, Variable};
use nomad::{Client, Secret};

use super::rendering::SecretNeed;
use super::target::refused;

/// Which values are to be written, and which are not to be touched if they are there.
#[derive(Debug, Default)]
pub struct Given {
    /// Values from the configuration, by the secret's name.
    pub values: BTreeMap<String, Secret>,
    /// Secrets whose version was raised: what is stored is replaced.
    pub renewed: Vec<String>,
}

/// What was written: paths with our keys there.
pub type Written = BTreeMap<String, Vec<String>>;

const WRITTEN: &str = "secrets";

/// The paths and keys that an earlier apply has written.
pub fn written(private: &Private) -> Written {
    private.get::<BTreeMap<String, Vec<String>>>(WRITTEN).unwrap_or_default()
}

/// Keeps what was written beside the state.
pub fn keep(written: &Written, private: &mut Private) {
    private.set(WRITTEN, written);
}

/// What storing came to.
#[derive(Debug, Default)]
pub struct Stored {
    /// Everything of ours that is there now.
    pub written: Written,
    /// Paths that were not there before.
    pub made: Vec<String>,
}

/// Writes what is missing or new.
pub async fn store(client: &Client, needs: &[SecretNeed], given: &Given) -> Result<Stored> {
    given.values.values().for_each(mask);
    let known = read(client, needs).await?;
    let wanted = values(needs, given, &known)?;
    let mut stored = Stored::default();
    for (path, items) in wanted {
        let keys = needs.iter().filter(|need| need.paths.contains(&path));
        stored.written.insert(path.clone(), keys.map(|need| need.key.clone()).collect());
        let before = known.get(&path).and_then(Option::as_ref);
        if before.is_some_and(|before| before.items == items) {
            continue;
        }
        let cas = before.map_or(Cas::Absent, |before| Cas::At(before.modify_index));
        let put = client.variables().put(&path, &items, cas).await;
        put.map_err(|error| refused(format!("The secrets in {path} cannot be stored"), &error))?;
        if before.is_none() {
            stored.made.push(path);
        }
    }
    Ok(stored)
}

async fn read(client: &Client, needs: &[SecretNeed]) -> Result<BTreeMap<String, Option<Variable>>> {
    let mut known = BTreeMap::new();
    for path in needs.iter().flat_map(|need| &need.paths) {
        if known.contains_key(path) {
            continue;
        }
        let found = client.variables().read(path).await;
        let found =
            found.map_err(|error| refused(format!("The secrets in {path} cannot be looked at"), &error))?;
        found.iter().flat_map(|variable| variable.items.values()).for_each(mask);
        known.insert(path.clone(), found);
    }
    Ok(known)
}

/// All items of each path as they shall be; what others stored there stays.
fn values(
    needs: &[SecretNeed],
    given: &Given,
    known: &BTreeMap<String, Option<Variable>>,
) -> Result<BTreeMap<String, BTreeMap<String, Secret>>> {
    let mut wanted: BTreeMap<String, BTreeMap<String, Secret>> = BTreeMap::new();
    let mut missing = Vec::new();
    for need in needs {
        let Some(value) = value(need, given, known)? else {
            missing.push(unset(need));
            continue;
        };
        for path in &need.paths {
            let before = || known.get(path).and_then(Option::as_ref).map(|before| before.items.clone());
            let items = wanted.entry(path.clone()).or_insert_with(|| before().unwrap_or_default());
            items.insert(need.key.clone(), value.clone());
        }
    }
    if missing.is_empty() { Ok(wanted) } else { Err(kit::Failure(missing)) }
}

/// The value of a secret: stored ones stay unless a new version was asked for.
fn value(
    need: &SecretNeed,
    given: &Given,
    known: &BTreeMap<String, Option<Variable>>,
) -> Result<Option<Secret>> {
    let stored = || {
        let at = |path: &String| known.get(path)?.as_ref()?.items.get(&need.key).cloned();
        need.paths.iter().find_map(at)
    };
    let stored = if given.renewed.contains(&need.name) { None } else { stored() };
    match stored.or_else(|| given.values.get(&need.name).cloned()) {
        Some(value) => Ok(Some(value)),
        None => need.generate.map(|(length, hex)| generate(length, hex)).transpose(),
    }
}

fn unset(need: &SecretNeed) -> Diagnostic {
    let name = format!("{}_wo", need.name);
    Diagnostic::error(
        format!("The secret {} has no value", need.name),
        format!(
            "{name}: {} It is neither given nor stored in Nomad, and it cannot be made up. Raise `{name}_version` when \
             you change it.",
            need.description
        ),
    )
}

/// A secret that nobody can guess: uniform over its alphabet, from the system's own source.
fn generate(length: usize, hex: bool) -> Result<Secret> {
    let alphabet: &[u8] = if hex {
        b"0123456789abcdef"
    } else {
        b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
    };
    // Bytes at the end of the range would make the first characters likelier.
    let limit = 256 - 256 % alphabet.len();
    let mut text = String::with_capacity(length);
    while text.len() < length {
        let mut bytes = [0_u8; 64];
        aws_lc_rs::rand::fill(&mut bytes)
            .map_err(|_| Diagnostic::error("No secret can be made", "The system gives no random numbers."))?;
        let usable = bytes.iter().map(|byte| usize::from(*byte)).filter(|byte| *byte < limit);
        let chars = usable.filter_map(|byte| alphabet.get(byte % alphabet.len()));
        text.extend(chars.take(length - text.len()).map(|byte| char::from(*byte)));
    }
    let secret = Secret::new(text);
    mask(&secret);
    Ok(secret)
}

/// From here on no log line and no diagnostic shows it.
pub fn mask(secret: &Secret) {
    serve::log::secrets().hide(secret.expose());
}

/// Takes our keys away again; a variable in which nothing is left goes as a whole.
pub async fn remove(client: &Client, written: &Written) -> Result<()> {
    for (path, keys) in written {
        let problem =
            |error: &nomad::Error| refused(format!("The secrets in {path} cannot be removed"), error);
        let Some(found) = client.variables().read(path).await.map_err(|error| problem(&error))? else {
            continue;
        };
        let cas = Cas::At(found.modify_index);
        let mut left = found.items;
        left.retain(|key, _| !keys.contains(key));
        let done = if left.is_empty() {
            client.variables().delete(path, cas).await
        } else {
            client.variables().put(path, &left, cas).await.map(drop)
        };
        done.map_err(|error| problem(&error))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn need(name: &str, generate: Option<(usize, bool)>) -> SecretNeed {
        SecretNeed {
            name: name.into(),
            paths: vec!["nomad/jobs/web".into()],
            key: name.into(),
            generate,
            description: "For the door.".into(),
        }
    }

    fn stored(key: &str, value: &str) -> BTreeMap<String, Option<Variable>> {
        let items = [(key.to_owned(), Secret::new(value))].into();
        let variable = Variable { items, modify_index: 7, ..Variable::default() };
        [("nomad/jobs/web".to_owned(), Some(variable))].into()
    }

    fn settled(need: SecretNeed, given: &Given, known: &BTreeMap<String, Option<Variable>>) -> Secret {
        let key = need.key.clone();
        values(&[need], given, known).unwrap()["nomad/jobs/web"][&key].clone()
    }

    #[test]
    fn what_is_stored_stays_until_its_version_is_raised() {
        let given = |renewed: &[&str]| Given {
            values: [("door".to_owned(), Secret::new("given-1"))].into(),
            renewed: renewed.iter().map(|name| (*name).to_owned()).collect(),
        };
        let known = stored("door", "stored-1");
        assert_eq!(settled(need("door", None), &given(&[]), &known), Secret::new("stored-1"));
        assert_eq!(settled(need("door", None), &given(&["door"]), &known), Secret::new("given-1"));
        assert_eq!(settled(need("door", None), &given(&[]), &BTreeMap::new()), Secret::new("given-1"));
    }

    #[test]
    fn a_made_up_one_is_stable_and_renewed_by_its_version() {
        let known = stored("door", "stored-1");
        let same = settled(need("door", Some((24, false))), &Given::default(), &known);
        assert_eq!(same, Secret::new("stored-1"));
        let renew = Given { renewed: vec!["door".into()], ..Given::default() };
        let new = settled(need("door", Some((24, true))), &renew, &known);
        assert!(new.expose().len() == 24 && new.expose().bytes().all(|byte| byte.is_ascii_hexdigit()));
    }

    #[test]
    fn what_others_stored_beside_it_stays() {
        let known = stored("theirs", "x-theirs");
        let all = values(&[need("door", Some((8, false)))], &Given::default(), &known).unwrap();
        assert_eq!(all["nomad/jobs/web"]["theirs"], Secret::new("x-theirs"));
    }

    #[test]
    fn one_that_nobody_gives_is_an_error_that_names_it() {
        let problem = values(&[need("door", None)], &Given::default(), &BTreeMap::new()).unwrap_err();
        insta::assert_snapshot!(problem.0[0], @"The secret door has no value: door_wo: For the door. It is neither given nor stored in Nomad, and it cannot be made up. Raise `door_wo_version` when you change it.");
    }
}
