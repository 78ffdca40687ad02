//! The documentation as users see it, and a whole resource as an author writes it.
#![expect(clippy::unwrap_used, reason = "what helps a test fails as the test does")]

mod api;
mod bucket;
mod faults;
mod shop;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use kit::engine::{Applied, Change, Proposal, ResourceEngine};
use kit::{Block, Cx, Private, ProviderData, Registry, Value, docs};
use tokio_util::sync::CancellationToken;

use api::Api;
use bucket::{Bucket, Buckets};

static SHOP: Registry = Registry {
    address: "example/shop",
    version: "1.2.3",
    doc: "Everything a shop needs.\n\nBuckets, mostly.",
    provider: &shop::Shop,
    resources: &[&Buckets, &shop::Shelves],
    data_sources: &[&shop::Prices],
    functions: &[&shop::Discount],
    ephemerals: &[&shop::Keys],
};

fn example(path: &str) -> Option<String> {
    let text = match path {
        "provider/provider.tf" => "provider \"shop\" {\n  endpoint = \"https://shop.example.com\"\n}\n",
        "resources/shop_bucket/resource.tf" => "resource \"shop_bucket\" \"logs\" {\n  name = \"logs\"\n}\n",
        "resources/shop_bucket/import.sh" => "terraform import shop_bucket.logs logs\n",
        "resources/shop_bucket/import.tf" => "import {\n  to = shop_bucket.logs\n  id = \"logs\"\n}\n",
        "functions/discount/function.tf" => {
            "output \"less\" {\n  value = provider::shop::discount(10, null)\n}\n"
        }
        _ => return None,
    };
    Some(text.to_owned())
}

#[test]
fn pages_are_laid_out_as_the_registry_wants_them() {
    let pages = docs::pages(&SHOP, &example);
    let paths: Vec<&str> = pages.keys().map(String::as_str).collect();
    let expected = [
        "data-sources/price.md",
        "ephemeral-resources/key.md",
        "functions/discount.md",
        "index.md",
        "resources/bucket.md",
        "resources/shelf.md",
    ];
    assert_eq!(paths, expected);
    for (path, page) in pages {
        insta::assert_snapshot!(path.replace('/', "_"), page);
    }
}

#[test]
fn pages_are_the_same_to_the_byte_and_their_links_lead_somewhere() {
    let pages = docs::pages(&SHOP, &example);
    assert_eq!(pages, docs::pages(&SHOP, &example));
    for (path, page) in pages {
        let named = |start: &str, end: char| -> BTreeSet<String> {
            page.split(start).skip(1).map(|rest| rest.split(end).next().unwrap().to_owned()).collect()
        };
        assert_eq!(named("](#", ')'), named("<a id=\"", '"'), "{path}");
        assert_eq!(page.matches("<a id=").count(), named("<a id=\"", '"').len(), "{path}");
        assert!(page.ends_with('\n') && !page.contains(" \n"), "{path}");
    }
}

#[test]
fn a_resource_of_ten_attributes_fits_on_a_page() {
    let source = include_str!("bucket.rs");
    assert!(source.lines().count() <= 80, "{} lines", source.lines().count());
    let block = Bucket::block();
    assert_eq!((block.attributes.len(), block.blocks.len()), (10, 1));
    for name in block.attributes.iter().map(|a| &a.name).chain(block.blocks.iter().map(|n| &n.name)) {
        assert_eq!(source.matches(&format!("pub {name}: ")).count(), 1, "{name} is said once");
    }
}

/// The bucket's life with one service behind it.
struct Life {
    engine: ResourceEngine,
    api: Arc<Api>,
}

impl Life {
    fn cx(&self) -> Cx {
        Cx::new(ProviderData::Ready(Arc::<Api>::clone(&self.api)), CancellationToken::new())
    }

    fn apply(&self, prior: &Value, config: &Value) -> Applied {
        let proposed = config.clone();
        let config = config.clone();
        let proposal =
            Proposal { prior: prior.clone(), proposed, config: config.clone(), private: Private::default() };
        let planned = now(self.engine.plan(&self.cx(), proposal)).value.unwrap();
        let change = Change { prior: prior.clone(), planned, config, private: Private::default() };
        now(self.engine.apply(&self.cx(), change))
    }
}

fn now<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
}

fn named(name: &str) -> Value {
    let block = Bucket::block();
    let attributes = block.attributes.iter().map(|a| (a.name.to_string(), Value::Null));
    let mut fields: BTreeMap<String, Value> = attributes.collect();
    fields.insert("rule".into(), Value::Map(BTreeMap::new()));
    fields.insert("name".into(), Value::string(name));
    Value::Map(fields)
}

#[test]
fn the_example_lives() {
    let life = Life { engine: ResourceEngine::new(&Buckets), api: Arc::default() };
    let made = life.apply(&Value::Null, &named("logs"));
    assert_eq!(made.diagnostics, []);
    assert_eq!(made.value.field("url"), &Value::string("https://logs.example.com"));
    let again = life.apply(&made.value, &named("logs"));
    assert_eq!(again.value, made.value);
    let looked = now(life.engine.read(&life.cx(), made.value.clone(), Private::default()));
    assert_eq!(looked.value, made.value);
    let gone = life.apply(&made.value, &Value::Null);
    assert_eq!((gone.value, gone.diagnostics), (Value::Null, vec![]));
    let looked = now(life.engine.read(&life.cx(), made.value, Private::default()));
    assert_eq!(looked.value, Value::Null);
    assert_eq!(life.apply(&Value::Null, &named("taken")).diagnostics[0].summary, "Bucket exists");
}
