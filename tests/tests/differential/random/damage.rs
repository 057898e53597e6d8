//! Small changes to the bytes of a file.

use proptest::prelude::*;
use proptest::sample::{Index, select};

/// A small change to the bytes of a file.
#[derive(Clone, Debug)]
pub(crate) enum Damage {
    Insert(Index, &'static str),
    Replace(Index, &'static str),
    Delete(Index, usize),
    Repeat(Index, usize),
}

pub(crate) fn damage() -> impl Strategy<Value = Damage> {
    let text = select(
        &[
            "[",
            "]",
            "=",
            ":",
            "%",
            "(",
            ")",
            "%(x)s",
            "#",
            ";",
            "\n",
            "\r",
            " ",
            "\n ",
            "\n\n",
            "\t",
            "\0",
            "é",
            "\u{a0}",
            "\u{2028}",
            "\u{feff}",
            "set ",
            "get ",
            "DEFAULT",
            "[DEFAULT]\n",
            "\u{1c}",
        ][..],
    );
    prop_oneof![
        4 => (any::<Index>(), text.clone()).prop_map(|(at, text)| Damage::Insert(at, text)),
        2 => (any::<Index>(), text).prop_map(|(at, text)| Damage::Replace(at, text)),
        2 => (any::<Index>(), 1..6_usize).prop_map(|(at, length)| Damage::Delete(at, length)),
        1 => (any::<Index>(), 1..30_usize).prop_map(|(at, length)| Damage::Repeat(at, length)),
    ]
}

impl Damage {
    pub(crate) fn done_to(mut bytes: Vec<u8>, damage: &Damage) -> Vec<u8> {
        let (Damage::Insert(at, _)
        | Damage::Replace(at, _)
        | Damage::Delete(at, _)
        | Damage::Repeat(at, _)) = damage;
        let at = at.index(bytes.len() + 1);
        let until = |length: usize| (at + length).min(bytes.len());
        match damage {
            Damage::Insert(_, text) => drop(bytes.splice(at..at, text.bytes())),
            Damage::Replace(_, text) => drop(bytes.splice(at..until(1), text.bytes())),
            Damage::Delete(_, length) => drop(bytes.drain(at..until(*length))),
            Damage::Repeat(_, length) => {
                let again = bytes[at..until(*length)].to_vec();
                drop(bytes.splice(at..at, again));
            }
        }
        bytes
    }
}
