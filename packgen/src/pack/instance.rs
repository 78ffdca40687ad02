//! One use of a pack: the names that keep it apart from other uses, and what expressions see of them.
//!
//! Without a name job ids are the names of the files; with one they begin with it. The same pack can so be
//! used twice in one namespace.

use crate::hcl::{Entry, Text, Value};
use crate::source::{Diagnostic, Span, Spanned};
use crate::tree::{Attr, Block, Name};

use super::Manifest;

/// Key of the mark in a job's `meta`, by which our jobs are told from others'.
pub const MARK: &str = "lostops";

/// One use of a pack.
#[derive(Clone, Debug)]
pub(super) struct Instance<'m> {
    manifest: &'m Manifest,
    name: Option<&'m str>,
}

impl<'m> Instance<'m> {
    /// The use of this name.
    pub fn new(manifest: &'m Manifest, name: Option<&'m str>) -> Result<Self, Diagnostic> {
        if let Some(name) = name
            && !(fits(name) && name.len() <= 63)
        {
            let finding =
                Diagnostic::error("name", format!("{name:?} cannot be the name of an instance"), Span::NONE);
            return Err(
                finding.help("a name has up to 63 small letters, digits and `-`, and begins with a letter")
            );
        }
        Ok(Instance { manifest, name })
    }

    /// The id of a job.
    pub fn job_id(&self, job: &str) -> String {
        match self.name {
            None => job.to_owned(),
            Some(name) if self.manifest.jobs.len() == 1 => name.to_owned(),
            Some(name) => format!("{name}-{job}"),
        }
    }

    /// The Nomad variable with the secrets of a job.
    pub fn secrets_path(&self, job: &str) -> String {
        format!("nomad/jobs/{}", self.job_id(job))
    }

    /// The name of a volume that says nothing else.
    pub fn volume_name(&self, job: &str, volume: &str) -> String {
        format!("{}-{volume}", self.job_id(job))
    }

    /// The mark of the jobs of this use.
    pub fn mark(&self) -> String {
        match self.name {
            Some(name) => format!("{}/{name}", &*self.manifest.name.value),
            None => self.manifest.name.to_string(),
        }
    }

    /// The value of `var.name`.
    pub fn name_value(&self) -> Value {
        self.name.map_or_else(
            || Value::new(crate::hcl::Kind::Null(crate::hcl::Type::String), Span::NONE),
            Value::string,
        )
    }

    /// The object `pack` as the expressions of `job`'s file see it; of the pack's own files if
    /// `None`, where `pack.id` is there only if the pack has one job.
    pub fn value(&self, job: Option<&str>, volumes: &[(String, Value)]) -> Value {
        let of_jobs = |make: &dyn Fn(&str) -> String| {
            Value::object(
                self.manifest
                    .jobs
                    .iter()
                    .map(|job| Entry::new(job.name.value.clone(), Value::string(make(&job.name))))
                    .collect(),
            )
        };
        let volumes = volumes.iter().map(|(name, value)| Entry::new(name.as_str(), value.clone())).collect();
        let mut entries = vec![
            Entry::new("ids", of_jobs(&|job| self.job_id(job))),
            Entry::new("name", Value::string(self.manifest.name.value.clone())),
            Entry::new("secrets", of_jobs(&|job| self.secrets_path(job))),
            Entry::new("version", Value::string(self.manifest.version.as_str())),
            Entry::new("volumes", Value::object(volumes)),
        ];
        let only = match self.manifest.jobs.as_slice() {
            [only] => Some(&*only.name.value),
            _ => None,
        };
        entries.extend(job.or(only).map(|job| Entry::new("id", Value::string(self.job_id(job)))));
        Value::object(entries)
    }

    /// Gives a job its id and the mark.
    pub fn stamp(&self, job: &mut Block) {
        let Some(label) = job.labels.first_mut() else { return };
        label.value = self.job_id(&label.value).into();
        let mark = Value::string(Text::from(self.mark()));
        if let Some(meta) = job.attrs.iter_mut().find(|attr| &**attr.name == "meta") {
            let mut entries = meta.value.entries().unwrap_or_default().to_vec();
            entries.push(Entry::new(MARK, mark));
            meta.value = Value::object(entries).with_at(meta.value.at);
            return;
        }
        let attr = Attr { name: made(MARK), value: mark, expr: Span::NONE, literal_object: false };
        match job.blocks.iter_mut().find(|block| &**block.ty == "meta") {
            Some(meta) => {
                meta.attrs.retain(|attr| &**attr.name != MARK);
                meta.attrs.push(attr);
            }
            None => job.blocks.push(Block {
                ty: made("meta"),
                labels: Vec::new(),
                attrs: vec![attr],
                blocks: Vec::new(),
                via: None,
                span: Span::NONE,
            }),
        }
    }
}

fn made(name: &str) -> Name {
    Spanned::new(name.into(), Span::NONE)
}

/// Small letters, digits and `-`, a letter first, no `-` at the end.
fn fits(name: &str) -> bool {
    let known = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    name.bytes().all(known)
        && name.starts_with(|first: char| first.is_ascii_lowercase())
        && !name.ends_with('-')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::SourceMap;

    fn manifest(jobs: &str) -> Manifest {
        let sources = SourceMap::new();
        let file =
            sources.add("pack.hcl", format!("pack \"p\" {{\n version = \"1\"\n summary = \"s\"\n}}\n{jobs}"));
        Manifest::read(&sources, file).0
    }

    #[test]
    fn names_keep_uses_apart() {
        let (one, two) = (manifest("job \"a\" {}\n"), manifest("job \"a\" {}\njob \"b\" {}\n"));
        let id = |manifest: &Manifest, name: Option<&str>| Instance::new(manifest, name).unwrap().job_id("a");
        assert_eq!((id(&one, None), id(&one, Some("x"))), ("a".into(), "x".into()));
        assert_eq!((id(&two, None), id(&two, Some("x"))), ("a".into(), "x-a".into()));
        assert_eq!(Instance::new(&two, Some("x")).unwrap().mark(), "p/x");
        assert_eq!(Instance::new(&two, None).unwrap().mark(), "p");
        for bad in ["", "X", "a b", "-a", "a-", "1a", "a/b"] {
            assert!(Instance::new(&two, Some(bad)).is_err(), "{bad}");
        }
    }
}
