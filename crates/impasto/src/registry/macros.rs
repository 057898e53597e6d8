//! `register!`, `egg!`, `role!`, `absent!` and `relay!`.

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
///
/// A filter says what it may do besides (`may answer`, `may change_body`; see [`Effect`](crate::Effect)), which
/// `explain` and `reference` tell. And it may say where in a pipeline it belongs, and why; `check` warns of a line that has it
/// elsewhere. Others are named by what they are (`is`), by name or by reference; see [`Order`](crate::Order) for
/// the rules.
///
/// ```
/// # use impasto::{Filter, register};
/// # fn tag(_: ()) -> Filter { Filter::on_request(|_| std::ops::ControlFlow::Continue(())) }
/// register!(
///     "tag" => tag,
///     for "acme.filters:tag",
///     is "validator",
///     may answer change_body,
///     order [
///         after "compress", "encrypt": "it names the bytes before they are changed";
///         once: "the inner tag would be replaced";
///     ],
/// );
/// # fn main() {}
/// ```
#[macro_export]
macro_rules! register {
    ($($record:tt)+) => {
        $crate::__private::inventory::submit! { $crate::__factory!($($record)+) }
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

/// Says what factories are to others that say where they belong, though nothing linked provides them:
/// files of Python services keep their filters that have no counterpart yet.
///
/// ```
/// impasto::role!("authentication": "acme.auth:filter_factory", "egg:acme#auth");
/// # fn main() {}
/// ```
#[macro_export]
macro_rules! role {
    ($name:literal : $($reference:literal),+ $(,)?) => {
        $crate::__private::inventory::submit! { $crate::Role::new($name, &[$($reference),+]) }
    };
}

/// Says of references that nothing linked provides what whoever wrote them should know: why there is nothing, or
/// what does the same. A problem about such a reference has it as its help.
///
/// A line of the table has the reference, a tab, and the words behind the last tab; a reference that ends in `*` is
/// all that begin so. What begins with `#` is a comment. A factory that has the reference goes before the table.
///
/// ```
/// impasto::absent!("acme.legacy:*\tthe old API is gone\negg:acme#audit\tset `audit` of `log` instead\n");
/// # fn main() {
/// # let reference = impasto::Reference::Egg { package: "acme", name: "audit" };
/// # let problem = impasto::Registry::linked().find(impasto::Group::Filter, &reference).err().unwrap();
/// # assert_eq!(problem.problem("egg:acme#audit").help, ["set `audit` of `log` instead"]);
/// # }
/// ```
#[macro_export]
macro_rules! absent {
    ($table:expr) => {
        $crate::__private::inventory::submit! { $crate::Absent::new($table) }
    };
}

/// Says that a reference means whatever one of the options beside it names, as `module:attr`: some services have one
/// function for all their factories. A factory that has the reference itself goes before; the option is not among
/// the settings of the one that it names.
///
/// ```
/// impasto::relay!("acme.wsgi:filter_factory" => "acme.filter_factory");
/// # fn main() {}
/// ```
#[macro_export]
macro_rules! relay {
    ($reference:literal => $option:literal) => {
        $crate::__private::inventory::submit! { $crate::Relay::new($reference, $option) }
    };
}

/// The effect that `register!` calls by a word.
#[doc(hidden)]
#[macro_export]
#[rustfmt::skip]
macro_rules! __effect {
    (answer) => { $crate::Effect::Answer };
    (change_body) => { $crate::Effect::ChangeBody };
}

/// The rule that `register!` calls by a word.
#[doc(hidden)]
#[macro_export]
#[rustfmt::skip]
macro_rules! __order_rule {
    (before) => { $crate::OrderRule::Before };
    (after) => { $crate::OrderRule::After };
    (outermost) => { $crate::OrderRule::Outermost };
    (innermost) => { $crate::OrderRule::Innermost };
    (once) => { $crate::OrderRule::Once };
    (needs) => { $crate::OrderRule::Needs };
    (conflicts) => { $crate::OrderRule::Conflicts };
}

/// The record that `register!` submits. The closures capture nothing, so they are plain function
/// pointers: this is how a record that knows no type calls a function that does.
#[doc(hidden)]
#[macro_export]
macro_rules! __factory {
    (
        $name:expr => $factory:expr
        $(, for $($alias:literal),+)?
        $(, is $($role:literal),+)?
        $(, may $($effect:ident)+)?
        $(, order [$($rule:ident $($other:literal),* : $reason:literal);+ $(;)?])?
        $(,)?
    ) => {
        $crate::Factory::new(
            (::core::env!("CARGO_PKG_NAME"), $name),
            &[$($($alias),+)?],
            $crate::Location { file: ::core::file!(), line: ::core::line!() },
            $crate::__private::kind_of($factory),
            (
                &[$($($role),+)?],
                &[$($($crate::__effect!($effect)),+)?],
                &[$($($crate::Order {
                    rule: $crate::__order_rule!($rule),
                    others: &[$($other),*],
                    reason: $reason,
                }),+)?],
            ),
            || $crate::__private::known_of($factory),
            |options, loader| $crate::__private::call($factory, options, loader),
        )
    };
}
