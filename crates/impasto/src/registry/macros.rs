//! `register!` and `egg!`.

/// Registers a factory under a name.
///
/// The factory is a function from its settings to what it makes: an [`App`](crate::App), a
/// [`Filter`](crate::Filter), a type that implements [`Serve`](crate::Serve), or an
/// [`anyhow::Result`] of one of them. A composite takes `&CompositeLoader` as its second argument and
/// loads other apps through it. The settings are a struct that implements `Deserialize` and
/// `JsonSchema`, or `()` for a factory without settings.
///
/// A file then names it `egg:CRATE#NAME`. What stands behind `for` are foreign references that mean
/// this factory too, as `module:attr` or `egg:PACKAGE#NAME`, so that a file written for Python
/// factories loads unchanged.
///
/// ```
/// use impasto::{Filter, register};
/// use schemars::JsonSchema;
/// use serde::Deserialize;
///
/// /// Says which software answers.
/// #[derive(Deserialize, JsonSchema)]
/// #[serde(default)]
/// struct Banner {
///     /// The value of the `Server` header.
///     text: String,
/// }
///
/// impl Default for Banner {
///     fn default() -> Banner {
///         Banner { text: "impasto".to_owned() }
///     }
/// }
///
/// fn banner(settings: Banner) -> anyhow::Result<Filter> {
///     let text: http::HeaderValue = settings.text.parse()?;
///     Ok(Filter::on_response(move |_, response| {
///         response.headers_mut().insert("server", text.clone());
///     }))
/// }
///
/// register!("banner" => banner, for "acme.filters:Banner.factory", "egg:acme#banner");
/// # fn main() {
/// # let reference = impasto::Reference::Egg { package: "acme", name: "banner" };
/// # let found = impasto::Registry::linked().find(impasto::Group::Filter, &reference).unwrap();
/// # assert_eq!(found.summary(), "Says which software answers.");
/// # }
/// ```
#[macro_export]
macro_rules! register {
    ($name:expr => $factory:expr $(, for $($alias:expr),+)? $(,)?) => {
        $crate::__private::inventory::submit! {
            $crate::__factory!($name => $factory $(, for $($alias),+)?)
        }
    };
}

/// Names a crate as files name it: its factories are `egg:NAME#...` too, not only
/// `egg:CRATE#...`. Several crates may share a name, as long as their factories differ.
///
/// ```
/// impasto::egg!("acme");
/// # fn main() {}
/// ```
#[macro_export]
macro_rules! egg {
    ($name:expr) => {
        $crate::__private::inventory::submit! {
            $crate::Egg::new(
                ::core::env!("CARGO_PKG_NAME"),
                $name,
                $crate::Location { file: ::core::file!(), line: ::core::line!() },
            )
        }
    };
}

/// The record that `register!` submits. The closures capture nothing, so they are plain function
/// pointers: this is how a record that knows no type calls a function that does.
#[doc(hidden)]
#[macro_export]
macro_rules! __factory {
    ($name:expr => $factory:expr $(, for $($alias:expr),+)?) => {
        $crate::Factory::new(
            (::core::env!("CARGO_PKG_NAME"), $name),
            &[$($($alias),+)?],
            $crate::Location { file: ::core::file!(), line: ::core::line!() },
            $crate::__private::kind_of($factory),
            (|| $crate::__private::schema_of($factory), || $crate::__private::spellings_of($factory)),
            |options, loader| $crate::__private::call($factory, options, loader),
        )
    };
}
