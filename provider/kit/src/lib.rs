//! The kit: how a Terraform provider is written in Rust without knowing how Terraform talks to it.
//!
//! An author derives [`Block`] for a struct and writes a [`Resource`]'s four verbs; the [`engine`] does the rest:
//! schema, decoding, planning, state, documentation. The kit knows values and schemas. It must never know tonic,
//! HTTP, files, clocks or the environment.
//!
//! # A whole resource
//!
//! ```
//! use kit::{Block, Computed, Cx, Private, Resource, Result, State, check};
//!
//! /// A note on a board.
//! #[derive(Block)]
//! pub struct Note {
//!     /// The board it hangs on.
//!     #[attr(force_new, check = check::dns_label)]
//!     pub board: String,
//!     /// What it says.
//!     #[attr(default = "…")]
//!     pub text: String,
//!     /// Its colour; the board chooses one.
//!     #[attr(computed, check = check::one_of(&["yellow", "pink"]))]
//!     pub colour: Option<String>,
//!     /// What holds it.
//!     #[block(min = 1, max = 4)]
//!     pub pin: Vec<Pin>,
//!     /// The number that the board knows it by.
//!     #[attr(stable)]
//!     pub id: Computed<i64>,
//! }
//!
//! /// A pin.
//! #[derive(Block)]
//! pub struct Pin {
//!     /// How far from the left, in millimetres.
//!     pub left: u16,
//! }
//!
//! pub struct Notes;
//!
//! impl Resource for Notes {
//!     type Model = Note;
//!     const NAME: &'static str = "board_note";
//!
//!     async fn create(&self, cx: &Cx, mut planned: Note, state: &mut State<'_, Note>) -> Result<()> {
//!         let client = cx.provider::<Client>()?; // what the provider's `configure` returned
//!         planned.id.set(client.hang_up(&planned));
//!         state.record(&planned); // from here on, no error and no time limit loses it
//!         planned.colour.get_or_insert_with(|| "yellow".to_owned());
//!         state.record(&planned);
//!         Ok(())
//!     }
//!
//!     async fn read(&self, _: &Cx, current: Note, _: &mut Private) -> Result<Option<Note>> {
//!         Ok(Some(current)) // `None` once it is gone
//!     }
//!
//!     async fn update(&self, _: &Cx, _: Note, planned: Note, state: &mut State<'_, Note>) -> Result<()> {
//!         state.record(&planned);
//!         Ok(())
//!     }
//!
//!     async fn delete(&self, _: &Cx, _: Note, _: &mut State<'_, Note>) -> Result<()> {
//!         Ok(())
//!     }
//! }
//! # struct Client;
//! # impl Client { fn hang_up(&self, note: &Note) -> i64 { note.pin.len() as i64 } }
//! # use kit::engine::{Change, Proposal, ResourceEngine};
//! # use kit::{ProviderData, Value};
//! # let cx = Cx::new(ProviderData::Ready(std::sync::Arc::new(Client)), Default::default());
//! # let pin = Value::object([("left", Value::Number(3_i64.into()))]);
//! # let null = || Value::Null;
//! # let config = Value::object([("board", Value::string("b")), ("text", null()), ("colour", null()), ("id", null()),
//! #     ("pin", Value::List(vec![pin])), ("timeouts", null())]);
//! # let engine = ResourceEngine::new(&Notes);
//! # assert_eq!(engine.validate(config.clone(), true), []);
//! # let made = tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
//! #     let (prior, proposed, private) = (null(), config.clone(), Private::default());
//! #     let planned = engine.plan(&cx, Proposal { prior, proposed, config: config.clone(), private }).await.value.unwrap();
//! #     assert_eq!((planned.field("text"), planned.field("id")), (&Value::string("…"), &Value::UNKNOWN));
//! #     engine.apply(&cx, Change { prior: null(), planned, config, private: Private::default() }).await.value
//! # });
//! # assert_eq!((made.field("colour"), made.field("id")), (&Value::string("yellow"), &Value::Number(1_i64.into())));
//! ```

pub mod check;
pub mod docs;
pub mod engine;
pub mod model;
pub mod schema;

mod context;
mod data;
mod diagnostic;
mod ephemeral;
mod function;
mod number;
mod path;
mod provider;
mod resource;
mod ty;
mod value;

pub use context::{Cx, Limit, Private, ProviderData, Slot, State};
pub use data::{AnyDataSource, DataSource};
pub use diagnostic::{Diagnostic, Failure, Result, Severity};
pub use ephemeral::{AnyEphemeral, Ephemeral, Lease};
pub use function::{AnyFunction, CallError, Function, Signature};
/// Derives [`Block`](trait@Block) for a struct.
///
/// What the user reads has to be there, and what the user writes needs a name. So this does not compile:
///
/// ```compile_fail
/// /// A pin.
/// #[derive(kit::Block)]
/// struct Pin {
///     left: u16, // no `///`
/// }
/// ```
///
/// nor an enum:
///
/// ```compile_fail
/// /// A pin.
/// #[derive(kit::Block)]
/// enum Pin {
///     /// On the left.
///     Left,
/// }
/// ```
///
/// nor a struct without names:
///
/// ```compile_fail
/// /// A pin.
/// #[derive(kit::Block)]
/// struct Pin(u16);
/// ```
///
/// nor a field of a type that Terraform does not have:
///
/// ```compile_fail
/// /// A pin.
/// #[derive(kit::Block)]
/// struct Pin {
///     /// How long it has been there.
///     since: std::time::Instant,
/// }
/// ```
///
/// nor a setting that does not exist:
///
/// ```compile_fail
/// /// A pin.
/// #[derive(kit::Block)]
/// struct Pin {
///     /// How far from the left.
///     #[attr(forces_new)]
///     left: u16,
/// }
/// ```
///
/// This does:
///
/// ```
/// #![deny(warnings)]
/// /// A pin.
/// #[derive(kit::Block)]
/// pub struct Pin {
///     /// How far from the left.
///     #[attr(force_new)]
///     pub left: u16,
/// }
///
/// /// Nothing.
/// #[derive(kit::Block)]
/// pub struct Nothing {}
/// ```
pub use kit_derive::Block;
pub use model::{Attr, Block, Computed, Late, Nest};
pub use number::{Number, NumberError};
pub use path::{At, Path, Step};
pub use provider::{AnyProvider, Provider, Registry};
pub use resource::{AnyResource, BoxFuture, Moved, Plan, Resource, Timeouts};
pub use ty::Type;
pub use value::{Refinement, Value};

/// What a newcomer copies has to compile.
#[cfg(doctest)]
#[doc = include_str!("../../../CONTRIBUTING.md")]
struct Contributing;
