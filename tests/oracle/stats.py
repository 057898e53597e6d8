"""The names under which oslo.middleware's StatsMiddleware times requests.

    python3 stats.py < questions.json

Reads a list of questions, writes a list of names in their order. A question
has `settings` (of the section, without the server), `method`, `mount` and
`path`.
"""

import contextlib
import json
import logging
import sys

import statsd
from oslo_config import cfg
from oslo_middleware.stats import StatsMiddleware
from webob import Request


class Client:
    """Keeps the names that it is told instead of sending them."""

    names = []

    def __init__(self, host):
        self.host = host

    def timer(self, name):
        Client.names.append(name)
        return contextlib.nullcontext()


def hello(_environ, start_response):
    start_response("200 OK", [])
    return []


def name(question):
    cfg.CONF = cfg.ConfigOpts()
    settings = dict(question["settings"], stats_host="127.0.0.1")
    app = StatsMiddleware.factory({}, **settings)(hello)
    request = Request.blank(question["path"], method=question["method"])
    request.script_name = question["mount"]
    request.get_response(app)
    return Client.names.pop()


if __name__ == "__main__":
    logging.disable()
    statsd.StatsClient = Client
    json.dump([name(question) for question in json.load(sys.stdin)], sys.stdout)
