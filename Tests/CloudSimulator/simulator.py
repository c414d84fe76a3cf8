"""One simulated cloud: puts the parts together and keeps them running until it is told to end."""

import concurrent.futures
import fcntl
import os
import queue
import signal
from dataclasses import dataclass
from pathlib import Path
from typing import Callable

from api import API
from broker import Broker, BrokerSettings
from certificates import BadCertificate, Certificates, DeviceCertificate
from control import SOCKET, ControlServer
from files import CloudError, write_atomically, write_json
from https import Server
from misbehaviour import Misbehaviours
from smartrest import Responder
from tenant import Tenant
from trust import AlreadyTrusted, TrustStore

#: How often it looks whether its broker, its directory and its parent are still there.
WATCH_SECONDS = 0.5


@dataclass(frozen=True)
class Options:
    directory: Path
    address: str
    mqtt_port: int
    https_port: int
    host_name: str
    user: str
    password: str
    tenant: str
    misbehaviours: Misbehaviours
    end_with_parent: bool = False
    #: `all`, or the one cloud that it plays, more strictly: `azure`, `aws`, `c8y`.
    plays: str = "all"
    #: The MQTT port of devices with `tenant/user` and password; 0 for none.
    password_port: int = 0
    proxy_port: int | None = None
    #: The port for MQTT with a protocol named in the handshake (ALPN); 0 for none.
    web_port: int = 0


