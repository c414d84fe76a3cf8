"""What the tests of the simulator share: a running cloud, devices with certificates, requests and messages."""

import base64
import json
import os
import shutil
import socket
import ssl
import subprocess
import tempfile
import unittest
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from pathlib import Path

import control

COMMAND = Path(__file__).with_name("cloud")
HOST = "example.cumulocity.com"
CONFIGURATION = """\
[req]
distinguished_name = name
[name]
[device]
basicConstraints = critical,CA:TRUE
[leaf]
basicConstraints = critical,CA:FALSE
"""


def free_ports(count: int) -> list[int]:
    """Ports that nobody listens on, all different."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


def run(*arguments: object, timeout: float = 20, **options) -> subprocess.CompletedProcess:
    """A command to its end, with its output as text."""
    return subprocess.run(
        [str(one) for one in arguments], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=timeout,
        **options)


def alive(pid: int) -> bool:
    """Whether a process runs; one that only waits to be collected does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return False


class Device:
    """A device with a key and a self-signed certificate as `tedge cert create` makes it."""

    def __init__(self, directory: Path, name: str, section: str = "device"):
        self.name = name
        self.certificate = directory / f"{name}.pem"
        self.key = directory / f"{name}.key"
        self._configuration = directory / "device.cnf"
        self._configuration.write_text(CONFIGURATION)
        self.sign(section)

    def sign(self, section: str = "device", days: int = 30) -> None:
        """Makes another certificate for the same key and subject; the key on first use."""
        key = ["-key", self.key]
        if not self.key.exists():
            key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", self.key]
        done = run(
            "openssl", "req", "-x509", "-config", self._configuration, "-extensions", section, *key, "-days", days,
            "-out", self.certificate, "-subj", f"/CN={self.name}/O=Thin Edge/OU=Device")
        assert done.returncode == 0, done.stderr

    @property
    def pem(self) -> str:
        return self.certificate.read_text()

    def request(self) -> bytes:
        """A certificate signing request, base64 as EST wants it."""
        done = subprocess.run(
            ["openssl", "req", "-new", "-key", self.key, "-subj", f"/CN={self.name}", "-outform", "DER"],
            stdin=subprocess.DEVNULL, capture_output=True, check=True)
        return base64.encodebytes(done.stdout)


class Answered:
    """An HTTP answer."""

    def __init__(self, response):
        self.status = response.status
        self.headers = response.headers
        self.body = response.read()

    @property
    def document(self):
        return json.loads(self.body)


