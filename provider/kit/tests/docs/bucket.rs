//! A whole resource: ten attributes, a block, four verbs.

use std::collections::BTreeMap;

use kit::{Block, Computed, Cx, Private, Resource, Result, State, check};

use super::api::Api;

/// A bucket keeps objects under names.
#[derive(Block)]
pub struct Bucket {
    /// Its name, unique in the account.
    #[attr(force_new, check = check::dns_label)]
    pub name: String,
    /// Where it is; see [the regions](https://example.com/regions).
    #[attr(computed, force_new)]
    pub region: Option<String>,
    /// How many copies are kept of each object.
    #[attr(default = 2, check = check::between(1, 5))]
    pub copies: i64,
    /// Who may read: everybody, or only those who hold `<key>`.
    #[attr(default = "private", check = check::one_of(&["private", "public"]))]
    pub access: String,
    /// Words by which to find it.
    pub labels: Option<BTreeMap<String, String>>,
    /// Encrypts the objects.
    #[attr(write_only, sensitive)]
    pub passphrase: Option<String>,
    /// Raise it to send `passphrase` again.
    pub passphrase_version: Option<i64>,
    /// The largest object, in bytes.
    #[attr(deprecated = "Use a `rule` instead.")]
    pub largest: Option<u32>,
    /// The number that the service knows it by.
    #[attr(stable)]
    pub id: Computed<i64>,
    /// Where it is reached.
    pub url: Computed<String>,
    /// What happens to objects by and by.
    #[block(max = 10)]
    pub rule: BTreeMap<String, Rule>,
}

/// A rule.
#[derive(Block)]
pub struct Rule {
    /// Which objects, by the beginning of their names.
    pub prefix: String,
    /// After how many days they go.
    pub days: u16,
}

/// The resource `shop_bucket`.
pub struct Buckets;

impl Resource for Buckets {
    type Model = Bucket;
    const NAME: &'static str = "shop_bucket";

    async fn create(&self, cx: &Cx, planned: Bucket, state: &mut State<'_, Bucket>) -> Result<()> {
        state.record(&cx.provider::<Api>()?.put(planned)?);
        Ok(())
    }

    async fn read(&self, cx: &Cx, current: Bucket, _: &mut Private) -> Result<Option<Bucket>> {
        Ok(cx.provider::<Api>()?.get(current))
    }

    async fn update(&self, cx: &Cx, _: Bucket, planned: Bucket, state: &mut State<'_, Bucket>) -> Result<()> {
        state.record(&cx.provider::<Api>()?.put(planned)?);
        Ok(())
    }

    async fn delete(&self, cx: &Cx, prior: Bucket, _: &mut State<'_, Bucket>) -> Result<()> {
        Ok(cx.provider::<Api>()?.delete(&prior)?)
    }
}
