"""Make a Python environment with the packages that the tests need.

    python3 environment.py DIRECTORY REQUIREMENTS

Needs Python 3.9 or later and, the first time, a package index that pip can
reach (PIP_INDEX_URL, PIP_FIND_LINKS and the like are honoured). A second run
with the same requirements does nothing. Several may run at once.
"""

import fcntl
import shutil
import subprocess
import sys
import urllib.request
import venv
from pathlib import Path

PIP_WITHOUT_ENSUREPIP = "https://bootstrap.pypa.io/get-pip.py"


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
        add_pip(python)
        run(python, "-m", "pip", "install", "--quiet", "--requirement", requirements)
        shutil.copyfile(requirements, installed)


def add_pip(python):
    """Debian takes ensurepip out of its Python; then pip comes from its home page."""
    bundled = subprocess.run(
        [python, "-m", "ensurepip", "--default-pip"], capture_output=True
    )
    if bundled.returncode == 0:
        return
    with urllib.request.urlopen(PIP_WITHOUT_ENSUREPIP) as script:
        subprocess.run([python, "-", "--quiet"], input=script.read(), check=True)


def run(*command):
    subprocess.run([str(word) for word in command], check=True)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    try:
        make(Path(sys.argv[1]).absolute(), Path(sys.argv[2]))
    except (OSError, subprocess.CalledProcessError) as error:
        sys.exit(f"cannot make the Python environment: {error}")
