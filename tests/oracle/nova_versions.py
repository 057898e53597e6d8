"""nova's documents about versions, from its own files and without the rest of it.

`SOURCES`, an environment variable, names the directory in which they are; `services.py` put them there. What else
they import stands for anything: they only name it.
"""

import importlib.abc
import importlib.machinery
import importlib.util
import os
import sys
from pathlib import Path
from unittest import mock

import webob
import webob.dec

REAL = [
    "nova.api.openstack.api_version_request",
    "nova.api.openstack.common",
    "nova.api.openstack.compute.versions",
    "nova.api.openstack.compute.views.versions",
]


class Stand(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds nova's files, and a stand-in for every other module of nova's and for oslo's log."""

    def __init__(self, sources):
        self.sources = sources

    def find_spec(self, name, _path=None, _target=None):
        if name in REAL:
            path = Path(self.sources, *name.split(".")).with_suffix(".py")
            return importlib.util.spec_from_file_location(name, path)
        if name.split(".")[0] in ("nova", "oslo_log"):
            return importlib.machinery.ModuleSpec(name, self, is_package=True)
        return None

    def create_module(self, spec):
        return mock.MagicMock(name=spec.name, __path__=[], __spec__=spec)

    def exec_module(self, module):
        pass


def documents():
    """The module that builds them, and what it builds them of."""
    if "nova" not in sys.modules:
        sys.meta_path.insert(0, Stand(os.environ["SOURCES"]))
    for name in REAL:
        importlib.import_module(name)
    common = sys.modules["nova.api.openstack.common"]
    common.CONF.api.compute_link_prefix = None
    views = sys.modules["nova.api.openstack.compute.views.versions"]
    return views, sys.modules["nova.api.openstack.compute.versions"].VERSIONS


def versions(_global_conf, only=None):
    """The app; `only` is one of them. What is asked of nova's views, and when, is what its resources ask."""
    views, known = documents()

    @webob.dec.wsgify
    def app(request):
        builder = views.get_view_builder(request)
        if only:
            return webob.Response(json_body=builder.build_version(known[only]))
        if request.environ["PATH_INFO"] == "/":
            return webob.Response(json_body=builder.build_versions(known))
        return webob.Response(json_body=builder.build_choices(known, request), status=300)

    return app
