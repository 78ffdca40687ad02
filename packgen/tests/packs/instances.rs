//! Every pack can be used twice in one namespace, and renders the same each time.

use std::collections::BTreeSet;
use std::sync::Arc;

use packgen::pack::{Builtin, Pack, Rendered, Request, docs};
use packgen::source::SourceMap;

fn rendered(builtin: Builtin, name: Option<&str>) -> Option<Rendered> {
    let sources = Arc::new(SourceMap::new());
    let (pack, _) =
        Pack::load(Arc::new(builtin), sources.clone()).map_err(|found| found.text(&sources)).unwrap();
    let request = Request { name: name.map(str::to_owned), open: true, ..Request::default() };
    let rendered = pack.render(&request).map_err(|found| found.text(&sources)).unwrap();
    if rendered.jobs.is_ok() { Some(rendered) } else { None }
}

/// What must be there once only: job ids, services, volumes, paths of secrets.
fn names(rendered: &Rendered) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for job in rendered.jobs.as_ref().unwrap() {
        names.insert(format!("job {}", job.id));
        let api = job.json().unwrap();
        for group in api["TaskGroups"].as_array().unwrap() {
            let tasks = group["Tasks"].as_array().unwrap();
            let services = std::iter::once(group)
                .chain(tasks)
                .filter_map(|holder| holder["Services"].as_array())
                .flatten();
            names.extend(services.map(|service| format!("service {}", service["Name"])));
        }
    }
    names.extend(rendered.volumes.iter().map(|volume| format!("volume {:?}", volume.called.as_str())));
    names.extend(
        rendered.secrets.iter().flat_map(|secret| &secret.paths).map(|(path, _)| format!("secrets {path}")),
    );
    names
}

#[test]
fn two_uses_of_a_pack_do_not_meet() {
    for builtin in Builtin::all() {
        let [Some(one), Some(two), Some(plain)] =
            [Some("one"), Some("two"), None].map(|name| rendered(builtin, name))
        else {
            continue;
        };
        let (one, two, plain) = (names(&one), names(&two), names(&plain));
        assert!(one.is_disjoint(&two), "{}: {:?}", builtin.name(), one.intersection(&two));
        assert!(one.is_disjoint(&plain), "{}: {:?}", builtin.name(), one.intersection(&plain));
        assert!(!one.is_empty());
    }
}

#[test]
fn a_render_is_the_same_each_time() {
    for builtin in Builtin::all() {
        let texts = || {
            let jobs = rendered(builtin, None).map(|rendered| rendered.jobs.unwrap()).unwrap_or_default();
            jobs.into_iter().map(|job| job.text.map_err(|why| why.to_string())).collect::<Vec<_>>()
        };
        assert_eq!(texts(), texts(), "{}", builtin.name());
    }
}

#[test]
fn no_variable_has_a_name_of_terraform() {
    let taken = [
        "count",
        "for_each",
        "provider",
        "lifecycle",
        "depends_on",
        "connection",
        "provisioner",
        "locals",
        "_",
    ];
    let common = [
        "name",
        "nomad",
        "namespace",
        "patch",
        "wait",
        "canary",
        "rollback_on_failure",
        "log_lines",
        "deletion_protection",
        "delete_data",
    ];
    for builtin in Builtin::all() {
        let sources = Arc::new(SourceMap::new());
        let (pack, _) = Pack::load(Arc::new(builtin), sources).unwrap();
        for variable in pack.variables() {
            let name = &*variable.name.value;
            assert!(!taken.contains(&name) && !common.contains(&name), "{}: {name}", builtin.name());
            assert!(variable.description.is_some(), "{}: {name} is not described", builtin.name());
        }
    }
}

#[test]
fn the_pages_of_packs_are_fresh() {
    for builtin in Builtin::all() {
        let sources = Arc::new(SourceMap::new());
        let (pack, _) = Pack::load(Arc::new(builtin), sources).unwrap();
        let page = pack.folder().read("README.md").unwrap().unwrap_or_default();
        let cure = format!("run `packgen docs --write packgen/packs/{}`", builtin.name());
        assert_eq!(str::from_utf8(&page).unwrap(), docs::readme(&pack).unwrap(), "{cure}");
    }
}
