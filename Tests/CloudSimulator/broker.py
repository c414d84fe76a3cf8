"""The MQTT broker: a real mosquitto, one process at a time."""

import os
import pwd
import signal
import socket
import subprocess
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import apart
from files import CloudError, find_program, write_atomically
from gate import WEB_PROTOCOL, Gate
from https import port_error

#: What a device may publish and receive. `%u` is the common name of its certificate: as another device it can
#: neither publish nor receive where the device is part of the topic (Azure, AWS).
PUBLISHED = (
    *(f"{kind}/{topic}/#" for kind in "stqc" for topic in ("us", "uc", "ul")), "s/ut/#", "s/uat/#", "s/ucr",
    "inventory/#", "measurement/#", "event/#", "alarm/#",
)
RECEIVED = (
    "s/ds", "s/e", "s/dt", "s/dat/#", "s/dc/#", "s/dcr", "s/dl/#", "s/ol/#", "s/os", "s/oc/#", "error",
    "devicecontrol/notifications",
)
AZURE = ("$iothub/#", "devices/%u/#")
AWS = ("thinedge/%u/#", "$aws/things/%u/#")
#: AWS sends this one back to the device that publishes it; a silent cloud keeps it.
ECHO = "thinedge/devices/%u/#"

CONFIGURATION = """\
per_listener_settings true
log_dest stderr
log_type error
log_type notice
log_type information
connection_messages true
message_size_limit 268435455
"""

DEVICE_LISTENER = """
listener {port} {address}
certfile {certificate}
keyfile {key}
capath {trusted}
require_certificate true
use_identity_as_username true
acl_file {acl}
"""

#: For devices with a user name and password. mosquitto takes a listener's user names from certificates or from clients.
PASSWORD_LISTENER = """
listener {port} {address}
certfile {certificate}
keyfile {key}
allow_anonymous false
password_file {passwords}
acl_file {acl}
"""

#: In the place of the listener for devices where the gate is that.
GUEST_LISTENER = """
listener {port} 127.0.0.1
allow_anonymous true
acl_file {acl}
"""

INNER_LISTENER = """
listener {port} 127.0.0.1
allow_anonymous true
"""


@dataclass(frozen=True)
class BrokerSettings:
    certificate: Path
    key: Path
    trusted: Path
    #: Does not send a device its own AWS test message back.
    silent: bool
    #: Ends every connection during the handshake.
    cut: bool
    #: Drops the packets of every connection to the usual port, as a firewall does.
    filtered: bool = False
    #: Refuses every device although its certificate is good.
    unregistered: bool = False
    #: Reflects something else than the AWS test message.
    other_reflection: bool = False
    #: Serial numbers of certificates that are not let in, although the tenant trusts them.
    refused: frozenset[int] = frozenset()

    def needs_restart(self, before: "BrokerSettings") -> bool:
        """Whether mosquitto must start anew to change to this from `before`."""
        return self._of_start() != before._of_start()

    def _of_start(self) -> tuple:
        return self.certificate, self.trusted, self.cut, self.filtered

    @property
    def is_closed(self) -> bool:
        """Whether something else takes the connections to the usual port."""
        return self.cut or self.filtered


