"""Make a Python environment with the packages that the tests need.

    python3 environment.py DIRECTORY REQUIREMENTS

Needs Python 3.9 or later and, the first time, a package index that pip can
reach (PIP_INDEX_URL, PIP_FIND_LINKS and the like are honoured). A second run
with the same requirements does nothing. Several may run at once.
"""

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import urllib.request
import venv
from pathlib import Path

PIP = "pip-24.0-py3-none-any.whl"
PIP_SHA256 = "ba0d021a166865d2265246961bec0152ff124de910c5cc39f1156ce3fa7c69dc"


def make(directory, requirements):
    directory.parent.mkdir(parents=True, exist_ok=True)
    with open(f"{directory}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        # Written last: without it, the environment is from an interrupted run.
        installed = directory / "installed.txt"
        if installed.exists() and installed.read_text() == requirements.read_text():
            return
        shutil.rmtree(directory, ignore_errors=True)
        venv.create(directory, symlinks=True)
        python = directory / "bin" / "python"
        with tempfile.TemporaryDirectory() as downloads:
            run(python, *pip(python, Path(downloads)), "install", "-qr", requirements)
        shutil.copyfile(requirements, installed)


def pip(python, downloads):
    """The words that start pip, which Debian takes out of its Python."""
    bundled = [python, "-m", "ensurepip", "--default-pip"]
    if subprocess.run(bundled, capture_output=True).returncode == 0:
        return ["-m", "pip"]
    wheel = downloads / PIP
    wheel.write_bytes(download_pip())
    return [wheel / "pip"]


def download_pip():
    index = os.environ.get("PIP_INDEX_URL", "").rstrip("/")
    if not index:
        raise OSError(
            "this Python has no ensurepip (Debian: python3-venv), and PIP_INDEX_URL names no "
            "package index from which pip itself could be had"
        )
    accept = {"Accept": "application/vnd.pypi.simple.v1+json"}
    page = urllib.request.Request(f"{index}/pip/", headers=accept)
    with urllib.request.urlopen(page) as answer:
        urls = {file["filename"]: file["url"] for file in json.load(answer)["files"]}
    if PIP not in urls:
        raise OSError(f"{index} has no {PIP}")
    url = urls[PIP]
    with urllib.request.urlopen(url) as answer:
        wheel = answer.read()
    if hashlib.sha256(wheel).hexdigest() != PIP_SHA256:
        raise OSError(f"{url} is not the {PIP} that was meant")
    return wheel


def run(*command):
    subprocess.run([str(word) for word in command], check=True)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    try:
        make(Path(sys.argv[1]).absolute(), Path(sys.argv[2]))
    except (OSError, subprocess.CalledProcessError) as error:
        sys.exit(f"cannot make the Python environment: {error}")
