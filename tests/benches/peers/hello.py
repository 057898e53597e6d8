"""The app of api-paste.ini, for the servers that are written in Python."""


def factory(global_conf, **local_conf):
    return hello


def hello(environ, start_response):
    body = b"Hello, world!"
    headers = [
        ("Content-Type", "text/plain; charset=utf-8"),
        ("Content-Length", str(len(body))),
    ]
    start_response("200 OK", headers)
    return [body]
