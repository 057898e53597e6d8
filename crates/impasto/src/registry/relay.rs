//! References behind which an option names the factory.

use super::Reference;

/// A reference whose section names what it means in one of its options: [`relay!`](crate::relay) writes one.
#[derive(Debug)]
pub struct Relay {
    reference: &'static str,
    option: &'static str,
}

impl Relay {
    /// What `relay!` calls.
    #[doc(hidden)]
    pub const fn new(reference: &'static str, option: &'static str) -> Relay {
        Relay { reference, option }
    }
}

/// The option that names what `reference` means, where there is one.
pub(super) fn option_of<'a>(
    relays: impl IntoIterator<Item = &'a Relay>,
    reference: &Reference<'_>,
) -> Option<&'static str> {
    let mut relays = relays.into_iter();
    let is_it = |relay: &&Relay| {
        Reference::registered(relay.reference).is_some_and(|own| own.means(reference))
    };
    relays.find(is_it).map(|relay| relay.option)
}
