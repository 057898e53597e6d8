use std::time::Duration;

use impasto::settings::Size;
use impasto::{Conf, Group, Kind, Options, Problems, Reference, Registry};
use impasto_server::{Gunicorn, Http, Paste, ProxyProtocol, Server, Waitress};
use serde::de::DeserializeOwned;

/// The settings of a section that says this, without its `use`.
fn read<S: DeserializeOwned + schemars::JsonSchema + 'static>(
    section: &str,
) -> Result<S, Problems> {
    let pairs = section.lines().filter_map(|line| line.split_once(" = "));
    let local: Conf = pairs.filter(|(key, _)| *key != "use").collect();
    let (global, section) = (Conf::default(), "server:main");
    Options { local: &local, global: &global, section, place: None }.read()
}

/// The text without the indentation of its lines.
fn dedent(text: &str) -> String {
    text.lines().map(|line| format!("{}\n", line.trim())).collect()
}

fn example(package: &str, name: &str) -> String {
    let reference = Reference::Egg { package, name };
    let factory = Registry::linked().find(Group::Server, &reference).unwrap();
    assert_eq!(factory.kind(), Kind::Server);
    factory.example().unwrap()
}

fn addresses(settings: Http) -> Vec<String> {
    settings.addresses().iter().map(ToString::to_string).collect()
}

#[test]
fn the_documented_sections_are_read() {
    let settings: Http = read(&example("impasto", "http")).unwrap();
    assert_eq!(settings.graceful_shutdown_timeout.to_string(), "30s");
    let written = ["127.0.0.1:8080", "[::1]:8080", "unix:/run/api.sock"];
    assert_eq!(addresses(settings), written);

    let settings: Http = read::<Waitress>(&example("waitress", "main")).unwrap().into();
    assert_eq!(settings.keep_alive.to_string(), "2m");
    assert_eq!(addresses(settings), ["127.0.0.1:6543"]);
    let settings: Http = read::<Paste>(&example("Paste", "http")).unwrap().into();
    assert_eq!(settings.threads, Some(10));
    assert_eq!(addresses(settings), ["127.0.0.1:6543"]);
    let settings: Http = read::<Gunicorn>(&example("gunicorn", "main")).unwrap().into();
    assert_eq!(settings.worker_timeout.to_string(), "40s");
    assert_eq!(addresses(settings), ["127.0.0.1:8000"]);
}

#[test]
fn addresses_are_parted_by_white_space_or_commas() {
    let settings: Http = read("listen = localhost:1, :2,unix:/s  8080").unwrap();
    assert_eq!(addresses(settings), ["localhost:1", "*:2", "unix:/s", "127.0.0.1:8080"]);
    let settings: Http = read("host = ::1\nport = 0").unwrap();
    assert_eq!(addresses(settings), ["[::1]:0"]);
}

#[test]
fn a_section_for_gunicorn_is_read() {
    let section = "bind = 0.0.0.0:8000\nworkers = 4\ntimeout = 40\nkeepalive = 5\nbacklog = 2048
        threads = 3\nworker_connections = 500\ncertfile = a.pem\nkeyfile = b.pem\nca_certs = c.pem
        limit_request_line = 4094\nlimit_request_fields = 50\nmax_requests = 1000\nuser = nobody
        proxy_protocol = true\npidfile = /run/p\ncert_reqs = 2";
    let settings: Http = read::<Gunicorn>(&dedent(section)).unwrap().into();
    assert_eq!(addresses(settings.clone()), ["0.0.0.0:8000"]);
    let seconds = |seconds| Duration::from_secs(seconds).into();
    let expected = Http {
        listen: settings.listen.clone(),
        backlog: 2048,
        workers: 4,
        threads: Some(3),
        worker_timeout: seconds(40),
        keep_alive: seconds(5),
        idle_timeout: seconds(5),
        max_connections: 500,
        max_url_length: Size::from_bytes(4074),
        max_headers: 50,
        proxy_protocol: ProxyProtocol::Auto,
        proxy_protocol_from: vec!["127.0.0.1".parse().unwrap(), "::1".parse().unwrap()],
        tls_cert: vec!["a.pem".into()],
        tls_key: vec!["b.pem".into()],
        tls_client_ca: Some("c.pem".into()),
        pid_file: Some("/run/p".into()),
        user: Some("nobody".into()),
        ..Http::default()
    };
    assert_eq!(settings, expected);
}

