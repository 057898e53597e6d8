"""Tell what gunicorn's own tests send, and what they expect of it, as JSON.

    python foreign_requests.py DIRECTORY

Its wheel has no tests: the sources are downloaded to DIRECTORY the first time, by the pip of the
environment that `environment.py` made, whose Python this must be. Several may run at once.
"""

import fcntl
import importlib
import json
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

import environment

SOURCES = Path(__file__).with_name("gunicorn.txt")


def fetch(directory):
    with open(f"{directory}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        # Moved there as a whole.
        if not directory.exists():
            with tempfile.TemporaryDirectory(dir=directory.parent) as downloads:
                shutil.move(unpack(Path(downloads)), directory)


def unpack(downloads):
    pip = environment.pip(sys.executable, downloads)
    options = ["--no-binary", "gunicorn", "--no-deps", "--require-hashes"]
    environment.run(sys.executable, *pip, "download", "-qd", downloads, *options, "-r", SOURCES)
    (archive,) = downloads.glob("gunicorn-*.tar.gz")
    with tarfile.open(archive) as sources:
        sources.extractall(downloads)
    return archive.with_suffix("").with_suffix("")


def cases(directory):
    """Yields each file by the words of gunicorn's tests, which undo its escapes."""
    sys.path[0:0] = [str(directory), str(directory / "tests")]
    treq = importlib.import_module("treq")
    for path in sorted((directory / "tests" / "requests").glob("*/*.http")):
        expected = treq.load_py(path.with_suffix(".py"))["request"]
        is_valid = path.parent.name == "valid"
        read = treq.request(path, expected) if is_valid else treq.badrequest(path)
        yield {
            "name": f"{path.parent.name}/{path.stem}",
            "bytes": read.data.decode("latin-1"),
            "requests": [request(one) for one in read.expect] if is_valid else [],
        }


def request(expected):
    body = expected["body"]
    return {
        "method": expected["method"],
        "target": expected["uri"]["raw"],
        "headers": expected["headers"],
        "body": body if isinstance(body, str) else body.decode("latin-1"),
        "trailers": expected.get("trailers", []),
    }


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sources = Path(sys.argv[1]).absolute()
    try:
        fetch(sources)
    except (OSError, subprocess.CalledProcessError) as error:
        sys.exit(f"cannot have the sources of gunicorn: {error}")
    json.dump(list(cases(sources)), sys.stdout)
