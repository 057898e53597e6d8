//! Large files, long ways, circles: neither stack nor patience is exhausted.

use std::fmt::Write;
use std::time::Duration;

use impasto::{Code, Group, Loader, Problems, Severity};

/// Runs on a stack as small as those of server threads.
fn on_a_small_stack<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    let thread = std::thread::Builder::new().stack_size(2 << 20).spawn(work).expect("a thread");
    thread.join().expect("it ends")
}

fn open(text: &str) -> Loader {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let path = directory.path().join("deep.ini");
    std::fs::write(&path, text).expect("writable");
    Loader::open(&path).expect("the file is right")
}

fn resolve(text: &str) -> Result<String, Problems> {
    open(text).context(Group::App, "main").map(|context| {
        let _ = serde_json::to_string(&context.json(true));
        context.shape()
    })
}

/// How long this thread has had a processor: how busy the machine is with others does not matter.
fn worked() -> Duration {
    let schedule =
        std::fs::read_to_string("/proc/thread-self/schedstat").expect("a thread of Linux");
    let nanos = schedule.split(' ').next().and_then(|nanos| nanos.parse().ok());
    Duration::from_nanos(nanos.expect("a number"))
}

fn chain(links: usize, link: impl Fn(usize) -> String) -> String {
    (0..links).map(link).collect()
}

#[test]
fn long_ways_are_gone() {
    on_a_small_stack(|| {
        let uses = chain(800, |at| format!("[app:a{at}]\nuse = a{}\n", at + 1));
        let uses = format!("[app:main]\nuse = a0\n{uses}[app:a800]\nuse = egg:end\n");
        assert_eq!(resolve(&uses).unwrap(), "egg:end#main");
        let apps =
            chain(800, |at| format!("[filter-app:a{at}]\nuse = egg:f\nnext = a{}\n", at + 1));
        let apps = format!("[pipeline:main]\npipeline = a0\n{apps}[app:a800]\nuse = egg:end\n");
        assert_eq!(resolve(&apps).unwrap().matches("egg:f").count(), 800);
        let around =
            chain(800, |at| format!("[filter:f{at}]\nuse = egg:f\nfilter-with = f{}\n", at + 1));
        let around = format!(
            "[app:main]\nuse = egg:end\nfilter-with = f0\n{around}[filter:f800]\nuse = egg:f\n"
        );
        assert_eq!(resolve(&around).unwrap().matches("egg:f").count(), 801);
    });
}

#[test]
fn longer_ways_are_a_problem() {
    on_a_small_stack(|| {
        let uses = chain(100_000, |at| format!("[app:a{at}]\nuse = a{}\n", at + 1));
        let problems = resolve(&format!("[app:main]\nuse = a0\n{uses}")).unwrap_err();
        assert_eq!(problems.0[0].code, Code::TooDeep);
    });
}

#[test]
fn a_long_chain_is_told_once_by_a_check_which_does_not_follow_it_from_each_section() {
    let uses = chain(20_000, |at| format!("[app:a{at}]\nuse = a{}\n", at + 1));
    let around = chain(20_000, |at| {
        format!("[filter:f{at}]\nuse = egg:impasto#request_id\nfilter-with = f{}\n", at + 1)
    });
    let uses = format!("{uses}[app:a20000]\nuse = egg:impasto#respond\n");
    let around = format!("{around}[filter:f20000]\nuse = egg:impasto#request_id\n");
    for text in [uses, around] {
        let start = worked();
        let problems = open(&text).check();
        let deep = problems.iter().filter(|problem| problem.code == Code::TooDeep);
        assert_eq!(deep.count(), 1);
        // Without a memory, it takes ten times as long as this.
        let took = worked() - start;
        assert!(took < Duration::from_secs(20), "{took:?}");
    }
}

#[test]
fn a_pipeline_of_ten_thousand_filters_is_created_and_answers() {
    on_a_small_stack(|| {
        let names = "f ".repeat(10_000);
        let loader = open(&format!(
            "[pipeline:main]\npipeline = {names} app\n[app:app]\nuse = egg:impasto#respond\nbody = end\n\
             [filter:f]\nuse = egg:impasto#timeout\n"
        ));
        let app = loader.app("main").expect("it is right");
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let request = impasto::Request::new(impasto::Body::empty());
        let response = runtime.expect("a runtime").block_on(app.handle(request, None));
        assert_eq!(response.status(), 200);
    });
}

