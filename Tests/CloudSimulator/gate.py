"""The door of a cloud that looks at more than mosquitto can: who connects, under which client id and user name.

It speaks TLS with the devices, reads their CONNECT, refuses what Azure IoT Hub or AWS IoT Core would, and hands the rest on to
mosquitto under the common name of the certificate as user name.
"""

import contextlib
import select
import socket
import ssl
import struct
import threading
from dataclasses import dataclass, replace
from typing import Callable

import apart
from https import port_error

#: How long a device may take for its handshake and its CONNECT.
GREETING_SECONDS = 10
#: MQTT 3.1.1, 3.2.2.3: the return code for a device that is not authorized.
NOT_AUTHORIZED = 5
#: The protocol (ALPN) by which AWS IoT Core knows devices with a certificate on the port of HTTPS.
WEB_PROTOCOL = "x-amzn-mqtt-ca"
#: What others get there.
WEB_ANSWER = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
#: What stands behind the device id in a user name of Azure IoT Hub; the version itself is not looked at.
API_VERSION = "/?api-version="


@dataclass(frozen=True)
class Greeting:
    """A CONNECT of MQTT 3.1.1 (3.1)."""

    level: int
    flags: int
    keep_alive: int
    client: str
    #: Topic and message of the last will, as they stand in the packet.
    will: bytes
    user: str | None

    @staticmethod
    def read(body: bytes) -> "Greeting":
        """Reads what follows the fixed header; ValueError where it is something else."""
        try:
            protocol, rest = _field(body)
            if protocol != b"MQTT":
                raise ValueError(f"the protocol is {protocol!r}")
            level, flags, keep_alive = struct.unpack(">BBH", rest[:4])
            client, rest = _field(rest[4:])
            before = rest
            for _ in range(2 if flags & 0x04 else 0):
                _, rest = _field(rest)
            will = before[: len(before) - len(rest)]
            user = _field(rest)[0].decode() if flags & 0x80 else None
            return Greeting(level, flags, keep_alive, client.decode(), will, user)
        except struct.error as error:
            raise ValueError("the CONNECT ends too early") from error

    def packet(self) -> bytes:
        """The same CONNECT without a password."""
        flags = self.flags & 0x3F | (0x80 if self.user is not None else 0)
        body = _packed(b"MQTT") + struct.pack(">BBH", self.level, flags, self.keep_alive)
        body += _packed(self.client.encode()) + self.will
        if self.user is not None:
            body += _packed(self.user.encode())
        return bytes([0x10]) + _length(len(body)) + body


def azure_objection(greeting: Greeting, device: str, hosts: list[str]) -> str | None:
    """Why Azure IoT Hub refuses a device, if it does: the client id is the device id, the user name is host, device id and
    version of the interface."""
    if greeting.client != device:
        return f"the client id is '{greeting.client}', and the certificate is that of '{device}'"
    host, slash, rest = (greeting.user or "").partition("/")
    if host not in hosts:
        return f"the user name '{greeting.user}' does not begin with the host name"
    if not slash or not rest.startswith(device + API_VERSION):
        return f"the user name '{greeting.user}' does not name the device and the version"
    return None


def aws_objection(greeting: Greeting, device: str, _: list[str]) -> str | None:
    """Why the policy of a device in AWS IoT Core refuses it, if it does: the client id is the name of the thing."""
    if greeting.client != device:
        return f"the client id is '{greeting.client}', and the policy is that of '{device}'"
    return None


def c8y_objection(greeting: Greeting, device: str, _: list[str]) -> str | None:
    """Why a Cumulocity tenant whose devices are kept apart refuses one: only what the stand-in cannot do."""
    if greeting.level & 0x7F not in (3, 4):
        return "only MQTT 3.1 and 3.1.1 are spoken here"
    if greeting.will:
        return "last wills are not taken here"
    return None


OBJECTIONS = {"azure": azure_objection, "aws": aws_objection, "c8y": c8y_objection}


