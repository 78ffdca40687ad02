//! packgen turns packs and jobspecs written in Nomad's HCL into jobs, and says where they are wrong.
//!
//! A library first: it reads no environment, talks to no network and prints nothing. What it finds out
//! is a value or a [`source::Diagnostic`]; the command line and the provider decide what to do with it.
//!
//! What a user of the library needs, on one screen:
//!
//! ```
//! use std::sync::Arc;
//! use packgen::hcl::variables::{Inputs, Layer, Source};
//! use packgen::hcl::{Type, Value};
//! use packgen::pack::{Builtin, Pack, Request};
//! use packgen::source::SourceMap;
//!
//! // A pack: a built-in one, or `Disk::open(path)`. All findings point into `sources`.
//! let sources = Arc::new(SourceMap::new());
//! let builtin = Builtin::find("static_site").ok_or("no such pack")?;
//! let (pack, warnings) = Pack::load(Arc::new(builtin), sources.clone()).map_err(|found| found.text(&sources))?;
//! assert!(warnings.is_empty());
//!
//! // What it can be told: name, type, default, description, sensitive, rules. Secrets, volumes, outputs: `manifest()`.
//! assert!(pack.variables().iter().any(|variable| &*variable.name.value == "domains"));
//! assert_eq!(&*pack.manifest().secrets[0].name.value, "password");
//!
//! // Rendering. Values may be unknown: what does not depend on them is known all the same.
//! let values = [("instances".to_owned(), Value::from(3)), ("cache".to_owned(), Value::unknown(Type::String, "var.cache"))];
//! let inputs = Inputs::default().with(Layer::values(Source::Provider, values));
//! let request = Request { name: Some("docs".to_owned()), inputs, ..Request::default() };
//! let rendered = pack.render(&request).map_err(|found| found.text(&sources))?;
//!
//! // Which jobs there are, or why that is not known yet; each with its text, or why that is not known yet.
//! let jobs = rendered.jobs.map_err(|why| why.to_string())?;
//! assert_eq!(jobs[0].id, "docs");
//! assert_eq!(jobs[0].text.as_ref().map_err(|why| why.to_string()), Err("var.cache".to_owned()));
//! # Ok::<(), String>(())
//! ```
//!
//! With everything known, `jobs[0].text` is the jobspec and `jobs[0].json()` what Nomad's API takes.
//! [`jobspec::bare`] reads a bare jobspec, [`jobspec::validate`] judges it, [`jobspec::format()`] lays it out.

pub mod hcl;
pub mod jobspec;
pub mod lasting;
pub mod pack;
pub mod parallel;
pub mod source;
pub mod tree;