#[test]
fn circles_are_named() {
    for text in [
        "[app:main]\nuse = main\n",
        "[app:main]\nuse = a\n[app:a]\nuse = main\n",
        "[app:main]\nuse = config:deep.ini\n",
        "[pipeline:main]\npipeline = f main\n[filter:f]\nuse = egg:f\n",
        "[filter-app:main]\nuse = egg:f\nnext = main\n",
        "[app:main]\nuse = egg:a\nfilter-with = f\n[filter:f]\nuse = egg:f\nfilter-with = f\n",
    ] {
        let problems = on_a_small_stack(move || resolve(text)).unwrap_err();
        let problem = &problems.0[0];
        assert_eq!(problem.code, Code::Cycle, "{problems}");
        assert!(problem.message.contains(" -> [") && problem.place.is_some(), "{problems}");
    }
}

#[test]
fn a_composite_that_is_its_own_part_is_a_problem() {
    let text = "[composite:main]\nuse = egg:impasto#urlmap\n/ = p\n[pipeline:p]\npipeline = main\n";
    let problems = on_a_small_stack(move || open(text).app("main")).unwrap_err();
    assert_eq!(problems.0[0].code, Code::Cycle, "{problems}");
}

#[test]
fn composites_nest_as_deep_for_a_check_as_they_serve() {
    let map = |at: usize| format!("[composite:{at}]\nuse = egg:impasto#urlmap\n/a = {}\n", at + 1);
    let text = chain(300, map);
    let text = format!(
        "[composite:main]\nuse = egg:impasto#urlmap\n/ = 0\n{text}[app:300]\nuse = egg:impasto#respond\n"
    );
    assert!(open(&text).app("main").is_ok());
    let problems = open(&text).check();
    assert!(problems.is_empty(), "{:?}", problems.0[0]);
}

#[test]
fn what_doubles_at_every_step_is_a_problem() {
    let mut text = String::from("[composite:main]\nuse = egg:impasto#urlmap\n/ = 0\n/a = 0\n");
    for at in 0..60 {
        let next = at + 1;
        let _ =
            writeln!(text, "[composite:{at}]\nuse = egg:impasto#urlmap\n/ = {next}\n/a = {next}");
    }
    text.push_str("[app:60]\nuse = egg:impasto#respond\n");
    let problems = open(&text).app("main").unwrap_err();
    assert!(problems.iter().any(|problem| problem.code == Code::TooDeep), "{:?}", problems.0[0]);
}

#[test]
fn a_hundred_thousand_sections_take_ten_times_as_long_as_ten_thousand() {
    let time = |sections: usize| {
        let text = chain(sections, |at| format!("[app:a{at}]\nuse = egg:a\nx = {at}\n"));
        let text = format!("{text}[app:main]\nuse = a{}\n", sections - 1);
        let start = worked();
        assert_eq!(resolve(&text).unwrap(), "egg:a#main");
        worked() - start
    };
    let (few, many) = ((0..3).map(|_| time(10_000)).min(), time(100_000));
    assert!(many < 40 * few.unwrap_or_default(), "{few:?} {many:?}");
    assert!(many < Duration::from_secs(20), "{many:?}");
}

#[test]
fn a_map_of_eight_thousand_apps_takes_four_times_as_long_as_one_of_two_thousand() {
    let time = |mounts: usize| {
        let mut text = "[composite:main]\nuse = egg:impasto#urlmap\n".to_owned();
        (0..mounts).for_each(|at| text.push_str(&format!("/{at} = app{at}\n")));
        let app = |at| format!("[app:app{at}]\nuse = egg:impasto#respond\n");
        (0..mounts).for_each(|at| text.push_str(&app(at)));
        let loader = open(&text);
        let start = worked();
        loader.app("main").expect("it is created");
        worked() - start
    };
    let best = |mounts| (0..3).map(|_| time(mounts)).min().unwrap_or_default();
    let (few, many) = (best(2_000), best(8_000));
    // Ten leaves room for what else the machine does.
    assert!(many < few * 10, "{few:?} {many:?}");
}

