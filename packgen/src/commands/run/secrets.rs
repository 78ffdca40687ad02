//! Secrets: from the user, from what is stored, or made here. Written before the jobs, shown never.

use std::collections::BTreeMap;

use nomad::variables::{Cas, Variable};
use nomad::{Client, Secret};
use packgen::hcl::variables::{Format, Given, Layer};
use packgen::pack::NeededSecret;
use packgen::pack::manifest::{Alphabet, Generate};
use packgen::source::{Diagnostic, Diagnostics, Span};

use super::super::cluster::failed;
use super::super::plan::in_namespace;
use super::super::prepared::Prepared;
use super::super::session::{Session, problem};
use super::super::terminal::Terminal;

/// Prefix of environment variables that give secrets.
const PREFIX: &str = "PACKGEN_SECRET_";

/// The secrets that the user gives; a name that the pack does not have is an error.
pub fn given(
    session: &Session,
    prepared: &Prepared,
    file: Option<&str>,
) -> Result<BTreeMap<String, Secret>, Diagnostics> {
    let mut given = BTreeMap::new();
    if let Some(path) = file {
        let file = session.read(path)?;
        let text = session.sources.file(file).map(|file| file.text().clone()).unwrap_or_default();
        for (name, own) in Layer::file(&session.sources, file, Format::of(path, &text))?.values {
            let Given::Value(value) = own else { continue };
            let Some(secret) = value.as_str() else {
                return Err(Diagnostic::error(
                    "type",
                    format!("secret `{}` is a string", &*name.value),
                    name.span,
                )
                .into());
            };
            if !prepared.secrets.iter().any(|needed| needed.name == *name.value) {
                return Err(Diagnostic::error(
                    "unknown-secret",
                    format!("the pack needs no secret `{}`", &*name.value),
                    name.span,
                )
                .into());
            }
            given.insert(name.to_string(), Secret::new(secret));
        }
    }
    for needed in &prepared.secrets {
        if let Some(value) = Session::environment(&format!("{PREFIX}{}", needed.name)) {
            given.insert(needed.name.clone(), Secret::new(value));
        }
    }
    Ok(given)
}

/// Writes what is missing or new. Gives the paths that were written.
pub async fn store(
    client: &Client,
    prepared: &Prepared,
    given: BTreeMap<String, Secret>,
    terminal: Terminal,
) -> Result<Vec<String>, Diagnostics> {
    let mut known: BTreeMap<&str, Option<Variable>> = BTreeMap::new();
    for (path, id) in prepared.secrets.iter().flat_map(|needed| &needed.paths) {
        if !known.contains_key(path.as_str()) {
            let here = of_job(client, prepared, id);
            let found = here.variables().read(path).await.map_err(|error| failed(&error))?;
            known.insert(path, found);
        }
    }
    let wanted = values(prepared, &given, &known)?;
    let mut written = Vec::new();
    for (path, items) in wanted {
        let before = known.get(path).and_then(Option::as_ref);
        if before.is_some_and(|before| before.items == items) {
            continue;
        }
        let cas = before.map_or(Cas::Absent, |before| Cas::At(before.modify_index));
        let id = prepared
            .secrets
            .iter()
            .flat_map(|needed| &needed.paths)
            .find(|(own, _)| own == path)
            .map_or("", |(_, id)| id);
        of_job(client, prepared, id)
            .variables()
            .put(path, &items, cas)
            .await
            .map_err(|error| failed(&error))?;
        terminal.say(&format!("stored the secrets of {id} in the Nomad variable {path}"));
        written.push(path.to_owned());
    }
    Ok(written)
}

fn of_job(client: &Client, prepared: &Prepared, id: &str) -> Client {
    prepared
        .jobs
        .iter()
        .find(|job| job.id == id)
        .map_or_else(|| client.clone(), |job| in_namespace(client, job))
}

/// All items of each path as they shall be; what others stored there stays.
fn values<'p>(
    prepared: &'p Prepared,
    given: &BTreeMap<String, Secret>,
    known: &BTreeMap<&str, Option<Variable>>,
) -> Result<BTreeMap<&'p str, BTreeMap<String, Secret>>, Diagnostics> {
    let mut missing = Diagnostics::new();
    let mut wanted: BTreeMap<&str, BTreeMap<String, Secret>> = BTreeMap::new();
    for needed in &prepared.secrets {
        let stored = needed
            .paths
            .iter()
            .find_map(|(path, _)| known.get(path.as_str())?.as_ref()?.items.get(&needed.key).cloned());
        let made = || needed.generate.map(generate).transpose();
        let value = match given.get(&needed.name).cloned().or(stored) {
            Some(value) => Some(value),
            None => made()?,
        };
        let Some(value) = value else {
            missing.push(unset(needed));
            continue;
        };
        for (path, _) in &needed.paths {
            let before = || {
                known
                    .get(path.as_str())
                    .and_then(Option::as_ref)
                    .map(|before| before.items.clone())
                    .unwrap_or_default()
            };
            wanted.entry(path).or_insert_with(before).insert(needed.key.clone(), value.clone());
        }
    }
    if missing.has_errors() { Err(missing) } else { Ok(wanted) }
}

fn unset(needed: &NeededSecret) -> Diagnostic {
    let message = format!("the secret `{}` is not set ({})", needed.name, needed.description);
    Diagnostic::error("secret-missing", message, Span::NONE)
        .help(format!("set {PREFIX}{}=… or give it in `--secret-file`", needed.name))
}

/// A secret that nobody can guess: uniform over its alphabet, from the system's own source.
fn generate(how: Generate) -> Result<Secret, Diagnostics> {
    let alphabet: &[u8] = match how.alphabet {
        Alphabet::Alphanumeric => b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
        Alphabet::Hex => b"0123456789abcdef",
    };
    let limit = 256 - 256 % alphabet.len();
    let mut text = String::with_capacity(how.length);
    while text.len() < how.length {
        let mut bytes = [0_u8; 64];
        aws_lc_rs::rand::fill(&mut bytes).map_err(|_| problem("io", "the system gives no random numbers"))?;
        let usable = bytes.iter().map(|byte| usize::from(*byte)).filter(|byte| *byte < limit);
        let chars = usable.filter_map(|byte| alphabet.get(byte % alphabet.len()));
        text.extend(chars.take(how.length - text.len()).map(|byte| char::from(*byte)));
    }
    Ok(Secret::new(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn made_secrets_are_long_and_different() {
        let how = Generate { length: 40, alphabet: Alphabet::Hex };
        let (one, two) = (generate(how).unwrap(), generate(how).unwrap());
        assert!(one.expose().len() == 40 && one.expose().bytes().all(|byte| byte.is_ascii_hexdigit()));
        assert_ne!(one, two);
    }
}