class Cloud:
    """A simulator in a temporary directory, on free ports."""

    def __init__(self, *options: object, directory: Path | None = None, start: bool = True):
        self.directory = directory or Path(tempfile.mkdtemp(prefix="cloud-"))
        self.mqtt_port, self.https_port = free_ports(2)
        self.options = options
        if start:
            done = self.start()
            assert done.returncode == 0, done.stderr

    @property
    def start_words(self) -> list[str]:
        words = [COMMAND, "start", "--directory", self.directory, "--mqtt-port", self.mqtt_port, "--https-port"]
        return [str(word) for word in (*words, self.https_port, *self.options)]

    def start(self, *options: object, **run_options) -> subprocess.CompletedProcess:
        return run(*self.start_words, "--detach", *options, **run_options)

    def __call__(self, name: str, *arguments: object) -> subprocess.CompletedProcess:
        """Runs `cloud NAME --directory DIR …`."""
        return run(COMMAND, name, "--directory", self.directory, *arguments)

    def do(self, name: str, *arguments: object) -> str:
        done = self(name, *arguments)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def show(self) -> dict:
        """What `cloud show` prints, without the start of a program."""
        return control.ask(self.directory, {"do": "show"})

    def misbehave(self, *words: str) -> None:
        control.ask(self.directory, {"do": "misbehave", "words": list(words)})

    def remove(self) -> None:
        self("stop")
        shutil.rmtree(self.directory, ignore_errors=True)

    # HTTPS

    def connect(self, host: str = HOST, timeout: float = 10) -> ssl.SSLSocket:
        """A TLS connection to the HTTPS port that trusts only this cloud."""
        context = ssl.create_default_context(cafile=self.directory / "ca.pem")
        context.options &= ~ssl.OP_IGNORE_UNEXPECTED_EOF
        raw = socket.create_connection(("127.0.0.1", self.https_port), timeout=timeout)
        try:
            return context.wrap_socket(raw, server_hostname=host, suppress_ragged_eofs=False)
        except BaseException:
            raw.close()
            raise

    def ask(self, method: str, path: str, body: object = None, user: str | None = "alice:secret",
            kind: str = "application/json", timeout: float = 10, headers: dict | None = None) -> Answered:
        connection = HTTPConnection(HOST)
        connection.sock = self.connect(timeout=timeout)
        headers = dict(headers or {})
        if user is not None:
            headers["Authorization"] = "Basic " + base64.b64encode(user.encode()).decode()
        if body is not None:
            headers["Content-Type"] = kind
            body = body if isinstance(body, bytes) else json.dumps(body).encode()
        try:
            connection.request(method, path, body, headers)
            return Answered(connection.getresponse())
        finally:
            connection.close()

    def current_tenant(self, **options) -> Answered:
        return self.ask("GET", "/tenant/currentTenant", **options)

    def upload(self, device: Device, tenant: str = "t12345", **changes) -> Answered:
        document = {
            "name": device.name, "certInPemFormat": device.pem, "autoRegistrationEnabled": True, "status": "ENABLED",
            **changes,
        }
        return self.ask("POST", f"/tenant/tenants/{tenant}/trusted-certificates", document)

    # MQTT

    def device_words(self, device: Device, host: str = "localhost") -> list[object]:
        return [
            "-h", host, "-p", self.mqtt_port, "--cafile", self.directory / "ca.pem", "--cert", device.certificate,
            "--key", device.key,
        ]

    def publish(self, device: Device, topic: str, payload: str) -> subprocess.CompletedProcess:
        return run("mosquitto_pub", *self.device_words(device), "-q", 1, "-t", topic, "-m", payload)

    def request(self, device: Device, topic: str, payload: str, answer: str, wait: int = 5) -> str | None:
        """Publishes and returns the first answer; None when there is none in `wait` seconds."""
        done = run("mosquitto_rr", *self.device_words(device), "-q", 1, "-t", topic, "-m", payload, "-e", answer,
                   "-W", wait)
        return done.stdout.rstrip("\n") if done.returncode == 0 and done.stdout else None

    def unanswered(self, device: Device, *requests: tuple[str, str, str]) -> bool:
        """Whether none of the requests, sent at the same time, is answered within a second."""
        with ThreadPoolExecutor(len(requests)) as pool:
            return not any(pool.map(lambda request: self.request(device, *request, wait=1), requests))

    def accepts(self, device: Device) -> bool:
        """Whether the device may connect with MQTT."""
        return self.publish(device, "s/us", "500").returncode == 0


class CloudTest(unittest.TestCase):
    """Tests that share one simulator and one trusted device."""

    options: tuple = ()

    @classmethod
    def setUpClass(cls):
        cls.cloud = Cloud(*cls.options)
        cls.addClassCleanup(cls.cloud.remove)
        cls.files = cls.cloud.directory / "devices-of-the-test"
        cls.files.mkdir()
        cls.device = Device(cls.files, "gateway-1")
        cls.cloud.do("trust", cls.device.certificate)

    def new_device(self, name: str | None = None, section: str = "device") -> Device:
        return Device(self.files, name or "device-" + os.urandom(4).hex(), section)

    def misbehave(self, *words: str) -> None:
        """Until the end of the test."""
        self.cloud.misbehave(*words)
        self.addCleanup(self.cloud.misbehave, "none")
