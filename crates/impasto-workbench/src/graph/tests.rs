use super::layout::{Area, Layout};
use super::*;

const FILE: &str = "\
[composite:main]
use = egg:Paste#urlmap
/ = home
/a = inner
/b = piped
[composite:inner]
use = egg:Paste#urlmap
/1 = home
/2 = home
/3 = none
[pipeline:piped]
pipeline = one two inner
[filter:one]
use = egg:acme#one
[filter:two]
use = egg:acme#two
[app:home]
use = egg:acme#home
[app:other]
use = egg:acme#other
";

fn graph(app: Option<&str>) -> Graph {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("x.ini");
    std::fs::write(&path, FILE).unwrap();
    Graph::of(&Loader::open(&path).unwrap(), app).unwrap()
}

fn overlap(one: &Area, other: &Area) -> bool {
    one.x < other.x + other.width
        && other.x < one.x + one.width
        && one.y < other.y + other.height
        && other.y < one.y + one.height
}

#[test]
fn no_card_lies_on_another() {
    let layout = Layout::of(&graph(None));
    for (at, one) in layout.areas.iter().enumerate() {
        assert!(one.x >= 0.0 && one.y >= 0.0);
        assert!(one.x + one.width <= layout.width && one.y + one.height <= layout.height);
        assert!(layout.areas[..at].iter().all(|other| !overlap(one, other)));
    }
}

#[test]
fn a_card_lies_right_of_the_one_that_leads_to_it() {
    let graph = graph(None);
    let layout = Layout::of(&graph);
    for (at, card) in graph.cards.iter().enumerate() {
        let Some(parent) = card.parent else { continue };
        let (own, parent) = (layout.areas[at], layout.areas[parent]);
        assert!(own.x > parent.x + parent.width + layout.labels[card.depth]);
    }
}

#[test]
fn ways_begin_at_main_and_where_nothing_leads() {
    let graph = graph(None);
    let names: Vec<_> = graph.roots().map(|root| &*graph.cards[root].rows[0].name).collect();
    assert_eq!(names, ["main", "other"]);
}

#[test]
fn what_is_written_in_a_file_cannot_leave_its_place() {
    assert_eq!(crate::shown::xml("a\nb<"), "a\\nb&lt;");
    let svg = Graph { title: "</title><script>".to_owned(), cards: Vec::new() };
    assert!(!svg.to_svg().contains("<script>"));
}
