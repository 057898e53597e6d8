use crate::support::{Site, children, get};

const NOVA: &str = "\
[DEFAULT]
enabled_apis = one, gone two
one_listen = 127.0.0.1
one_listen_port = 0
two_listen = 127.0.0.1
two_listen_port = 0
two_workers = 2

[app:one]
use = egg:impasto#respond
body = 1

[app:two]
use = egg:impasto#respond
body = 2
";

#[test]
fn a_file_of_nova_says_itself_what_is_served() {
    let site = Site::new(NOVA);
    let mut serving = site.serve(&[]);
    for (name, body) in [("one", "1"), ("two", "2")] {
        let (served, address) = serving.line();
        assert_eq!(served, name);
        assert!(get(&address, "/").ends_with(body));
    }
    serving.signal("TERM");
    let ended = serving.end();
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    assert!(ended.err.contains("`enabled_apis` names `gone`"), "{}", ended.err);
}

#[test]
fn a_list_of_apps_that_the_file_lacks_is_the_only_thing_that_is_wrong() {
    let file = NOVA.replace("one, gone two", "gone, more");
    for workers in ["0", "1"] {
        let ended = Site::new(&file).run(&["serve", "--workers", workers]);
        assert_eq!(ended.code, Some(4), "{}", ended.err);
        let errors: Vec<_> = ended.err.lines().filter(|line| line.starts_with("error")).collect();
        let says = "the file has none of the apps that `enabled_apis` names";
        assert_eq!(errors, [format!("error[missing-section]: {says}")]);
        assert!(ended.err.contains("`enabled_apis` names `more`"), "{}", ended.err);
    }
}

#[test]
fn an_app_that_is_named_twice_is_served_once() {
    let listed = NOVA.replace("one, gone two", "one, one");
    for (file, words) in [(listed.as_str(), &[][..]), (NOVA, &["api-paste.ini", "one", "one"])] {
        let site = Site::new(file);
        let mut serving = site.serve(words);
        assert_eq!(serving.line().0, "one");
        serving.signal("TERM");
        let ended = serving.end();
        assert_eq!((ended.code, ended.out.as_str()), (Some(0), ""), "{}", ended.err);
    }
}

#[test]
fn nova_s_port_goes_before_the_addresses_of_the_main_server() {
    let file = NOVA.replace("one_listen = 127.0.0.1\n", "").replace("one, gone two", "one");
    let server = "[server:main]\nuse = egg:impasto#http\nlisten = unix:%(here)s/socket\n";
    let site = Site::new(&(file + server));
    let mut serving = site.serve(&[]);
    let (_, address) = serving.line();
    assert!(address.starts_with("127.0.0.1:"), "{address}");
}

#[test]
fn what_nova_s_options_get_wrong_is_named() {
    for (old, new, says) in [
        (
            "two_workers = 2",
            "two_workers = 0",
            "`two_workers = 0`: it must be a whole number from 1 to 4096",
        ),
        (
            "two_workers = 2",
            "two_workers = 9999",
            "`two_workers = 9999`: it must be a whole number from 1 to 4096",
        ),
        ("one_listen_port = 0", "one_listen_port = x", "`one_listen_port = x`: it must be a port"),
        ("[app:one]", "enabled_ssl_apis = one\n[app:one]", "is to be encrypted and has no"),
        (
            "[app:one]",
            "enabled_ssl_apis = one\nssl_cert_file = gone.pem\n[app:one]",
            "api-paste.ini:10:17",
        ),
    ] {
        let ended = Site::new(&NOVA.replace(old, new)).run(&["serve"]);
        assert_eq!(ended.code, Some(4), "{}", ended.err);
        assert!(ended.err.contains(says), "{}", ended.err);
    }
}

#[test]
fn it_is_served_without_workers_where_the_file_says_so() {
    let file = format!("{NOVA}\n[server:main]\nuse = egg:impasto#http\nworkers = 0\n");
    let file = file.replace("two_workers = 2\n", "");
    let site = Site::new(&file);
    let mut serving = site.serve(&[]);
    for (name, body) in [("one", "1"), ("two", "2")] {
        let (served, address) = serving.line();
        assert_eq!(served, name);
        assert!(get(&address, "/").ends_with(body));
    }
    serving.signal("TERM");
    assert_eq!(serving.end().code, Some(0));

    let file = file.replace("listen_port = 0", "listen_port = 1");
    let ended = Site::new(&file).run(&["serve"]);
    assert_eq!(ended.code, Some(4), "{}", ended.err);
    assert!(ended.err.contains("are both to be served on 127.0.0.1:1"), "{}", ended.err);
}

#[test]
fn nova_s_workers_go_before_those_of_the_main_server() {
    let server = "[server:main]\nuse = egg:impasto#http\nworkers = 0\n";
    let main_and_two = NOVA.replace("one, gone two", "two") + server;
    for (file, workers) in [
        (main_and_two.clone(), 2),
        (main_and_two.replace("two_workers = 2\n", ""), 0),
        (main_and_two.clone() + "[server:two]\nuse = main\nworkers = 1\n", 1),
        (main_and_two + "[server:two]\nuse = main\nworkers = 0\n", 0),
    ] {
        let site = Site::new(&file);
        let mut serving = site.serve(&[]);
        serving.line();
        assert_eq!(children(serving.pid()).len(), workers, "{file}");
        serving.signal("TERM");
        assert_eq!(serving.end().code, Some(0));
    }
}
