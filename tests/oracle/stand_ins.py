"""Let PasteDeploy resolve and create without any of the code a file names.

Only the places where PasteDeploy would import something are replaced; finding
sections, inheriting, interpolating, wrapping and creating stay PasteDeploy's.

An `egg:` reference needs one decision that the installed distribution makes in
real life: which protocol its entry point has. The rule here is: a filter is a
paste.filter_factory, a server a paste.server_factory, and an application a
paste.app_factory, unless the nearest section whose `use` named the egg is
written [composite:...] or [composit:...]; then it is a paste.composite_factory.
"""

from importlib import metadata

from paste.deploy import loadwsgi

ASSUMED_PROTOCOL = {
    loadwsgi.APP: "paste.app_factory",
    loadwsgi.FILTER: "paste.filter_factory",
    loadwsgi.SERVER: "paste.server_factory",
}


class Factory:
    """What a reference leads to. Calling it notes what would have been made."""

    def __init__(self, reference):
        self.reference = reference

    def __call__(self, /, *args, **options):
        # filter_app_factory and server_runner get (app, global_conf);
        # a composite also gets two, but the first is its loader.
        if len(args) == 2 and not isinstance(args[0], loadwsgi._Loader):
            return Made(self.reference)(args[0])
        return Made(self.reference)


class Made:
    """An application, filter or server, known by how it was put together."""

    def __init__(self, text):
        self.text = text

    def __call__(self, app):
        return Made(f"{self.text}({describe(app)})")


def describe(made):
    """The structure of what create() returned: `F1(F2(APP))`."""
    if isinstance(made, Made):
        return made.text
    name = getattr(made, "__name__", None)
    return f"<function {name}>" if name else repr(made)


class EntryPoint(metadata.EntryPoint):
    """An explicit `paste.*_factory` value: checked as ever, not imported."""

    def load(self):
        self.pattern.match(self.value).group("module")
        return Factory(f"import:{self.value}")


class Metadata:
    """Stands in for importlib.metadata: every distribution is installed."""

    EntryPoint = EntryPoint

    @staticmethod
    def distribution(name):
        return None


def find_egg_entry_point(loader, object_type, name=None):
    name = "main" if name is None else name
    factory = Factory(f"egg:{loader.spec}#{name}")
    return factory, ASSUMED_PROTOCOL[object_type], name


def lookup_object(spec):
    if ":" in spec:
        _module, _attribute = spec.split(":")
    return Factory(f"call:{spec}")


def install():
    egg_context = loadwsgi.EggLoader.get_context
    context_from_use = loadwsgi.ConfigLoader._context_from_use

    def get_context(loader, object_type, name=None, global_conf=None):
        context = egg_context(loader, object_type, name, global_conf)
        context.protocol_is_open = object_type is loadwsgi.APP
        return context

    def use(loader, object_type, local_conf, global_conf, additions, section):
        context = context_from_use(
            loader, object_type, local_conf, global_conf, additions, section
        )
        if getattr(context, "protocol_is_open", False):
            context.protocol_is_open = False
            if section.partition(":")[0] in ("composite", "composit"):
                context.protocol = "paste.composite_factory"
        return context

    loadwsgi.EggLoader.get_context = get_context
    loadwsgi.EggLoader.find_egg_entry_point = find_egg_entry_point
    loadwsgi.ConfigLoader._context_from_use = use
    loadwsgi.importlib_metadata = Metadata
    loadwsgi.lookup_object = lookup_object
