"""The HTTPS server: reads requests, lets the API answer, and spoils the answer as told."""

import os
import socket
import ssl
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Callable

from api import API, Answer, Request, invalid_credentials
from files import CloudError
from misbehaviour import Misbehaviours
from tenant import Tenant

#: How long a slow server says nothing.
SLOW_SECONDS = 60
#: How long a client may take for its handshake or between two requests.
IDLE_SECONDS = 75
LONGEST_BODY = 1 << 20
#: The first byte of a client that speaks TLS.
HANDSHAKE = b"\x16"

GARBAGE = b"\x00\x01SSH-2.0-not a web server\r\n\xff\xfe\r\n"
WEB_PAGE = b"<!DOCTYPE html><html><head><title>Cockpit</title></head><body>Please sign in.</body></html>"


class Server(ThreadingHTTPServer):
    """Listens from `__init__` on, answers after `start`."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, address: str, port: int, tenant: Tenant, api: API,
                 certificate: Callable[[frozenset[str]], tuple[Path, Path]], is_proxy: bool = False):
        self.is_proxy = is_proxy
        self.address_family = socket.AF_INET6 if ":" in address else socket.AF_INET
        self.tenant = tenant
        self.api = api
        self.misbehaviours = Misbehaviours()
        self._certificate = certificate
        self._contexts: dict[frozenset[str], ssl.SSLContext] = {}
        try:
            super().__init__((address, port), Handler)
        except (OSError, OverflowError) as error:
            raise port_error("HTTPS", address, port, error) from error

    def server_bind(self) -> None:
        # Not HTTPServer's: that one looks its own name up, which takes seconds without a name server.
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_name, self.server_port = self.server_address[:2]

    def prepare(self, misbehaviours: Misbehaviours) -> None:
        """From the next connection on shows the certificate, and from the next request on answers, as told."""
        self.context(misbehaviours)
        self.misbehaviours = misbehaviours

    def start(self) -> None:
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def context(self, misbehaviours: Misbehaviours) -> ssl.SSLContext:
        faults = misbehaviours.certificates("https")
        if faults not in self._contexts:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.minimum_version = ssl.TLSVersion.TLSv1_2
            context.load_cert_chain(*self._certificate(faults))
            self._contexts[faults] = context
        return self._contexts[faults]

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that goes away is nothing to report."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "CloudSimulator"
    sys_version = ""
    disable_nagle_algorithm = True
    timeout = IDLE_SECONDS
    wbufsize = -1  # One write for head and body: sent apart they can cost the client 40 ms.
    server: Server

    def setup(self) -> None:
        self.request.settimeout(IDLE_SECONDS)
        self.torn = False
        if self.server.is_proxy and self.request.recv(1, socket.MSG_PEEK) != HANDSHAKE:
            self.torn = True  # There is no TLS to be ended.
            super().setup()
            return
        context = self.server.context(self.server.misbehaviours)
        try:
            self.request = context.wrap_socket(self.request, server_side=True)
        except OSError as error:
            self.server.tenant.handshake_failed(getattr(error, "reason", None) or str(error))
            raise
        super().setup()

    def finish(self) -> None:
        super().finish()
        if not self.torn:
            self._say_goodbye()
        self.connection.close()

    def _say_goodbye(self) -> None:
        """Sends the end of TLS without waiting for the client's."""
        try:
            self.connection.setblocking(False)
            self.connection.unwrap()
        except (OSError, ValueError):
            pass  # The client's end has not come, which is fine.

    def do_GET(self) -> None:
        self._respond()

    def do_POST(self) -> None:
        self._respond()

    def do_PUT(self) -> None:
        self._respond()

    def do_DELETE(self) -> None:
        self._respond()

    def log_message(self, *_: object) -> None:
        """`cloud show` tells what was requested."""

    def _respond(self) -> None:
        misbehaviours = self.server.misbehaviours
        request = self._read()
        if request is None:
            self._send(Answer.error(411, "general/lengthRequired", "A Content-Length up to 1 MiB is required"))
            self.close_connection = True
            return

        def does(name: str) -> bool:
            return misbehaviours.https(name, self.command)

        if does("slow"):
            threading.Event().wait(SLOW_SECONDS)
        if does("cut") or does("not-http"):
            self.torn = self.close_connection = True
            self._record(request, None)
            if does("not-http"):
                self.wfile.write(GARBAGE)
            return
        try:
            answer = spoiled_answer(request, does) or self.server.api.answer(request)
        except CloudError as error:
            answer = Answer.error(500, "general/internalError", str(error))
        self._record(request, answer.status)
        self._send(answer, chunked=does("chunked"), length=not does("no-length"))

    def _read(self) -> Request | None:
        length = self.headers.get("Content-Length", "0" if self.command == "GET" else "")
        if not length.isdecimal() or int(length) > LONGEST_BODY:
            return None
        body = self.rfile.read(int(length))
        if len(body) < int(length):
            raise ConnectionAbortedError("the client left in the middle of its request")
        path, authorization = self.path, self.headers.get("Authorization")
        if self.server.is_proxy:
            path, authorization = path.removeprefix("/c8y"), f"Bearer {self.server.tenant.token()}"
        return Request(self.command, path, authorization, self.headers.get("Content-Type", ""), body)

    def _record(self, request: Request, status: int | None) -> None:
        document = request.document
        self.server.tenant.requested(
            method=request.method, path=request.path, status=status,
            user=request.credentials[0] if request.credentials else None,
            name=document.get("name") if isinstance(document, dict) else None)

    def _send(self, answer: Answer, chunked: bool = False, length: bool = True) -> None:
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.content_type)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        body = answer.body
        if chunked:
            self.send_header("Transfer-Encoding", "chunked")
            parts = [body[start:start + 10] for start in range(0, len(body), 10)] + [b""]
            body = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts)
        elif length:
            self.send_header("Content-Length", str(len(body)))
        else:
            self.send_header("Connection", "close")
            self.close_connection = True
        self.end_headers()
        self.wfile.write(body)


def spoiled_answer(request: Request, does: Callable[[str], bool]) -> Answer | None:
    """The answer that a misbehaviour gives in place of the API's."""
    if does("redirect"):
        return Answer(302, b"", headers={"Location": "https://elsewhere.invalid/login"})
    if does("not-json"):
        return Answer(200, WEB_PAGE, "text/html;charset=UTF-8")
    if does("refuse-credentials"):
        return invalid_credentials()
    if does("forbid"):
        return Answer.error(403, "security/Forbidden", "Access is denied")
    if does("conflict"):
        return Answer.error(409, "tenant/duplicate", "Trusted certificate already exists")
    if does("not-found"):
        return Answer.error(404, "general/notFound", f"There is nothing at {request.path}")
    if does("server-error"):
        return Answer.error(500, "general/internalError", "Something broke, please try again later")
    if does("no-name"):
        return Answer.json(200, {"domainName": "example.cumulocity.com", "customProperties": {"name": "inner"}})
    return None


def port_error(what: str, address: str, port: int, error: Exception) -> CloudError:
    """The words for a port that cannot be had."""
    words = os.strerror(error.errno) if getattr(error, "errno", None) else str(error)
    return CloudError(f"cannot listen on {address}:{port} ({what}): {words}")