#[test]
fn a_host_without_a_port_is_to_gunicorn_what_it_binds() {
    for (section, listens) in [
        ("host = 0.0.0.0:6543, unix:/tmp/api.sock", &["0.0.0.0:6543", "unix:/tmp/api.sock"][..]),
        ("host = unix:/tmp/api.sock", &["unix:/tmp/api.sock"]),
        ("host = 127.0.0.1:6543", &["127.0.0.1:6543"]),
        ("host = a.example,b.example", &["a.example:8000", "b.example:8000"]),
        ("host = 0.0.0.0", &["0.0.0.0:8000"]),
        ("host = ::1", &["[::1]:8000"]),
        ("host = ::1\nport = 5000", &["[::1]:5000"]),
        ("port = 5000", &["127.0.0.1:5000"]),
        ("", &["127.0.0.1:8080"]),
    ] {
        let settings: Http = read::<Gunicorn>(section).unwrap().into();
        assert_eq!(addresses(settings), listens, "{section}");
    }
}

#[test]
fn what_python_servers_have_and_this_one_has_not_is_accepted() {
    let settings = "host = 127.0.0.1\nport = 0\nident = api\nurl_scheme = https\nthreads = 4
        trusted_proxy = 127.0.0.1\ntrusted_proxy_headers = x-forwarded-for x-forwarded-proto
        clear_untrusted_proxy_headers = yes\nasyncore_use_poll = true\nexpose_tracebacks = no";
    let settings: Http = read::<Waitress>(&dedent(settings)).unwrap().into();
    assert_eq!(settings, Http { port: 0, threads: Some(4), ..Http::default() });

    let settings = "workers = 2\nworker_class = gevent\naccesslog = -\naccess_log_format = %(h)s
        forwarded_allow_ips = *\nproc_name = api\nloglevel = debug\nreload = true\nchdir = /srv";
    let settings: Http = read::<Gunicorn>(&dedent(settings)).unwrap().into();
    let (log, format) = (Some("-".into()), Some("{client}".into()));
    let expected =
        Http { workers: 2, access_log: log, access_log_format: format, ..Http::default() };
    assert_eq!(settings, expected);

    let settings = "port = 0\nserver_version = api/1\nprotocol_version = HTTP/1.1
        use_threadpool = true\nthreadpool_workers = 5\nthreadpool_max_requests = 10";
    let settings: Http = read::<Paste>(&dedent(settings)).unwrap().into();
    assert_eq!(settings, Http { port: 0, threads: Some(5), ..Http::default() });
}

#[test]
fn the_names_of_python_servers_are_known() {
    let section = "connection_limit = 7\nchannel_timeout = 9\nlimit_request_fields = 50
        request_queue_size = 5\ntimeout = 8\nnumthreads = 3\nunix_socket_perms = 600
        certfile = a.pem\nkeyfile = b.pem\nlimit_request_line = 4094";
    let settings: Http = read(&dedent(section)).unwrap();
    let expected = Http {
        max_connections: 7,
        keep_alive: Duration::from_secs(9).into(),
        max_headers: 50,
        backlog: 5,
        worker_timeout: Duration::from_secs(8).into(),
        threads: Some(3),
        socket_mode: settings.socket_mode,
        tls_cert: vec!["a.pem".into()],
        tls_key: vec!["b.pem".into()],
        max_url_length: Size::from_bytes(4094),
        ..Http::default()
    };
    assert_eq!(settings, expected);
}