#[test]
fn a_check_of_a_long_pipeline_in_the_wrong_order_ends() {
    const KINDS: [&str; 5] = ["request_id", "cors", "catch_errors", "etag", "buffer"];
    let names = chain(3000, |at| format!("f{at} "));
    let filter = |at: usize| format!("[filter:f{at}]\nuse = egg:impasto#{}\n", KINDS[at % 5]);
    let filters = chain(3000, filter);
    let loader = open(&format!(
        "[pipeline:main]\npipeline = {names}app\n[app:app]\nuse = egg:impasto#debug\n{filters}"
    ));
    let start = worked();
    let problems = loader.check();
    let took = worked() - start;
    assert!(took < Duration::from_secs(20), "{took:?}");
    assert!(problems.iter().any(|problem| problem.code == Code::WrongOrder));
    assert!(problems.iter().any(|problem| !problem.fix().is_empty()));
}

#[test]
fn ten_megabytes_are_a_value() {
    let value = "x".repeat(10 << 20);
    let loader = open(&format!("[app:main]\nuse = egg:a\nx = {value}\ny = %(x)s\n"));
    let context = loader.context(Group::App, "main").expect("resolves");
    assert_eq!(context.local_conf().text("y").map(str::len), Some(value.len()));
}

#[test]
fn a_name_that_is_wrong_is_not_compared_with_all_others_however_many_are() {
    let users = chain(10_000, |at| format!("[app:user{at}]\nuse = thnig{at}\nx = %(nmae{at})s\n"));
    let pipeline = chain(10_000, |at| format!("fliter{at} "));
    let known = chain(10_000, |at| {
        format!(
            "[filter:filter{at}]\nuse = egg:impasto#trace\n[server:thing{at}]\nuse = egg:impasto#http\n"
        )
    });
    let text = format!("[pipeline:main]\npipeline = {pipeline}user0\n{users}{known}");
    let start = worked();
    let problems = open(&text).check();
    let took = worked() - start;
    let mut help = problems.iter().flat_map(|problem| &problem.help);
    assert!(help.any(|help| help.starts_with("did you mean `filter")), "a few are");
    // All of them would take half an hour.
    assert!(took < Duration::from_secs(60), "{took:?}");
}

#[test]
fn names_that_are_wrong_take_as_long_on_one_line_as_on_many() {
    let took = |count: usize| {
        let words: Vec<String> = (0..count).map(|at| format!("missing{at}")).collect();
        let pipeline = format!("[pipeline:main]\npipeline = {} app\n", words.join(" "));
        let start = worked();
        let shown = open(&format!("{pipeline}[app:app]\nuse = egg:impasto#respond\n")).check();
        assert_eq!(shown.to_string().matches("error[missing-section]").count(), count);
        worked() - start
    };
    let (few, many) = (took(4_000), took(16_000));
    assert!(many < few * 10 + Duration::from_secs(1), "{few:?} {many:?}");
}

#[test]
fn a_check_makes_each_filter_of_a_chain_once() {
    let links = chain(900, |at| {
        format!("[filter:f{at}]\nuse = egg:impasto#cors\nfilter-with = f{}\n", at + 1)
    });
    let end = "[app:main]\nuse = egg:impasto#respond\nfilter-with = f0\n";
    let right = format!("{links}[filter:f900]\nuse = egg:impasto#cors\n{end}");
    let start = worked();
    assert!(!open(&right).check().has_errors());
    let took = worked() - start;
    assert!(took < Duration::from_secs(9), "{took:?}");
    // What is wrong is found from wherever it is looked at, and told once.
    let wrong = format!("{links}[filter:f900]\nuse = egg:impasto#cors\nmax_age = old\n{end}");
    let problems = open(&wrong).check();
    let errors: Vec<_> =
        problems.iter().filter(|problem| problem.severity == Severity::Error).collect();
    assert_eq!(errors.len(), 1);
    assert_eq!(errors[0].key.as_deref(), Some("max_age"));
}
