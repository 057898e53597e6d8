//! What a factory returns, and the shapes a factory may have.

use std::any::Any;

use schemars::JsonSchema;
use serde::de::DeserializeOwned;

use super::Kind;
use crate::compose::{App, BoxFuture, Filter};
use crate::loader::CompositeLoader;

/// What a factory made.
pub enum Made {
    /// An app, by an app or composite factory.
    App(App),
    /// A filter.
    Filter(Filter),
    /// A server.
    Server(Box<dyn Serve>),
}

/// What a server factory makes: something that serves one app until it is told to stop.
///
/// A program that knows its servers asks for more than this by upcasting to [`Any`].
pub trait Serve: Any + Send + Sync {
    /// Serves `app`. Fails when it cannot begin to; what goes wrong later is the server's own to
    /// handle.
    fn serve(&self, app: App) -> BoxFuture<'static, anyhow::Result<()>>;
}

/// An [`App`], a [`Filter`] or something that can [`Serve`].
#[diagnostic::on_unimplemented(
    message = "a factory cannot make `{Self}`",
    label = "make an `App`, a `Filter`, a type that implements `Serve`, or an `anyhow::Result` of one"
)]
pub trait Product: Sized {
    /// The kind of factory that makes it.
    const KIND: Kind;

    /// Forgets which it is.
    fn into_made(self) -> Made;
}

impl Product for App {
    const KIND: Kind = Kind::App;

    fn into_made(self) -> Made {
        Made::App(self)
    }
}

impl Product for Filter {
    const KIND: Kind = Kind::Filter;

    fn into_made(self) -> Made {
        Made::Filter(self)
    }
}

impl<S: Serve> Product for S {
    const KIND: Kind = Kind::Server;

    fn into_made(self) -> Made {
        Made::Server(Box::new(self))
    }
}

/// A [`Product`], or an [`anyhow::Result`] of one.
#[diagnostic::on_unimplemented(
    message = "a factory cannot return `{Self}`",
    label = "return an `App`, a `Filter`, a type that implements `Serve`, or an `anyhow::Result` of one"
)]
pub trait IntoProduct {
    /// What there is when nothing went wrong.
    type Product: Product;

    /// The product, or what went wrong.
    fn into_product(self) -> anyhow::Result<Self::Product>;
}

impl<P: Product> IntoProduct for P {
    type Product = P;

    fn into_product(self) -> anyhow::Result<P> {
        Ok(self)
    }
}

impl<P: Product> IntoProduct for anyhow::Result<P> {
    type Product = P;

    fn into_product(self) -> anyhow::Result<P> {
        self
    }
}

/// A function that [`register!`](crate::register) takes.
///
/// `Arguments` is found by the compiler; it tells the two shapes apart. A function of another shape
/// is refused in these words:
///
/// ```compile_fail,E0277
/// fn half_a_factory(_: ()) -> u8 {
///     0
/// }
///
/// impasto::register!("half" => half_a_factory); // `half_a_factory` is not a factory
/// # fn main() {}
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a factory",
    label = "not a factory",
    note = "a factory is a function from settings to what it makes: `fn(Settings) -> App`, \
            or with `Filter`, a type that implements `Serve`, or an `anyhow::Result` of one of these",
    note = "an app made of other apps takes a loader too: `fn(Settings, &CompositeLoader) -> App`",
    note = "the settings are `()` or a struct that implements `serde::Deserialize` and `schemars::JsonSchema`"
)]
pub trait FactoryFn<Arguments> {
    /// What it is made from.
    type Settings: DeserializeOwned + JsonSchema + 'static;

    /// The kind of factory it is.
    const KIND: Kind;

    /// Calls it.
    fn call(&self, settings: Self::Settings, loader: &CompositeLoader) -> anyhow::Result<Made>;
}

impl<F, S, O> FactoryFn<(S,)> for F
where
    F: Fn(S) -> O,
    S: DeserializeOwned + JsonSchema + 'static,
    O: IntoProduct,
{
    type Settings = S;

    const KIND: Kind = O::Product::KIND;

    fn call(&self, settings: S, _: &CompositeLoader) -> anyhow::Result<Made> {
        self(settings).into_product().map(Product::into_made)
    }
}

impl<F, S, O> FactoryFn<(S, &CompositeLoader)> for F
where
    F: Fn(S, &CompositeLoader) -> O,
    S: DeserializeOwned + JsonSchema + 'static,
    O: IntoProduct<Product = App>,
{
    type Settings = S;

    const KIND: Kind = Kind::Composite;

    fn call(&self, settings: S, loader: &CompositeLoader) -> anyhow::Result<Made> {
        self(settings, loader).into_product().map(Product::into_made)
    }
}
