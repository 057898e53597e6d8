//! Filters that say where they belong.

use impasto::{App, Code, Exchange, Filter, Loader, Problem, Response, register, role};

async fn empty(_: &mut Exchange) -> Response {
    Response::default()
}

fn nothing(_: ()) -> Filter {
    Filter::on_response(|_, _| {})
}

register!("empty" => |_: ()| App::from_fn(empty));
register!("plain" => nothing);
register!("outer" => nothing, order [outermost: "it sees all"]);
register!("too" => nothing, order [outermost: "it sees all, too"]);
register!("inner" => nothing, order [innermost: "it sees what the app sees"]);
register!("login" => nothing, for "acme:login", is "authentication");
register!("cross" => nothing, order [
    before "authentication", "shrink": "they must not see it";
    after "acme:first", "egg:acme#second": "it needs what they add";
    once: "two are one too many";
]);
register!("shrink" => nothing);
register!("needy" => nothing, order [needs "plain", "authentication": "it reads who came"]);
register!("rival" => nothing, order [conflicts "acme:login": "there is one user"]);
register!("chicken" => nothing, order [before "hen": "it hatches from her eggs"]);
register!("hen" => nothing, order [before "chicken": "she was one"]);
role!("authentication": "acme.foreign:login", "egg:acme#log-in");

/// What `check` says of the order in a file with these sections, and a section for each factory.
fn check(sections: &str) -> Vec<Problem> {
    let names = [
        "plain", "outer", "too", "inner", "login", "cross", "shrink", "needy", "rival", "chicken",
        "hen",
    ];
    let own = names.map(|name| format!("[filter:{name}]\nuse = egg:impasto#{name}\n")).concat();
    let foreign = "[filter:foreign]\npaste.filter_factory = acme.foreign:login\n\
        [filter:first]\npaste.filter_factory = acme:first\n\
        [filter:second]\nuse = egg:Acme#second\n\
        [app:empty]\nuse = egg:impasto#empty\n";
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("api-paste.ini");
    std::fs::write(&path, format!("{sections}\n{own}{foreign}")).unwrap();
    let problems = Loader::open(&path).unwrap().check();
    let is_order = |problem: &Problem| {
        matches!(
            problem.code,
            Code::WrongOrder | Code::RepeatedFilter | Code::LonelyFilter | Code::ConflictingFilters
        )
    };
    problems.into_iter().filter(is_order).collect()
}

fn told(problems: &[Problem]) -> Vec<&str> {
    problems.iter().map(|problem| problem.message.as_str()).collect()
}

fn of_line(line: &str) -> Vec<Problem> {
    check(&format!("[pipeline:main]\npipeline = {line} empty\n"))
}

/// The file as its fixes leave it.
fn fixed(line: &str) -> String {
    let mut edits = of_line(line).into_iter().next().expect("a problem").fix();
    edits.sort_by_key(|edit| std::cmp::Reverse(edit.place.span().start));
    let mut text = edits[0].place.source().text().to_owned();
    for edit in edits {
        text.replace_range(edit.place.span(), &edit.text);
    }
    text
}

#[test]
fn what_stands_where_it_belongs_is_no_problem() {
    for line in [
        "outer too first second cross login shrink plain inner",
        "too outer cross plain",
        "cross foreign",
        "needy plain",
        "login needy",
        "rival foreign",
        "login login",
    ] {
        assert_eq!(told(&of_line(line)), Vec::<&str>::new(), "{line}");
    }
}

