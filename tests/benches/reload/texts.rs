//! The files of all servers, for an address and a revision.
//!
//! Each answers `/` with its revision, `/slow` line by line, and `/echo` with what was sent. nginx and
//! Caddy cannot do the last two alone: they ask another server, which nobody reloads.

use super::neighbours::Addresses;

/// What `/slow` sends, and the milliseconds before each line.
pub(crate) const LINES: u64 = 8;
const PAUSE: u64 = 100;

pub(crate) fn impasto(addresses: &Addresses, revision: u64) -> String {
    let Addresses { http1, .. } = addresses;
    format!(
        "[pipeline:main]\npipeline = revision apps\n\
         [filter:revision]\nuse = egg:impasto-tests#revision\nnumber = {revision}\n\
         [app:text]\nuse = egg:impasto#respond\nbody = revision {revision}\n{}\
         [server:main]\nuse = egg:impasto#http\nlisten = {http1}\nthreads = 1\nworkers = 2\n",
        apps()
    )
}

/// Where each reload needs other processes, as each of nginx and gunicorn does.
pub(crate) fn generations(addresses: &Addresses, revision: u64) -> String {
    let text = impasto(addresses, revision);
    text.replace("workers = 2", &format!("workers = {}", 2 + revision % 2))
}

/// What nginx and Caddy ask.
pub(crate) fn upstream(addresses: &Addresses, _: u64) -> String {
    let Addresses { http1, .. } = addresses;
    format!(
        "[app:main]\nuse = apps\n[app:text]\nuse = egg:impasto#respond\nbody = revision 1\n{}\
         [server:main]\nuse = egg:impasto#http\nlisten = {http1}\nthreads = 1\nworkers = 1\n",
        apps()
    )
}

fn apps() -> String {
    format!(
        "[composite:apps]\nuse = egg:impasto#urlmap\n/ = text\n/echo = echo\n/slow = slow\n\
         [app:echo]\nuse = egg:impasto-tests#echo\n\
         [app:slow]\nuse = egg:impasto-tests#slow\nlines = {LINES}\nevery = {PAUSE}ms\n"
    )
}

pub(crate) fn nginx(addresses: &Addresses, revision: u64) -> String {
    let Addresses { http1, http2, upstream } = addresses;
    format!(
        "daemon off;\nworker_processes 2;\npid nginx.pid;\nerror_log stderr warn;\n\
         events {{}}\nhttp {{\naccess_log off;\nkeepalive_requests 1000000;\n\
         add_header x-revision {revision};\nclient_body_buffer_size 128k;\nproxy_buffering off;\n\
         server {{\nlisten {http1} backlog=1024;\nlisten {http2} http2 backlog=1024;\n\
         location / {{\nreturn 200 \"revision {revision}\";\n}}\n\
         location = /slow {{\nproxy_pass http://{upstream};\n}}\n\
         location = /echo {{\nproxy_pass http://{upstream};\n}}\n}}\n}}\n"
    )
}

pub(crate) fn caddy(addresses: &Addresses, revision: u64) -> String {
    let Addresses { http1, upstream, .. } = addresses;
    format!(
        "{{\nadmin unix/admin.socket\nauto_https off\nservers {{\nprotocols h1 h2c\n}}\n}}\n\
         http://{http1} {{\nheader x-revision {revision}\n\
         reverse_proxy /slow {upstream} {{\nflush_interval -1\n}}\n\
         reverse_proxy /echo {upstream}\n\
         respond / \"revision {revision}\"\n}}\n"
    )
}

pub(crate) fn gunicorn(_: &Addresses, revision: u64) -> String {
    format!(
        "import time\n\n\n\
         def app(environ, start):\n    headers = [(\"x-revision\", \"{revision}\")]\n    \
             path = environ[\"PATH_INFO\"]\n    \
             if path == \"/slow\":\n        \
                 start(\"200 OK\", headers)\n        \
                 return lines()\n    \
             body = b\"revision {revision}\"\n    \
             if path == \"/echo\":\n        \
                 body = environ[\"wsgi.input\"].read()\n    \
             start(\"200 OK\", [*headers, (\"content-length\", str(len(body)))])\n    \
             return [body]\n\n\n\
         def lines():\n    for number in range(1, {LINES} + 1):\n        \
             time.sleep({PAUSE} / 1000)\n        \
             yield f\"line {{number}}\\n\".encode()\n"
    )
}

/// What gunicorn has beside its app.
pub(crate) fn gunicorn_settings(addresses: &Addresses) -> String {
    format!(
        "bind = '{}'\nworkers = 2\nworker_class = 'gthread'\nthreads = 40\nkeepalive = 75\n\
         loglevel = 'error'\n",
        addresses.http1
    )
}
