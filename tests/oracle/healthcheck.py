"""What oslo.middleware's healthcheck answers.

    python3 healthcheck.py < questions.json

Reads a list of questions, writes a list of answers in their order. A question
has `settings` (of the section), `method`, `headers`, `port` and `peer`; an
answer has `status`, `content_type` and `body`.
"""

import json
import logging
import sys

from oslo_config import cfg
from oslo_middleware import Healthcheck
from webob import Request


def nothing_here(_environ, start_response):
    start_response("404 Not Found", [("Content-Type", "text/plain; charset=utf-8")])
    return [b"There is nothing at this address.\n"]


def answer(question):
    # What one app is given, all later ones of the process have too.
    cfg.CONF = cfg.ConfigOpts()
    app = Healthcheck.app_factory({}, **question["settings"])
    # There is no app behind it; without one, webob asks whatever listens at the port.
    app.application = nothing_here
    request = Request.blank("/", method=question["method"])
    request.headers.update(question["headers"])
    request.environ["REMOTE_ADDR"] = question["peer"]
    request.environ["SERVER_PORT"] = str(question["port"])
    response = request.get_response(app)
    return {
        "status": response.status_int,
        "content_type": response.headers.get("Content-Type"),
        "body": response.text,
    }


if __name__ == "__main__":
    logging.disable()
    json.dump([answer(question) for question in json.load(sys.stdin)], sys.stdout)