class Gate:
    """Listens from `__init__` on; `settings` are those of `Broker`. With a `protocol`, clients that do not name it (ALPN)
    get an answer of HTTP."""

    def __init__(self, address: str, port: int, inner_port: int, settings, plays: str, hosts: list[str],
                 log: Callable[[str, dict], None], protocol: str | None = None):
        self._protocol = protocol
        self._inner_port = inner_port
        self._settings = settings
        self._answers_refusals = plays != "aws"
        self._is_apart = plays == "c8y"
        self._objection = OBJECTIONS[plays]
        self._hosts = hosts
        self._log = log
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._stopped = False
        try:
            family = socket.AF_INET6 if ":" in address else socket.AF_INET
            self._socket = socket.create_server((address, port), family=family, backlog=64)
        except (OSError, OverflowError) as error:
            raise port_error("MQTT", address, port, error) from error
        threading.Thread(target=self._serve, daemon=True).start()

    def change(self, settings) -> None:
        """From the next connection and message on."""
        self._settings = settings

    def stop(self) -> None:
        """Ends the listener and every connection."""
        with self._lock:
            self._stopped = True
            for one in [self._socket, *self._open]:
                _shut(one)
            self._open.clear()
        self._socket.close()

    def _serve(self) -> None:
        while True:
            try:
                raw, _ = self._socket.accept()
            except OSError:
                return
            threading.Thread(target=self._guarded, args=[raw], daemon=True).start()

    def _guarded(self, raw: socket.socket) -> None:
        with contextlib.ExitStack() as stack:
            stack.callback(raw.close)
            if not self._keep(raw):
                return
            with contextlib.suppress(OSError, ValueError):
                self._receive(raw, stack)
            self._leave(raw)

    def _keep(self, one: socket.socket) -> bool:
        with self._lock:
            if not self._stopped:
                self._open.add(one)
            return not self._stopped

    def _leave(self, one: socket.socket) -> None:
        with self._lock:
            self._open.discard(one)

    def _receive(self, raw: socket.socket, stack: contextlib.ExitStack) -> None:
        raw.settimeout(GREETING_SECONDS)
        try:
            connection = self._context().wrap_socket(raw.dup(), server_side=True)
        except OSError as error:
            self._log("handshake", {"reason": getattr(error, "verify_message", None) or getattr(error, "reason", None)
                                    or str(error)})
            return
        stack.callback(connection.close)
        with connection:
            if connection.selected_alpn_protocol() != self._protocol:
                self._log("refusal", {"reason": f"the client does not name the protocol {self._protocol}"})
                connection.sendall(WEB_ANSWER)
                return
            certificate = connection.getpeercert()
            device = _common_name(certificate)
            kind, body = _packet(connection.recv)
            if kind >> 4 != 1:
                return
            greeting = Greeting.read(body)
            reason = "the device is not registered" if self._settings.unregistered else None
            if int(certificate["serialNumber"], 16) in self._settings.refused:
                reason = "the certificate is refused"
            reason = reason or self._objection(greeting, device, self._hosts)
            if reason is not None:
                self._log("refusal", {"device": device, "client": greeting.client, "user": greeting.user,
                                      "reason": reason})
                if self._answers_refusals:  # AWS closes the connection without a word.
                    connection.sendall(bytes([0x20, 2, 0, NOT_AUTHORIZED]))
                return
            with socket.create_connection(("127.0.0.1", self._inner_port), timeout=GREETING_SECONDS) as inner:
                inner.sendall(replace(greeting, user=device).packet())
                self._pump(connection, inner, apart.place_of(device) if self._is_apart else "")

    def _context(self) -> ssl.SSLContext:
        # A new one for each connection: OpenSSL keeps the certificates that it has looked up.
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self._settings.certificate, self._settings.key)
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(capath=self._settings.trusted)
        # As the cloud does, which trusts certificates and not authorities.
        context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
        context.num_tickets = 0
        if self._protocol:
            context.set_alpn_protocols([self._protocol])
        return context

    def _pump(self, device: ssl.SSLSocket, broker: socket.socket, place: str) -> None:
        """Carries packets both ways until one side ends; with a place, the topics of the device are there."""
        device.setblocking(False)
        pending = answers = b""
        while not self._stopped:
            readable = [device] if device.pending() else select.select([device, broker], [], [], 60)[0]
            if device in readable:
                try:
                    data = device.recv(65536)
                except ssl.SSLWantReadError:
                    data = None
                if data == b"":
                    return
                pending += data or b""
                packets, pending = _split(pending)
                if place:
                    packets = [apart.moved_in(one, place) for one in packets]
                broker.sendall(b"".join(self._spoiled(one) for one in packets))
            if broker in readable:
                data = broker.recv(65536)
                if data == b"":
                    return
                if place:
                    packets, answers = _split(answers + data)
                    data = b"".join(apart.moved_out(one, place) for one in packets)
                device.settimeout(GREETING_SECONDS)
                device.sendall(data)
                device.setblocking(False)

    def _spoiled(self, packet: bytes) -> bytes:
        """A packet as it goes on: AWS may be told to reflect something else than the test message."""
        if packet[0] >> 4 != 3 or not self._settings.other_reflection:
            return packet
        header = 1 + len(_length(_remaining(packet)[0]))
        topic, rest = _field(packet[header:])
        if not topic.endswith(b"/test-connection"):
            return packet
        number = 2 if packet[0] & 0x06 else 0
        return packet[: len(packet) - len(rest) + number] + rest[number:][::-1]


def _common_name(certificate: dict) -> str:
    names = [value for part in certificate["subject"] for key, value in part if key == "commonName"]
    return names[-1] if names else ""


def _field(data: bytes) -> tuple[bytes, bytes]:
    """A field with its length in front, and what follows it."""
    length, = struct.unpack(">H", data[:2])
    if len(data) < 2 + length:
        raise ValueError("a field ends too early")
    return data[2:2 + length], data[2 + length:]


def _packed(field: bytes) -> bytes:
    return struct.pack(">H", len(field)) + field


_length = apart.length


def _remaining(packet: bytes) -> tuple[int, int] | None:
    """The remaining length of a packet and how many bytes it takes; None where there are too few."""
    length = 0
    for index, byte in enumerate(packet[1:5]):
        length |= (byte & 0x7F) << 7 * index
        if not byte & 0x80:
            return length, index + 1
    if len(packet) >= 5:
        raise ValueError("no length of MQTT")
    return None


def _split(data: bytes) -> tuple[list[bytes], bytes]:
    """The whole packets, and the beginning of the next one."""
    packets = []
    while data and (found := _remaining(data)) is not None:
        end = 1 + sum(found)
        if len(data) < end:
            break
        packets.append(data[:end])
        data = data[end:]
    return packets, data


def _packet(receive: Callable[[int], bytes]) -> tuple[int, bytes]:
    """Reads one packet, and not a byte more: its first byte, and what follows the fixed header."""
    def exactly(count: int) -> bytes:
        data = b""
        while len(data) < count:
            more = receive(count - len(data))
            if not more:
                raise ValueError("the connection ended")
            data += more
        return data

    head = exactly(2)
    while _remaining(head) is None:
        head += exactly(1)
    return head[0], exactly(_remaining(head)[0])


def _shut(one: socket.socket) -> None:
    with contextlib.suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)  # Ends an accept or a read, which close alone would not.
