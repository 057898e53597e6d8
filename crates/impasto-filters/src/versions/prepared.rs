//! Documents that are written beforehand, but for the address that their links begin with.

use serde_json::{Value, json};

/// The text of a document, cut where that address belongs.
pub(super) struct Prepared(Vec<String>);

/// Stands for the address; no setting has it.
const ADDRESS: &str = "\u{0}address\u{0}";

impl Prepared {
    /// What `document` makes of an address.
    pub(super) fn of(document: impl Fn(&str) -> Value) -> Prepared {
        let text = document(ADDRESS).to_string();
        Prepared(text.split(&*escaped(ADDRESS)).map(str::to_owned).collect())
    }

    /// The text for this address.
    pub(super) fn with(&self, address: &str) -> String {
        self.0.join(&escaped(address))
    }
}

/// A text as it is within JSON's quotes.
fn escaped(text: &str) -> String {
    let quoted = json!(text).to_string();
    quoted.get(1..quoted.len() - 1).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_prepared_is_what_would_be_written() {
        let document = |address: &str| json!({"a": [format!("{address}/v1"), address], "b": "x"});
        let prepared = Prepared::of(document);
        for address in ["", "http://a.example:80/x", "a\"b\\c\u{e9}"] {
            assert_eq!(prepared.with(address), document(address).to_string());
        }
    }
}
