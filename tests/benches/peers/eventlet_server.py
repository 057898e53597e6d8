"""Serves an app of a file with eventlet, as OpenStack's services do.

python eventlet_server.py PORT CONFIG_URI
"""

import eventlet

eventlet.monkey_patch()

import sys

import eventlet.wsgi
from paste.deploy import loadapp

port, uri = sys.argv[1:]
listener = eventlet.listen(("127.0.0.1", int(port)), backlog=1024)
eventlet.wsgi.server(listener, loadapp(uri), debug=False, log_output=False)