#[test]
fn a_section_with_the_names_of_nova_is_read() {
    let section = "keep_alive = False\ntcp_keepidle = 300\nwsgi_default_pool_size = 10
        max_header_line = 16384\nclient_socket_timeout = 900\nmax_url_len = 2000
        ssl_cert_file = a.pem\nssl_key_file = b.pem\nssl_ca_file = c.pem";
    let settings: Http = read(&dedent(section)).unwrap();
    let expected = Http {
        keep_alive: Duration::ZERO.into(),
        tcp_keepalive: Duration::from_secs(300).into(),
        max_requests: 10,
        max_header_size: Size::from_kib(16),
        client_socket_timeout: Some(Duration::from_secs(900).into()),
        max_url_length: Size::from_bytes(2000),
        tls_cert: vec!["a.pem".into()],
        tls_key: vec!["b.pem".into()],
        tls_client_ca: Some("c.pem".into()),
        ..Http::default()
    };
    assert_eq!(settings, expected);
    let settings: Http = read("keep_alive = true").unwrap();
    assert_eq!(settings.keep_alive, Http::default().keep_alive);
    let problem = read::<Http>("keep_alive = forever").unwrap_err().to_string();
    assert!(problem.contains("`forever` is neither a duration nor `true` or `false`"), "{problem}");
}

#[test]
fn every_setting_is_written_as_it_is_read() {
    let section = "socket_mode = 660\nproxy_protocol = V2\nproxy_protocol_from = 10.0.0.0/8, unix
        reload_on_hup = always\nlisten = systemd: systemd:api\nmax_body_size = 10m";
    let settings: Http = read(&dedent(section)).unwrap();
    assert_eq!(settings.socket_mode.unwrap().to_string(), "0660");
    assert_eq!(settings.proxy_protocol, ProxyProtocol::V2);
    assert_eq!(addresses(settings), ["systemd:", "systemd:api"]);
    for (section, says) in [
        ("socket_mode = rw", "`rw` is no mode; modes are octal numbers up to 777, like `0660`"),
        ("proxy_protocol_from = proxy", "`proxy` is neither an address, nor a network"),
        ("proxy_protocol = v3", "proxy_protocol"),
    ] {
        let problem = read::<Http>(section).unwrap_err().to_string();
        assert!(problem.contains(says), "{problem}");
    }
}

#[test]
fn what_is_wrong_is_said() {
    let problems = read::<Http>("listen = example.org\nkeepalives = 3").unwrap_err().to_string();
    assert!(problems.contains("`example.org` has no port; write `example.org:8080`"), "{problems}");
    assert!(problems.contains("keep_alive") || problems.contains("keepalive"), "{problems}");
    let problems = read::<Waitress>("chanel_timeout = 9").unwrap_err().to_string();
    assert!(problems.contains("`channel_timeout`"), "{problems}");
}

