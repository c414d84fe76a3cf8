"""How `cloud` commands talk to the running simulator: one JSON line each way over a socket in its directory."""

import contextlib
import json
import os
import select
import signal
import socket
import threading
from pathlib import Path
from typing import Callable, Iterator

from files import CloudError

SOCKET = "control"
#: How long a command may take, a restart of the broker included.
ANSWER_SECONDS = 30
#: How long a simulator may take to end before it is killed.
END_SECONDS = 10


class ControlServer:
    """Answers each request with what `handle` returns, on threads of its own."""

    def __init__(self, directory: Path, handle: Callable[[dict], object]):
        self._handle = handle
        self._socket = socket.socket(socket.AF_UNIX)
        with short_path(directory) as path:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(path)
            self._socket.bind(path)
        self._socket.listen(16)

    def start(self) -> None:
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            connection, _ = self._socket.accept()
            threading.Thread(target=self._answer, args=[connection], daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError), connection.makefile("rw") as stream:
            try:
                answer = {"answer": self._handle(json.loads(stream.readline()))}
            except CloudError as error:
                answer = {"error": str(error)}
            except Exception as error:
                answer = {"error": f"{type(error).__name__}: {error}"}
            stream.write(json.dumps(answer) + "\n")


def ask(directory: Path, request: dict) -> object:
    """Sends a request to the simulator of that directory."""
    with _connect(directory) as connection, connection.makefile("rw") as stream:
        stream.write(json.dumps(request) + "\n")
        stream.flush()
        line = stream.readline()
    if not line:
        raise CloudError("the simulator ended before it answered")
    answer = json.loads(line)
    if "error" in answer:
        raise CloudError(answer["error"])
    return answer["answer"]


def stop(directory: Path) -> bool:
    """Ends the simulator of that directory and waits until it is gone; false when none is running."""
    try:
        pid = ask(directory, {"do": "pid"})
        process = os.pidfd_open(pid)
    except (CloudError, ProcessLookupError):
        return False
    try:
        signal.pidfd_send_signal(process, signal.SIGTERM)
        if not select.select([process], [], [], END_SECONDS)[0]:
            signal.pidfd_send_signal(process, signal.SIGKILL)
            select.select([process], [], [], END_SECONDS)
    except ProcessLookupError:
        pass  # It ended by itself meanwhile.
    finally:
        os.close(process)
    return True


def _connect(directory: Path) -> socket.socket:
    connection = socket.socket(socket.AF_UNIX)
    connection.settimeout(ANSWER_SECONDS)
    try:
        with short_path(directory) as path:
            connection.connect(path)
    except OSError as error:
        connection.close()
        raise CloudError(f"no simulator is running in {directory}") from error
    return connection


@contextlib.contextmanager
def short_path(directory: Path) -> Iterator[str]:
    """The socket's path; the path of a socket holds 107 bytes at most, that of a directory more."""
    descriptor = os.open(directory, os.O_PATH | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{descriptor}/{SOCKET}"
    finally:
        os.close(descriptor)