class Broker:
    """Start, stop and change it from the one thread that lives as long as the program: the kernel kills mosquitto
    when the thread that started it ends."""

    def __init__(self, directory: Path, address: str, port: int, plays: str = "all", hosts: list[str] | None = None,
                 password_port: int = 0, password: tuple[str, str] = ("", ""), web_port: int = 0):
        self._directory = directory
        self._plays = plays
        #: The port of devices with a password, 0 for none, and their user name and password.
        self._password_port = password_port
        self._password = password
        self._passwords = directory / "passwords"
        self._hosts = [*(hosts or []), address]
        #: Gates of the usual port and of the one that wants a protocol, 0 for none.
        self._gates: list[Gate] = []
        self._web_port = web_port
        self._guest_port = 0
        #: What the gate said of devices that it did not let in.
        self.refusals: list[dict] = []
        self._handshakes: list[str] = []
        self._address = address
        self._port = port
        self._settings: BrokerSettings | None = None
        self._process: subprocess.Popen | None = None
        self._cutter: Cutter | Filter | None = None
        self._acl = directory / "broker.acl"
        self._log = directory / "broker.log"
        #: The loopback port without TLS and rights, for the client that answers.
        self.inner_port = 0

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def start(self, settings: BrokerSettings) -> None:
        """Returns when mosquitto answers on all its ports."""
        if settings.cut:
            self._cutter = Cutter(self._address, self._port)
        elif settings.filtered:
            self._cutter = Filter(self._address, self._port)
        else:
            check_port("MQTT", self._address, self._port)
        if self._password_port:
            check_port("MQTT with passwords", self._address, self._password_port)
            self._write_password()
        self._settings = settings
        self._write_acl()
        for attempt in range(3):
            with socket.create_server(("127.0.0.1", 0)) as free, socket.create_server(("127.0.0.1", 0)) as other:
                self.inner_port, self._guest_port = free.getsockname()[1], other.getsockname()[1]
            self._write_configuration()
            if self._launch():
                if self._plays != "all" and not settings.cut:
                    ports = [] if settings.filtered else [(self._port, None)]
                    ports += [(self._web_port, WEB_PROTOCOL)] if self._web_port else []
                    for port, protocol in ports:
                        self._gates.append(Gate(self._address, port, self._guest_port, settings, self._plays,
                                                self._hosts, self._gate_said, protocol))
                return
        raise CloudError(f"mosquitto does not start: {self._last_words()}")

    def stop(self) -> None:
        if self._cutter is not None:
            self._cutter.stop()
            self._cutter = None
        for gate in self._gates:
            gate.stop()
        self._gates = []
        if self._process is not None:
            # There is nothing to save; mosquitto's own way out takes up to 100 ms.
            self._process.kill()
            self._process.wait()
            self._process = None

    def reload(self, settings: BrokerSettings) -> None:
        """Changes what needs no restart without ending a connection; returns when it counts."""
        was_silent, self._settings = self._settings.silent, settings
        for gate in self._gates:
            gate.change(settings)
        if was_silent == settings.silent:
            return
        self._write_acl()
        before = self._reloads()
        self._process.send_signal(signal.SIGHUP)
        deadline = time.monotonic() + 5
        while self._reloads() == before:
            if time.monotonic() > deadline or not self.running:
                raise CloudError(f"mosquitto does not reload: {self._last_words()}")
            time.sleep(0.005)

    def connections(self) -> list[dict[str, str]]:
        """Who connected: client id and the common name of the certificate."""
        found = []
        for line in self._log_lines():
            if "New client connected" in line and ", u'" in line:
                client = line.split(" as ", 1)[1].rsplit(" (p", 1)[0]
                found.append({"client": client, "device": line.rsplit(", u'", 1)[1].rsplit("'", 1)[0]})
        return found

    def failed_handshakes(self) -> list[str]:
        """What OpenSSL said of the connections that were none."""
        found = [line.rsplit(":", 1)[1] for line in self._log_lines() if "OpenSSL Error" in line]
        return found + self._handshakes

    def _gate_said(self, kind: str, facts: dict) -> None:
        if kind == "refusal":
            self.refusals.append(facts)
        else:
            self._handshakes.append(facts["reason"])

    def _reloads(self) -> int:
        return sum("Reloading config." in line for line in self._log_lines())

    def _log_lines(self) -> list[str]:
        return self._log.read_text(errors="replace").splitlines()

    def _launch(self) -> bool:
        arguments = [
            find_program("setpriv", "util-linux"), "--pdeathsig", "KILL", "--",
            find_program("mosquitto", "mosquitto"), "-c", str(self._directory / "broker.conf"),
        ]
        with open(self._log, "ab") as log:
            self._process = subprocess.Popen(
                arguments, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
        deadline = time.monotonic() + 5
        while time.monotonic() < deadline and self.running:
            # This is the last one that mosquitto opens.
            if _answers("127.0.0.1", self.inner_port):
                return True
            time.sleep(0.002)
        self._process.kill()
        self._process.wait()
        self._process = None
        return False

    def _write_configuration(self) -> None:
        text = CONFIGURATION
        if os.geteuid() == 0:
            # Else it becomes the user mosquitto, who can read nothing here.
            text += f"user {pwd.getpwuid(0).pw_name}\n"
        if self._plays != "all":
            text += GUEST_LISTENER.format(port=self._guest_port, acl=self._acl)
        elif not self._settings.is_closed:
            text += DEVICE_LISTENER.format(
                port=self._port, address=self._address, certificate=self._settings.certificate,
                key=self._settings.key, trusted=self._settings.trusted, acl=self._acl)
        if self._password_port and not self._settings.is_closed:
            text += PASSWORD_LISTENER.format(
                port=self._password_port, address=self._address, certificate=self._settings.certificate,
                key=self._settings.key, passwords=self._passwords, acl=self._acl)
        text += INNER_LISTENER.format(port=self.inner_port)
        write_atomically(self._directory / "broker.conf", text)

    def _write_password(self) -> None:
        write_atomically(self._passwords, ":".join(self._password) + "\n", mode=0o600)
        program = find_program("mosquitto_passwd", "mosquitto")
        done = subprocess.run([program, "-U", str(self._passwords)], capture_output=True, text=True)
        if done.returncode != 0:
            raise CloudError(f"mosquitto_passwd: {done.stderr.strip()}")

    def _write_acl(self) -> None:
        # `pattern`, also without %u: a `topic` line outside a user's section counts for anonymous clients alone.
        lines = []
        if self._plays == "all":
            lines += [f"pattern write {topic}" for topic in PUBLISHED]
            lines += [f"pattern read {topic}" for topic in RECEIVED]
        if self._plays == "c8y":
            lines += [f"pattern write {apart.PREFIX}%u/{topic}" for topic in PUBLISHED]
            lines += [f"pattern read {apart.PREFIX}%u/{topic}" for topic in RECEIVED]
        if self._plays in ("all", "azure"):
            lines += [f"pattern readwrite {topic}" for topic in AZURE]
        if self._plays in ("all", "aws"):
            lines += [f"pattern readwrite {topic}" for topic in AWS]
            lines.append(f"pattern {'write' if self._settings.silent else 'readwrite'} {ECHO}")
        write_atomically(self._acl, "\n".join(lines) + "\n")

    def _last_words(self) -> str:
        lines = [line for line in self._log_lines() if "Error" in line]
        return lines[-1] if lines else f"see {self._log}"


class Cutter:
    """Takes connections in the broker's place and closes each when the handshake has begun."""

    def __init__(self, address: str, port: int):
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        try:
            self._socket = socket.create_server((address, port), family=family)
        except OSError as error:
            raise port_error("MQTT", address, port, error) from error
        threading.Thread(target=self._serve, daemon=True).start()

    def stop(self) -> None:
        try:
            self._socket.shutdown(socket.SHUT_RDWR)  # Ends the accept, which close alone would not.
        except OSError:
            pass
        self._socket.close()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            with connection:
                connection.settimeout(1)
                try:
                    connection.recv(1)
                except OSError:
                    pass  # Gone or silent: cut either way.


class Filter:
    """Takes the broker's place and lets every packet of a new connection be lost, as a firewall does: the kernel drops them
    while the queue of a listener is full."""

    def __init__(self, address: str, port: int):
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        try:
            self._socket = socket.create_server((address, port), family=family, backlog=0)
        except OSError as error:
            raise port_error("MQTT", address, port, error) from error
        self._waiting = [socket.socket(family) for _ in range(4)]
        for one in self._waiting:
            one.setblocking(False)
            one.connect_ex((address, port))

    def stop(self) -> None:
        for one in [*self._waiting, self._socket]:
            one.close()


def check_port(what: str, address: str, port: int) -> None:
    """Fails where mosquitto could not listen either."""
    try:
        socket.create_server((address, port), family=socket.AF_INET6 if ":" in address else socket.AF_INET).close()
    except (OSError, OverflowError) as error:
        raise port_error(what, address, port, error) from error


def _answers(address: str, port: int) -> bool:
    try:
        socket.create_connection((address, port), timeout=1).close()
        return True
    except OSError:
        return False
