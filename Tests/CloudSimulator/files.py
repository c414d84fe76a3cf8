"""Files that other processes read while they are written, and the words for what goes wrong."""

import json
import os
import tempfile
from pathlib import Path


class CloudError(Exception):
    """A failure whose text is meant for the person who started the simulator."""


def write_atomically(path: Path, text: str, mode: int = 0o644) -> None:
    """Replaces `path` by `text`: a reader sees the old content or the new one, never a part."""
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(temporary, mode)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise


def write_json(path: Path, value: object) -> None:
    write_atomically(path, json.dumps(value, indent=2) + "\n")


def read_json(path: Path, default: object) -> object:
    """The value in `path`, or `default` where there is no such file."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return default


def find_program(name: str, package: str) -> str:
    """The path of an executable; also looks where a normal user's PATH does not (`/usr/sbin`)."""
    for directory in [*os.environ.get("PATH", "").split(":"), "/usr/local/sbin", "/usr/sbin", "/usr/bin", "/bin"]:
        path = os.path.join(directory, name)
        if directory and os.access(path, os.X_OK) and os.path.isfile(path):
            return path
    raise CloudError(f"{name} is not installed; run: apt-get install {package}")