/// What gunicorn 27.0.1 knows, with values that are unusual here.
const ALL_OF_GUNICORN: &str = "\
    host = x\nport = 1\nconfig = c.py\nwsgi_app = x\nbind = fd://3\nbacklog = 64\n\
    workers = 4\nworker_class = x\nthreads = 2\nworker_connections = 10\n\
    max_requests = x\nmax_requests_jitter = x\ntimeout = 0\ngraceful_timeout = 30\n\
    keepalive = 2\nlimit_request_line = 0\nlimit_request_fields = 32768\n\
    limit_request_field_size = x\nreload = x\nreload_engine = x\n\
    reload_extra_files = x\nspew = x\ncheck_config = x\nprint_config = x\n\
    preload_app = x\nsendfile = x\nreuse_port = x\nchdir = x\ndaemon = x\nraw_env = x\n\
    pidfile = p\nworker_tmp_dir = x\nuser = u\ngroup = g\numask = x\ninitgroups = x\n\
    tmp_upload_dir = x\nsecure_scheme_headers = x\nforwarded_allow_ips = x\n\
    accesslog = -\ndisable_redirect_access_to_syslog = x\naccess_log_format = %(h)s\n\
    errorlog = x\nloglevel = x\ncapture_output = x\nlogger_class = x\nlogconfig = x\n\
    logconfig_dict = x\nlogconfig_json = x\nsyslog_addr = x\nsyslog = x\n\
    syslog_prefix = x\nsyslog_facility = x\nenable_stdio_inheritance = x\n\
    statsd_host = x\ndogstatsd_tags = x\nstatsd_prefix = x\nenable_backlog_metric = x\n\
    proc_name = x\ndefault_proc_name = x\npythonpath = x\npaste = x\non_starting = x\n\
    on_reload = x\nwhen_ready = x\npre_fork = x\npost_fork = x\npost_worker_init = x\n\
    worker_int = x\nworker_abort = x\npre_exec = x\npre_request = x\npost_request = x\n\
    child_exit = x\nworker_exit = x\nnworkers_changed = x\non_exit = x\n\
    ssl_context = x\nproxy_protocol = auto\nproxy_allow_ips = *\nprotocol = http\n\
    uwsgi_allow_ips = x\nkeyfile = b.pem\ncertfile = a.pem\nssl_version = x\n\
    cert_reqs = 1\nca_certs = c.pem\nsuppress_ragged_eofs = x\n\
    do_handshake_on_connect = x\nciphers = x\nhttp_protocols = h2,h1\n\
    http2_cleartext = x\nhttp2_max_concurrent_streams = 50\n\
    http2_initial_window_size = x\nhttp2_max_frame_size = x\n\
    http2_max_header_list_size = x\nraw_paste_global_conf = x\n\
    permit_obsolete_folding = x\nstrip_header_spaces = x\n\
    permit_unconventional_http_method = x\npermit_unconventional_http_version = x\n\
    casefold_http_method = x\nforwarder_headers = x\nheader_map = x\nasgi_loop = x\n\
    asgi_lifespan = x\nasgi_disconnect_grace_period = x\n\
    websocket_max_message_size = x\nhttp_parser = x\nroot_path = x\ndirty_apps = x\n\
    dirty_workers = x\ndirty_timeout = x\ndirty_threads = x\n\
    dirty_graceful_timeout = x\non_dirty_starting = x\ndirty_post_fork = x\n\
    dirty_worker_init = x\ndirty_worker_exit = x\ncontrol_socket = x\n\
    control_socket_mode = x\ncontrol_socket_disable = x\n";

/// What waitress 3.0.2 knows, but for sockets that are opened already.
const ALL_OF_WAITRESS: &str = "\
    host = x\nport = 1\nipv4 = x\nipv6 = x\nlisten = *:1\nthreads = 2\n\
    trusted_proxy = x\ntrusted_proxy_count = x\ntrusted_proxy_headers = x\n\
    log_untrusted_proxy_headers = x\nclear_untrusted_proxy_headers = x\nurl_scheme = x\n\
    url_prefix = x\nbacklog = 5\nrecv_bytes = x\nsend_bytes = x\noutbuf_overflow = x\n\
    outbuf_high_watermark = x\ninbuf_overflow = x\nconnection_limit = 5\n\
    cleanup_interval = x\nchannel_timeout = 5\nlog_socket_errors = x\n\
    max_request_header_size = 262144\nmax_request_body_size = 1073741824\n\
    expose_tracebacks = x\nident = x\nasyncore_loop_timeout = x\nasyncore_use_poll = x\n\
    unix_socket = /s\nunix_socket_perms = 600\nchannel_request_lookahead = x\n\
    server_name = x\n";