class Simulator:
    """Everything that touches the broker runs on the thread that calls `run`; other threads hand it work."""

    def __init__(self, options: Options):
        self._options = options
        self._work: queue.SimpleQueue = queue.SimpleQueue()
        self._parent = os.getppid()
        #: Serial numbers of the renewed certificates of each device, and the devices whose are refused.
        self._renewed: dict[str, set[int]] = {}
        self._refuses: frozenset[str] = frozenset()

    def run(self, ready: Callable[[dict], None]) -> None:
        """Calls `ready` when all ports answer; returns after SIGTERM, SIGINT or SIGHUP, with nothing left running."""
        ends = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
        for number in ends:
            signal.signal(number, lambda *_: self._work.put(None))
        # A program that is started by a thread of a dispatch queue inherits a mask in which these are blocked.
        signal.pthread_sigmask(signal.SIG_UNBLOCK, ends)
        with self._only_one():
            options = self._options
            self._broker = Broker(
                options.directory, options.address, options.mqtt_port, options.plays,
                [options.host_name, "localhost", "127.0.0.1"], options.password_port,
                (f"{options.tenant}/{options.user}", options.password), options.web_port)
            self._responder: Responder | None = None
            try:
                facts = self._start()
                ready(facts)
                self._serve()
            finally:
                if self._responder is not None:
                    self._responder.disconnect()
                self._broker.stop()
                for name in ("ready", "pid", SOCKET):
                    (self._options.directory / name).unlink(missing_ok=True)

    def _only_one(self):
        """A lock that ends with the process, however it ends."""
        self._options.directory.mkdir(parents=True, exist_ok=True)
        file = open(self._options.directory / "lock", "w")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            raise CloudError(f"a simulator is already running in {self._options.directory}") from None
        return file

    def _start(self) -> dict:
        options = self._options
        (options.directory / "ready").unlink(missing_ok=True)
        self._tenant = Tenant(options.directory, options.host_name, options.tenant, options.user, options.password)
        self._certificates = Certificates(options.directory, options.host_name, options.address)
        self._trust = TrustStore(options.directory)
        if self._certificates.device_authority.exists():
            self._trust.add_device_authority(self._certificates.ensure_device_authority())
        self._nothing = options.directory / "untrusted"
        self._nothing.mkdir(exist_ok=True)
        api = API(
            self._tenant,
            lambda certificate, name, status: self._later(self._add, certificate, name, status),
            lambda request, device: self._later(self._enrol, request, device))
        self._https = Server(
            options.address, options.https_port, self._tenant, api, self._certificates.server)
        self._proxy = options.proxy_port and Server(
            options.address, options.proxy_port, self._tenant, api, self._certificates.server, is_proxy=True)
        self._responder = Responder(self._tenant)
        self._misbehaviours = options.misbehaviours
        self._check(self._misbehaviours)
        self._settings = self._broker_settings(self._misbehaviours)
        self._prepare(self._misbehaviours)
        self._restart_broker(self._settings)
        self._https.start()
        if self._proxy:
            self._proxy.start()
        control = ControlServer(options.directory, self._command)
        control.start()
        facts = {
            "pid": os.getpid(), "directory": str(options.directory), "ca_file": str(self._certificates.authority),
            "address": options.address, "mqtt_port": options.mqtt_port, "https_port": options.https_port,
            "host_name": options.host_name, "tenant": options.tenant, "user": options.user,
        }
        write_atomically(options.directory / "pid", f"{os.getpid()}\n")
        write_json(options.directory / "ready", facts)
        return facts

    def _serve(self) -> None:
        while True:
            try:
                work = self._work.get(timeout=WATCH_SECONDS)
            except queue.Empty:
                if not self._options.directory.exists():
                    return
                if self._options.end_with_parent and os.getppid() != self._parent:
                    return
                if not self._broker.running:
                    raise CloudError(f"mosquitto ended by itself; see {self._options.directory / 'broker.log'}")
                continue
            if work is None:
                return
            work()

    def _later(self, function: Callable, *arguments: object) -> object:
        """Runs `function` on the main thread and returns, or raises, what it does."""
        future: concurrent.futures.Future = concurrent.futures.Future()

        def work() -> None:
            try:
                future.set_result(function(*arguments))
            except Exception as error:
                future.set_exception(error)

        self._work.put(work)
        return future.result()

    def _command(self, request: dict) -> object:
        commands: dict[str, Callable] = {
            "misbehave": self._misbehave,
            "show": self._report,
            "trust": self._trust_directly,
            "untrust": self._untrust,
            "forget": self._tenant.forget,
            "refuse-renewed": self._refuse_renewed,
            "register": self._register,
            "pid": os.getpid,
        }
        name = request.pop("do")
        return self._later(lambda: commands[name](**request))

    # On the main thread

    def _prepare(self, misbehaviours: Misbehaviours) -> None:
        for server in filter(None, (self._https, self._proxy)):
            server.prepare(misbehaviours)

    def _misbehave(self, words: list[str]) -> list[str]:
        misbehaviours = Misbehaviours.parse(words)
        settings = self._broker_settings(misbehaviours)
        self._check(misbehaviours)
        self._prepare(misbehaviours)
        self._responder.misbehaviours = self._misbehaviours = misbehaviours
        self._change_broker(settings)
        return misbehaviours.words()

    def _change_broker(self, settings: BrokerSettings) -> None:
        before, self._settings = self._settings, settings
        if settings.needs_restart(before):
            self._restart_broker(settings)
        elif settings != before:
            self._broker.reload(settings)

    def _refuse_renewed(self, devices: list[str]) -> None:
        if self._options.plays == "all":
            raise CloudError("'refuse-renewed' needs a simulator that was started with --plays")
        self._refuses = frozenset(devices)
        self._change_broker(self._broker_settings(self._misbehaviours))

    def _check(self, misbehaviours: Misbehaviours) -> None:
        for name, clouds in (("other-reflection", ["aws"]), ("unregistered", ["azure", "aws", "c8y"])):
            if misbehaviours.mqtt(name) and self._options.plays not in clouds:
                raise CloudError(f"'{name}' needs a simulator that was started with --plays {' or '.join(clouds)}")

    def _report(self) -> dict:
        trusted = [
            {"name": known.name, "status": known.status, "subject": known.subject, "fingerprint": known.fingerprint}
            for known in self._trust.certificates
        ]
        return {
            "misbehaviours": self._misbehaviours.words(), "broker_pid": self._broker.pid,
            "trusted": trusted, "connections": self._broker.connections(),
            "failed_mqtt_handshakes": self._broker.failed_handshakes(), "refused": list(self._broker.refusals),
            **self._tenant.report(),
        }

    def _trust_directly(self, pem: str, name: str) -> bool:
        """Trusts it without the checks of an upload; true when it was not trusted before."""
        try:
            self._add(DeviceCertificate.read(pem), name, "ENABLED")
            return True
        except AlreadyTrusted:
            return False
        except BadCertificate as error:
            raise CloudError(str(error)) from error

    def _untrust(self, pem: str) -> None:
        try:
            self._trust.remove(DeviceCertificate.read(pem))
        except BadCertificate as error:
            raise CloudError(str(error)) from error
        self._restart_broker(self._settings)

    def _register(self, device_id: str, one_time_password: str) -> None:
        self._trust.add_device_authority(self._certificates.ensure_device_authority())
        self._tenant.register(device_id, one_time_password)

    def _add(self, certificate: DeviceCertificate, name: str, status: str) -> None:
        # The gate looks certificates up for each connection again.
        if self._trust.add(certificate, name, status) and self._options.plays == "all":
            self._restart_broker(self._settings)

    def _enrol(self, request: bytes, device_id: str) -> bytes:
        signed = self._certificates.sign_device(request, device_id)
        if not device_id:
            name, serial = self._certificates.name_and_serial(signed)
            self._renewed.setdefault(name, set()).add(serial)
            self._change_broker(self._broker_settings(self._misbehaviours))
        self._trust.add_device_authority(self._certificates.ensure_device_authority())
        return signed

    def _broker_settings(self, misbehaviours: Misbehaviours) -> BrokerSettings:
        certificate, key = self._certificates.server(misbehaviours.certificates("mqtt"))
        trusted = self._nothing if misbehaviours.mqtt("untrusted") else self._trust.directory
        does = misbehaviours.mqtt
        return BrokerSettings(
            certificate, key, trusted, does("silent"), does("cut"), does("filtered"), does("unregistered"),
            does("other-reflection"),
            frozenset().union(*(self._renewed.get(device, ()) for device in self._refuses)))

    def _restart_broker(self, settings: BrokerSettings) -> None:
        self._responder.disconnect()
        self._broker.stop()
        self._broker.start(settings)
        self._responder.misbehaviours = self._misbehaviours
        self._responder.connect(self._broker.inner_port)
