"""What the real PasteDeploy makes of an INI file, as JSON.

    python oracle.py FILE [--expand] [KEY=VALUE...]
    python oracle.py --serve

The first form answers for one file, as `impasto resolve FILE --json` does. The
second reads requests from standard input, one JSON object per line

    {"path": "/x/api-paste.ini", "globals": {"key": "value"}, "expand": false}

and writes one answer per line, until its input ends.

An answer has `file`, `global`, and either `entries`, with one entry for each
section that can be loaded by name, or `parse_error`. An entry is an `error`, or
`ok` with the tree of contexts and `create` with the structure PasteDeploy
builds from it. Errors have a `kind`, the name of the Python exception, and a
`message`. Three kinds say that PasteDeploy gave up rather than judged:
RecursionError, MemoryError, and Timeout for a file that takes too long.

No factory is imported; see stand_ins.py.
"""

import json
import os
import resource
import signal
import sys
from urllib.parse import quote

from paste.deploy import loadwsgi

import stand_ins
from stand_ins import Made, describe

TIME_LIMIT_SECONDS = 5
MEMORY_LIMIT_BYTES = 2 << 30

TYPE_OF_PREFIX = {
    prefix: (kind, object_type)
    for kind, object_type in (
        ("app", loadwsgi.APP),
        ("filter", loadwsgi.FILTER),
        ("server", loadwsgi.SERVER),
    )
    for prefix in loadwsgi._flatten(object_type.config_prefixes)
}


class OutOfTime(BaseException):
    """Not an Exception, so that nothing on the way takes it for its own."""


def answer(path, global_conf, expand):
    """The answer for one file, whatever the file does."""
    path = os.path.abspath(path)
    result = {"file": os.path.basename(path), "global": dict(global_conf)}
    signal.setitimer(signal.ITIMER_REAL, TIME_LIMIT_SECONDS)
    try:
        result["entries"] = entries(path, global_conf, expand)
        return json.dumps(result)
    except (Exception, OutOfTime) as error:
        result.pop("entries", None)
        result["parse_error"] = failure(error)
        return json.dumps(result)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def entries(path, global_conf, expand):
    found = {}
    for section in loadwsgi.ConfigLoader(path).parser.sections():
        prefix, colon, name = section.partition(":")
        if prefix not in TYPE_OF_PREFIX:
            continue
        kind, object_type = TYPE_OF_PREFIX[prefix]
        name = name.strip() if colon else None
        key = f"{kind}:{name}" if colon else prefix
        if key not in found:
            found[key] = entry(
                lambda: load(path, object_type, name, global_conf),
                object_type,
                expand,
            )
    return found


def load(path, object_type, name, global_conf):
    if name is not None:
        return loadwsgi.loadcontext(
            object_type, "config:" + quote(path), name, global_conf=global_conf
        )
    # A URI without a name means `main`; only the loader itself finds a bare [app].
    loader = loadwsgi.ConfigLoader(path)
    loader.update_defaults(global_conf, overwrite=False)
    return loader.get_context(object_type, None, global_conf)


def entry(load_context, object_type, expand):
    try:
        context = load_context()
        # The tree first: creating should not change it, but could.
        resolved = tree(context, expand)
    except Exception as error:
        return {"error": failure(error)}
    return {"ok": resolved, "create": create(context, object_type)}


def create(context, object_type):
    try:
        made = context.create()
        if object_type is loadwsgi.FILTER:
            made = made(Made("*"))
        return describe(made)
    except Exception as error:
        return {"error": failure(error)}


def failure(error):
    if isinstance(error, OutOfTime):
        message = f"no answer within {TIME_LIMIT_SECONDS} s"
        return {"kind": "Timeout", "message": message}
    if isinstance(error, RecursionError):
        # The rest of the message depends on where the stack happened to end.
        return {
            "kind": "RecursionError",
            "message": "maximum recursion depth exceeded",
        }
    return {"kind": type(error).__name__, "message": str(error)}


def tree(context, expand):
    node = {"object_type": context.object_type.name}
    made_of_others = context.object_type in (
        loadwsgi.PIPELINE,
        loadwsgi.FILTER_APP,
        loadwsgi.FILTER_WITH,
    )
    if not made_of_others:
        node["protocol"] = context.protocol
        node["factory"] = context.object.reference
        node["loader"] = loader_name(context.loader)
    node["global_conf"] = dict(context.global_conf)
    node["local_conf"] = dict(context.local_conf)
    if context.object_type is loadwsgi.PIPELINE:
        node["filters"] = [tree(each, expand) for each in context.filter_contexts]
        node["app"] = tree(context.app_context, expand)
    elif made_of_others:
        node["filter"] = tree(context.filter_context, expand)
        node["next"] = tree(context.next_context, expand)
    elif expand and "composit" in str(context.protocol):
        inner = children(context)
        if inner is not None:
            node["children"] = inner
    return node


def loader_name(loader):
    if isinstance(loader, loadwsgi.ConfigLoader):
        return "config:" + os.path.abspath(loader.filename)
    scheme = "egg" if isinstance(loader, loadwsgi.EggLoader) else "call"
    return f"{scheme}:{loader.spec}"


def children(context):
    """The sub-applications of the composites whose settings are known to name them."""
    reference, settings = context.object.reference, context.local_conf

    def child(object_type, name, global_conf):
        found = entry(
            lambda: context.loader.get_context(object_type, name, global_conf),
            object_type,
            expand=True,
        )
        if found.get("error", {}).get("kind") == "RecursionError":
            # A composite inside itself: the file has no finite tree.
            raise RecursionError
        return found

    def pipeline(filters, app):
        return {
            "filters": [child(loadwsgi.FILTER, name, None) for name in filters],
            "app": child(loadwsgi.APP, app, None),
        }

    if reference.endswith(("#urlmap", "urlmap_factory", "#cascade")):
        not_apps = ("catch",) if reference.endswith("#cascade") else ()
        return {
            "mounts": {
                key: child(loadwsgi.APP, name, context.global_conf)
                for key, name in settings.items()
                if key not in not_apps
            }
        }
    if ":pipeline_factory" in reference:
        pipelines = {key: value.split() for key, value in settings.items()}
        return {
            "pipelines": {
                key: pipeline(names[:-1], names[-1])
                for key, names in pipelines.items()
                if names
            }
        }
    return None


def serve():
    for line in sys.stdin:
        request = json.loads(line)
        print(
            answer(
                request["path"],
                request.get("globals", {}),
                request.get("expand", False),
            ),
            flush=True,
        )


def main(arguments):
    def out_of_time(_signal, _frame):
        raise OutOfTime

    signal.signal(signal.SIGALRM, out_of_time)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT_BYTES, MEMORY_LIMIT_BYTES))
    stand_ins.install()
    if arguments == ["--serve"]:
        return serve()
    if not arguments or arguments[0].startswith("-"):
        sys.exit(__doc__)
    path, *rest = arguments
    expand = "--expand" in rest
    pairs = (word.split("=", 1) for word in rest if word != "--expand")
    shown = json.loads(answer(path, dict(pairs), expand))
    sys.stdout.reconfigure(encoding="utf-8", errors="surrogatepass")
    print(json.dumps(shown, indent=1, ensure_ascii=False))


if __name__ == "__main__":
    main(sys.argv[1:])
