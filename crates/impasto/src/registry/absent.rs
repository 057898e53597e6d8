//! What is known of references that nothing provides.

use super::Reference;

/// A table of such references: [`absent!`](crate::absent) writes one.
#[derive(Debug)]
pub struct Absent {
    table: &'static str,
}

/// What a table says of a reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Said {
    /// Of this one.
    Exactly(&'static str),
    /// Of all that begin as it does.
    OfAll(&'static str),
}

impl Absent {
    /// What `absent!` calls.
    #[doc(hidden)]
    pub const fn new(table: &'static str) -> Absent {
        Absent { table }
    }

    fn rows(&self) -> impl Iterator<Item = (&'static str, &'static str)> + use<> {
        let lines = self.table.lines().filter(|line| !line.starts_with('#'));
        lines.filter_map(|line| Some((line.split('\t').next()?, line.rsplit('\t').next()?)))
    }
}

/// What the tables say of a reference.
pub(super) fn said_of<'a>(
    tables: impl IntoIterator<Item = &'a Absent>,
    reference: &Reference<'_>,
) -> Option<Said> {
    let text = reference.to_string();
    let mut of_all: Option<(usize, &str)> = None;
    for (known, words) in tables.into_iter().flat_map(Absent::rows) {
        if Reference::registered(known).is_some_and(|known| known.means(reference)) {
            return Some(Said::Exactly(words));
        }
        let Some(start) = known.strip_suffix('*') else { continue };
        if text.starts_with(start) && of_all.is_none_or(|(longest, _)| start.len() > longest) {
            of_all = Some((start.len(), words));
        }
    }
    of_all.map(|(_, words)| Said::OfAll(words))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_row_that_says_most_counts() {
        const TABLE: Absent = Absent::new(
            "# a comment\negg:Acme#audit\tno\tgone\nacme.*\tno\tall\nacme.api.*\tno\tits API\n\
             acme.api:app\topen\tthis one\n",
        );
        let said = |text| said_of([&TABLE], &Reference::registered(text).unwrap());
        for (reference, expected) in [
            ("egg:acme#audit", Some(Said::Exactly("gone"))),
            ("acme.api:app", Some(Said::Exactly("this one"))),
            ("acme.api.v2:app", Some(Said::OfAll("its API"))),
            ("acme.auth:app", Some(Said::OfAll("all"))),
            ("acme:app", None),
            ("egg:acme#other", None),
        ] {
            assert_eq!(said(reference), expected, "{reference}");
        }
    }
}
