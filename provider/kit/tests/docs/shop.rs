//! One of everything else that a provider can offer, with what is hard to write down.

use std::collections::{BTreeMap, BTreeSet};

use kit::{
    Block, CallError, Computed, Cx, DataSource, Ephemeral, Function, Lease, Number, Private, Provider,
    Resource, Result, State, Timeouts, Value, check,
};

use super::api::Api;

/// Where the shop is.
#[derive(Block)]
pub struct Settings {
    /// The address of the shop. Also `SHOP_ENDPOINT`.
    pub endpoint: Option<String>,
    /// The key to it.
    #[attr(sensitive)]
    pub key: Option<String>,
}

/// The provider.
pub struct Shop;

impl Provider for Shop {
    type Config = Settings;
    type Data = Api;

    async fn configure(&self, _: &Cx, _: Settings) -> Result<Api> {
        Ok(Api::default())
    }
}

/// A shelf *holds* things.
///
/// It is said that <nobody> knows how many.
#[derive(Block)]
#[block(deprecated = "Use `shop_bucket` instead.")]
pub struct Shelf {
    /// What is written on it.
    ///
    /// - not more than a word
    /// - or two
    ///
    /// ```text
    /// <word>
    /// ```
    #[attr(default = "`${a}` \"b\"", check = check::one_of(&["`${a}` \"b\"", "c"]))]
    pub sign: String,
    /// Anything at all.
    pub anything: Option<Value>,
    /// How it is fixed.
    pub fixing: Option<Fixing>,
    /// Where it ended up,
    /// - by row
    #[attr(stable)]
    pub places: Computed<BTreeMap<String, Vec<Place>>>,
    /// Its light.
    #[block]
    pub light: Option<Light>,
    /// Its boards, from the top.
    #[block(min = 1, max = 9)]
    pub board: Vec<Board>,
}

/// How something is fixed.
#[derive(Block)]
pub struct Fixing {
    /// Its strength.
    #[attr(check = check::between(1, 9))]
    pub strength: i64,
    /// Its colour; `null` for none.
    pub colour: Option<String>,
}

/// A place.
#[derive(Block)]
pub struct Place {
    /// The row.
    pub row: u16,
}

/// A light.
#[derive(Block)]
pub struct Light {
    /// How bright it is.
    #[attr(default = 0.5)]
    pub brightness: Number,
}

/// A board.
#[derive(Block)]
pub struct Board {
    /// How wide.
    #[attr(force_new)]
    pub width: u32,
    /// What lies on it.
    #[attr(default = Vec::<String>::new())]
    pub things: Vec<String>,
    /// Hooks under it.
    #[block(set, force_new)]
    pub hook: Vec<Hook>,
}

/// A hook.
#[derive(Block)]
#[block(deprecated = "Nails are better.")]
pub struct Hook {
    /// Its sizes.
    #[attr(computed)]
    pub sizes: Option<BTreeSet<i64>>,
}

/// The resource `shop_shelf`.
pub struct Shelves;

impl Resource for Shelves {
    type Model = Shelf;
    const NAME: &'static str = "shop_shelf";
    const TIMEOUTS: Timeouts = Timeouts { create: "90s", ..Timeouts::USUAL };

    async fn create(&self, _: &Cx, planned: Shelf, state: &mut State<'_, Shelf>) -> Result<()> {
        state.record(&planned);
        Ok(())
    }

    async fn read(&self, _: &Cx, current: Shelf, _: &mut Private) -> Result<Option<Shelf>> {
        Ok(Some(current))
    }

    async fn update(&self, _: &Cx, _: Shelf, planned: Shelf, state: &mut State<'_, Shelf>) -> Result<()> {
        state.record(&planned);
        Ok(())
    }

    async fn delete(&self, _: &Cx, _: Shelf, _: &mut State<'_, Shelf>) -> Result<()> {
        Ok(())
    }
}

/// What something costs.
#[derive(Block)]
pub struct Price {
    /// What.
    pub article: String,
    /// How much.
    pub price: Computed<Number>,
}

/// The data source `shop_price`.
pub struct Prices;

impl DataSource for Prices {
    type Model = Price;
    const NAME: &'static str = "shop_price";

    async fn read(&self, _: &Cx, price: &mut Price) -> Result<()> {
        price.price.set(i64::try_from(price.article.len()).unwrap_or(0));
        Ok(())
    }
}

/// Takes something off a price.
///
/// Never more than all of it.
#[derive(Block)]
pub struct Discounted {
    /// The price.
    pub price: Number,
    /// How many per cent.
    #[attr(check = check::between(0, 100))]
    pub percent: Option<i64>,
}

/// The function `discount`.
pub struct Discount;

impl Function for Discount {
    type Parameters = Discounted;
    type Output = Vec<Number>;
    const NAME: &'static str = "discount";

    fn call(&self, arguments: Discounted) -> Result<Vec<Number>, CallError> {
        Ok(vec![arguments.price])
    }
}

/// A key that fits for a while.
#[derive(Block)]
pub struct Key {
    /// The key.
    #[attr(sensitive)]
    pub key: Computed<String>,
}

/// The ephemeral resource `shop_key`.
pub struct Keys;

impl Ephemeral for Keys {
    type Model = Key;
    const NAME: &'static str = "shop_key";

    async fn open(&self, _: &Cx, key: &mut Key) -> Result<Lease> {
        key.key.set("sesame");
        Ok(Lease::default())
    }

    async fn close(&self, _: &Cx, _: Private) -> Result<()> {
        Ok(())
    }
}