/// What Paste 3.10.1 and the servers beside it know.
const ALL_OF_PASTE: &str = "\
    host = x\nport = 1\nssl_pem = x\nserver_version = x\nprotocol_version = x\n\
    daemon_threads = x\nsocket_timeout = 5\nuse_threadpool = x\nthreadpool_workers = 4\n\
    request_queue_size = 5\nthreadpool_name = x\nthreadpool_daemon = x\n\
    threadpool_max_requests = x\nthreadpool_hung_thread_limit = x\n\
    threadpool_kill_thread_limit = x\nthreadpool_dying_limit = x\n\
    threadpool_spawn_if_under = x\nthreadpool_max_zombie_threads_before_die = x\n\
    threadpool_hung_check_period = x\nthreadpool_logger = x\n\
    threadpool_error_email = x\nserver_name = x\nmax = x\n";

/// What nova's options of its WSGI server are.
const ALL_OF_NOVA: &str = "\
    api_paste_config = a.ini\n\
    wsgi_log_format = %(client_ip)s \"%(request_line)s\" %(wall_seconds).7f\n\
    secure_proxy_ssl_header = x\nssl_ca_file = a\nssl_cert_file = b\nssl_key_file = c\n\
    tcp_keepidle = 600\nwsgi_default_pool_size = 1000\nmax_header_line = 16384\n\
    wsgi_keep_alive = true\nclient_socket_timeout = 900\nwsgi_server_debug = false\n\
    use_forwarded_for = x\nbacklog = 128\nmax_url_len = 8000\n";

#[test]
fn every_option_of_the_python_servers_is_read() {
    let gunicorn: Http = read::<Gunicorn>(ALL_OF_GUNICORN).unwrap().into();
    assert_eq!(addresses(gunicorn.clone()), ["fd://3"]);
    assert_eq!((gunicorn.max_headers, gunicorn.max_url_length.bytes()), (10_000, 65_534));
    assert_eq!((gunicorn.http2, gunicorn.http2_max_streams), (true, 50));
    assert!(gunicorn.proxy_protocol_from[0].has(None) && gunicorn.tls_client_ca.is_some());
    Server::new(gunicorn).unwrap();
    let waitress: Http = read::<Waitress>(ALL_OF_WAITRESS).unwrap().into();
    assert_eq!(addresses(waitress.clone()), ["*:1", "unix:/s"]);
    Server::new(waitress).unwrap();
    let paste: Http = read::<Paste>(ALL_OF_PASTE).unwrap().into();
    Server::new(paste).unwrap();
    let nova: Http = read(ALL_OF_NOVA).unwrap();
    assert_eq!(nova.client_socket_timeout.unwrap().to_string(), "15m");
    Server::new(nova).unwrap();
    let other: Http = read("unix_socket = /run/s\nca_certs = a.pem\nssl_pem = b.pem").unwrap();
    assert_eq!(addresses(other.clone()), ["unix:/run/s"]);
    assert_eq!(other.tls_client_ca, Some("a.pem".into()));
    let old: Http =
        read::<Gunicorn>("http_protocols = h1\nlimit_request_fields = 0").unwrap().into();
    assert_eq!((old.http2, old.max_headers), (false, 10_000));
    assert!(read::<Gunicorn>("protocol = uwsgi").is_err());
}

#[test]
fn whether_clients_need_a_certificate_is_said_in_each_way() {
    let files = |settings: Http| {
        let files = settings.tls_files();
        (files.client_ca.is_some(), files.client_is_optional)
    };
    for (text, expected) in [
        ("", (true, false)),
        ("tls_client_auth = optional\n", (true, true)),
        ("tls_client_auth = off\n", (false, false)),
        ("cert_reqs = 0\n", (false, false)),
        ("cert_reqs = 1\n", (true, true)),
        ("cert_reqs = 2\n", (true, false)),
    ] {
        let all = format!("{text}ca_certs = c.pem\n");
        assert_eq!(files(read(&all).unwrap()), expected, "{all}");
        if !text.starts_with("tls") {
            let expected = if text.is_empty() { (false, false) } else { expected };
            assert_eq!(files(read::<Gunicorn>(&all).unwrap().into()), expected, "{all}");
        }
    }
}
