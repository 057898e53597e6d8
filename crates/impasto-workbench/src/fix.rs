//! Files as what is known of their problems puts them right.

use std::sync::Arc;

use impasto::{Edit, Problems, Source};

/// A file, and what it says once some of its problems are put right.
#[derive(Debug)]
pub struct Fixed {
    /// The file as it was read.
    pub source: Arc<Source>,
    /// Its text without them.
    pub text: String,
    /// How many problems that puts right.
    pub problems: usize,
}

/// Puts right what can be put right [without a doubt](impasto::Problem::fix). Where two problems want to change the
/// same words, the first does; the other is to be found again, if it is still there.
pub fn fix(problems: &Problems) -> Vec<Fixed> {
    let mut files: Vec<(Arc<Source>, Vec<Edit>, usize)> = Vec::new();
    for problem in problems.iter() {
        let edits = problem.fix();
        let Some(source) = only_source(&edits) else { continue };
        let known = files.iter().position(|(known, ..)| Arc::ptr_eq(known, source));
        let at = known.unwrap_or_else(|| {
            files.push((Arc::clone(source), Vec::new(), 0));
            files.len() - 1
        });
        let (_, taken, count) = &mut files[at];
        if edits.iter().all(|edit| taken.iter().any(|known| is_same(known, edit))) {
            *count += 1;
        } else if !edits.iter().any(|edit| taken.iter().any(|known| overlaps(known, edit))) {
            *count += 1;
            taken.extend(edits);
        }
    }
    files.into_iter().map(|(source, edits, problems)| applied(source, edits, problems)).collect()
}

/// The file that all of these are in; none for no edits.
fn only_source(edits: &[Edit]) -> Option<&Arc<Source>> {
    let (first, rest) = edits.split_first()?;
    let source = first.place.source();
    rest.iter().all(|edit| Arc::ptr_eq(edit.place.source(), source)).then_some(source)
}

fn is_same(one: &Edit, other: &Edit) -> bool {
    one.place.span() == other.place.span() && one.text == other.text
}

fn overlaps(one: &Edit, other: &Edit) -> bool {
    let (one, other) = (one.place.span(), other.place.span());
    one.start < other.end && other.start < one.end || one == other
}

fn applied(source: Arc<Source>, mut edits: Vec<Edit>, problems: usize) -> Fixed {
    edits.sort_by_key(|edit| std::cmp::Reverse(edit.place.span().start));
    let mut text = source.text().to_owned();
    for edit in edits {
        text.replace_range(edit.place.span(), &edit.text);
    }
    Fixed { source, text, problems }
}

#[cfg(test)]
mod tests {
    use impasto::{Code, Place, Problem};

    use super::*;

    #[test]
    fn names_are_put_right_and_doubts_are_left() {
        let source = Source::new("a.ini", "pipeline = crs proxi app");
        let missing = |span, name, known: &[&'static str]| {
            Problem::error(Code::MissingSection, name)
                .at(Place::new(&source, span))
                .suggest(name, known.iter().copied())
        };
        let problems = Problems(vec![
            missing(11..14, "crs", &["cors", "proxy"]),
            missing(11..14, "crs", &["cars"]),
            missing(15..20, "proxi", &["proxy", "proxo"]),
            Problem::error(Code::BadValue, "no help"),
        ]);
        let fixed = fix(&problems);
        assert_eq!(fixed.len(), 1);
        assert_eq!((fixed[0].text.as_str(), fixed[0].problems), ("pipeline = cors proxi app", 1));
    }
}
