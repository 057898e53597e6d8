"""What filters, composites and apps of Python answer.

    python3 originals.py < questions.json

Reads a list of questions, writes a list of lists of answers in their order. A question has `file`, the text of
a paste file with an app `main`, `htpasswd`, the path of a file or null, and `requests`; a request has `method`, `target` (still percent-encoded),
`headers` (pairs), `body`, `is_sized` (whether its length is told), `peer`, `scheme` and `port`. An answer has
`status`, `headers` (pairs) and `body`.

The app `originals:echo` stands in these files for the one behind the filters; ours is of the same name. What filters
print is not shown.
"""

import contextlib
import io
import json
import logging
import sys
import tempfile
import warnings
from pathlib import Path
from urllib.parse import unquote_to_bytes

from oslo_config import cfg
from oslo_middleware import basic_auth
from paste.deploy import loadapp

# Headers of which the app says what came; it may have them from a client or from a filter.
SEEN = ["HTTP_X_USER", "HTTP_X_USER_NAME", "HTTP_X_OPENSTACK_REQUEST_ID", "HTTP_X_CORRELATION_ID", "HTTP_AUTHORIZATION"]


def echo(_global_conf, name="echo", status="200 OK", **headers):
    """An app that says what it sees, with headers of its own where the section has `header NAME`s."""
    own = [(key.removeprefix("header "), value) for key, value in headers.items() if key.startswith("header ")]

    def app(environ, start_response):
        text = lambda value: value.encode("latin-1").decode("utf-8", "replace")
        body = environ["wsgi.input"].read()
        seen = {
            "app": name,
            "script_name": text(environ.get("SCRIPT_NAME", "")),
            "path_info": text(environ.get("PATH_INFO", "")),
            "query": environ.get("QUERY_STRING", ""),
            "scheme": environ["wsgi.url_scheme"],
            "host": environ.get("HTTP_HOST"),
            "client": environ.get("REMOTE_ADDR"),
            "body": body.decode(),
            "headers": {key[5:].replace("_", "-").lower(): environ[key] for key in SEEN if key in environ},
        }
        # What it says of a HEAD is not sent.
        answer = json.dumps(seen).encode()
        start_response(status, [("Content-Type", "application/json"), *own])
        return [b"" if environ["REQUEST_METHOD"] == "HEAD" else answer]

    return app


def environ_of(request):
    path, _, query = request["target"].partition("?")
    body = request["body"].encode()
    environ = {
        "REQUEST_METHOD": request["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
        "QUERY_STRING": query,
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": str(request["port"]),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": request["peer"],
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": request["scheme"],
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": False,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    if request["is_sized"]:
        environ["CONTENT_LENGTH"] = str(len(body))
    else:
        environ["wsgi.input_terminated"] = True
    for name, value in request["headers"]:
        key = f"HTTP_{name.upper().replace('-', '_')}"
        # As every server does it.
        environ[key] = f"{environ[key]},{value}" if key in environ else value
    return environ


def answer(app, request):
    said = {}

    def start_response(status, headers, _exc_info=None):
        said.update(status=int(status.split()[0]), headers=headers)
        return lambda _data: None

    try:
        result = app(environ_of(request), start_response)
        body = b"".join(result)
        if hasattr(result, "close"):
            result.close()
    except Exception as error:
        return {"status": 500, "headers": [], "body": f"raised {type(error).__name__}: {error}"}
    return {**said, "body": body.decode("utf-8", "replace")}


def answers(question, directory):
    # What one app is given, all later ones of the process have too.
    cfg.CONF = cfg.ConfigOpts()
    if question["htpasswd"]:
        cfg.CONF.register_opts(basic_auth.OPTS, group="oslo_middleware")
        cfg.CONF.set_override("http_basic_auth_user_file", question["htpasswd"], "oslo_middleware")
    path = Path(directory, "api-paste.ini")
    path.write_text(question["file"])
    app = loadapp(f"config:{path}")
    return [answer(app, request) for request in question["requests"]]


if __name__ == "__main__":
    logging.disable()
    warnings.simplefilter("ignore")
    with tempfile.TemporaryDirectory() as directory:
        with contextlib.redirect_stdout(io.StringIO()):
            said = [answers(question, directory) for question in json.load(sys.stdin)]
        json.dump(said, sys.stdout)
