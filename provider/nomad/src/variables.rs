//! Variables: secrets and settings that jobs read, changed only by who knows what was there before.
//!
//! Must never show a value.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::http::{Request, Safety};
use crate::json::or_empty;
use crate::read::decoded;
use crate::{Client, Error, Problem, Read, Secret};

/// The variables of a client's namespace.
#[derive(Clone, Copy, Debug)]
pub struct Variables<'a>(&'a Client);

impl Client {
    /// Variables.
    pub fn variables(&self) -> Variables<'_> {
        Variables(self)
    }
}

/// What must be so for a variable to be changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cas {
    /// Nothing.
    Any,
    /// There is none at that path.
    Absent,
    /// It is as it was after this change.
    At(u64),
}

/// What is held at a path.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Variable {
    /// The namespace.
    pub namespace: String,
    /// The path.
    pub path: String,
    /// The values, by name; none in a list.
    #[serde(deserialize_with = "or_empty")]
    pub items: BTreeMap<String, Secret>,
    /// The change after which it is as it is; `Cas::At` takes it.
    pub modify_index: u64,
}

impl Variables<'_> {
    /// Paths that begin so, without values.
    pub fn list(&self, prefix: &str) -> Read<Vec<Variable>> {
        self.0.read(Request::get(&["vars"]).with("prefix", prefix))
    }

    /// A variable, if it is there.
    pub fn read(&self, path: &str) -> Read<Option<Variable>> {
        self.0.read_optional(Request::get(&parts(path)))
    }

    /// Writes all values of a path.
    pub async fn put(
        &self,
        path: &str,
        items: &BTreeMap<String, Secret>,
        cas: Cas,
    ) -> Result<Variable, Error> {
        let values = items.iter().map(|(name, value)| (name.clone(), Value::from(value.expose())));
        let body = json!({"Path": path, "Items": Value::Object(values.collect())});
        let request = Request::put(&parts(path), Safety::Guarded).json(&body);
        match self.change(request, cas).await? {
            Changed::Done(answer) => Ok(answer.unwrap_or_default()),
            // An earlier attempt had no answer: if our values are there, it was us.
            Changed::Conflict { found, doubtful: true, .. } if found.items == *items => Ok(found),
            Changed::Conflict { error, .. } => Err(error),
        }
    }

    /// Takes a variable away.
    pub async fn delete(&self, path: &str, cas: Cas) -> Result<(), Error> {
        match self.change(Request::delete(&parts(path)), cas).await? {
            Changed::Done(_) => Ok(()),
            Changed::Conflict { error, .. } => Err(error),
        }
    }

    /// Nomad answers a conflict with the variable as it is, values and all: they must not get into an error.
    async fn change(&self, request: Request, cas: Cas) -> Result<Changed, Error> {
        let request = self.0.scoped(request.with_some("cas", index(cas)).accepting(&[409]));
        let answer = self.0.http().send(&request).await?;
        if answer.status != 409 {
            return Ok(Changed::Done(decoded(self.0.http(), &request, &answer)?));
        }
        let found = decoded::<Option<Variable>>(self.0.http(), &request, &answer)?.unwrap_or_default();
        let text = match found.modify_index {
            0 => "there is no such variable".to_owned(),
            index => format!("the variable is as it was made by change {index}"),
        };
        let problem = Problem::Refused { address: answer.address, status: 409, text };
        let error = Error::new(request.call(self.0.http().product().name), problem);
        Ok(Changed::Conflict { error: error.doubtful(answer.doubtful), found, doubtful: answer.doubtful })
    }
}

/// What came of an attempt to change a variable.
enum Changed {
    Done(Option<Variable>),
    Conflict { error: Error, found: Variable, doubtful: bool },
}

fn parts(path: &str) -> Vec<&str> {
    std::iter::once("var").chain(path.split('/')).collect()
}

fn index(cas: Cas) -> Option<u64> {
    match cas {
        Cas::Any => None,
        Cas::Absent => Some(0),
        Cas::At(index) => Some(index),
    }
}