#[test]
fn what_breaks_a_rule_is_told_with_its_reason() {
    for (line, expected) in [
        ("login cross", "`cross` belongs before `login`: they must not see it"),
        ("foreign cross", "`cross` belongs before `foreign`: they must not see it"),
        ("shrink plain cross", "`cross` belongs before `shrink`: they must not see it"),
        ("cross first", "`cross` belongs after `first`: it needs what they add"),
        ("cross plain second", "`cross` belongs after `second`: it needs what they add"),
        ("plain outer", "`outer` belongs first in its pipeline: it sees all"),
        ("inner plain", "`inner` belongs last in its pipeline: it sees what the app sees"),
        ("cross plain cross", "a request passes `cross` twice: two are one too many"),
        ("needy", "`needy` needs `plain` or `authentication` on its way: it reads who came"),
        ("rival login", "`rival` does not go together with `login`: there is one user"),
        ("login plain rival", "`rival` does not go together with `login`: there is one user"),
    ] {
        assert_eq!(told(&of_line(line)), [expected], "{line}");
    }
}

#[test]
fn both_places_are_shown() {
    let problems = of_line("login plain cross");
    let [problem] = &problems[..] else { panic!("{problems:?}") };
    let place = problem.place.as_ref().unwrap();
    assert_eq!((place.line(), place.column(), place.text()), (2, 24, "cross"));
    let [(other, text)] = &problem.labels[..] else { panic!("{problem:?}") };
    assert_eq!((other.column(), other.text(), text.as_str()), (12, "login", "before this one"));
    assert_eq!(problem.section.as_deref(), Some("pipeline:main"));
    assert_eq!(problem.key.as_deref(), Some("pipeline"));
}

#[test]
fn the_way_leads_through_pipelines_filters_of_filters_and_composites() {
    let behind = "[pipeline:behind]\npipeline = cross empty\n";
    for sections in [
        "[pipeline:main]\npipeline = login behind\n",
        "[filter-app:login]\nuse = egg:impasto#login\nnext = behind\n",
        "[app:main]\nuse = behind\nfilter-with = login\n",
        "[pipeline:main]\npipeline = plain map\n[composite:map]\nuse = egg:Paste#urlmap\n/ = one\n\
         [pipeline:one]\npipeline = login behind\n",
        "[composite:main]\nuse = call:acme.auth:pipeline_factory\nkeystone = login behind\n",
    ] {
        let problems = check(&format!("{sections}{behind}"));
        assert_eq!(told(&problems), ["`cross` belongs before `login`: they must not see it"]);
        assert!(problems[0].fix().is_empty(), "they are of two lines");
    }
}

#[test]
fn what_a_pipeline_lacks_may_be_in_one_that_leads_to_it() {
    let sections = "[pipeline:main]\npipeline = plain behind\n\
        [pipeline:behind]\npipeline = needy empty\n";
    assert_eq!(told(&check(sections)), Vec::<&str>::new());
}

#[test]
fn a_fix_is_the_nearest_order_that_breaks_no_rule() {
    for (line, expected) in [
        ("login cross", "pipeline = cross login empty"),
        ("shrink plain cross", "pipeline = plain cross shrink empty"),
        (
            "inner  login plain\n  cross first outer",
            "pipeline = outer  plain first\n  cross login inner empty",
        ),
    ] {
        assert!(fixed(line).contains(expected), "{}", fixed(line));
    }
}

#[test]
fn a_name_moves_with_what_it_is_filtered_with() {
    let sections = "[pipeline:main]\npipeline = plain both cross empty\n\
        [filter:both]\nuse = egg:impasto#shrink\nfilter-with = login\n";
    let problems = check(sections);
    assert_eq!(
        told(&problems),
        ["`cross` belongs before `login`: they must not see it"],
        "the outer of the two is named"
    );
    let edits = problems[0].fix();
    let edits = edits.iter().map(|edit| (edit.place.text(), edit.text.as_str()));
    assert_eq!(edits.collect::<Vec<_>>(), [("both", "cross"), ("cross", "both")]);
}

#[test]
fn rules_that_contradict_each_other_have_no_fix() {
    for line in ["chicken hen", "hen chicken"] {
        let problems = of_line(line);
        assert_eq!(problems.len(), 1, "{problems:?}");
        assert!(problems[0].fix().is_empty());
    }
}
