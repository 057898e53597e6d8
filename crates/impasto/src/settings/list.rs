//! A value that is a list.

use serde::de::{DeserializeSeed, SeqAccess};

use super::attempt::Holder;
use super::error::Error;
use super::text::Text;

/// The items of a list: what white space, line ends and commas part.
pub(super) struct Items<'a> {
    text: &'a str,
    at: usize,
    holder: Option<Holder<'a>>,
}

impl<'a> Items<'a> {
    pub(super) fn of(text: &'a str, holder: Option<Holder<'a>>) -> Items<'a> {
        Items { text, at: 0, holder }
    }

    /// Whether there are `count` of them.
    pub(super) fn are(mut self, count: usize) -> bool {
        std::iter::from_fn(|| self.next_item()).take(count.saturating_add(1)).count() == count
    }

    /// The next item and where it begins.
    fn next_item(&mut self) -> Option<(usize, &'a str)> {
        let parts = |c: char| c == ',' || c.is_whitespace();
        let rest = self.text.get(self.at..)?;
        let start = self.at + rest.find(|c| !parts(c))?;
        let item = self.text[start..].split(parts).next()?;
        self.at = start + item.len();
        Some((start, item))
    }
}

impl<'de> SeqAccess<'de> for Items<'de> {
    type Error = Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Error> {
        let Some((start, item)) = self.next_item() else { return Ok(None) };
        let holder = self.holder.map(|holder| holder.item(start, item.len()));
        let value = seed.deserialize(Text { holder, ..Text::new(item) });
        value.map(Some).map_err(|error| error.of_item(start..start + item.len()))
    }
}
