"""Gateways with a systemd and an ssh server of their own, one stand-in cloud, and one network for them that leads nowhere else.

This process is the control node: it lives in a network namespace that holds the bridge. Whatever it starts ends with it,
however it ends: the devices have a guardian, the cloud and the runs of Ansible watch their parent.
"""

import contextlib
import ctypes
import io
import json
import os
import shutil
import signal
import subprocess
import sys
import tarfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TOOLS = ROOT / "Tests" / "SystemTests" / "device"
CLOUD = ROOT / "Tests" / "CloudSimulator" / "cloud"
BUILD = ROOT / ".build" / "fleet"

sys.path.insert(0, str(ROOT / "Tests" / "SystemTests" / "Device"))

import place  # noqa: E402

HOST = "example.cumulocity.com"
CONTROL_ADDRESS, CLOUD_ADDRESS = "10.98.0.1", "10.98.0.2"
USER, PASSWORD = "alice", "secret"
CLONE_NEWNET, PR_SET_PDEATHSIG = 0x40000000, 1
libc = ctypes.CDLL(None, use_errno=True)

SSHD_CONFIGURATION = """\
PermitRootLogin prohibit-password
PasswordAuthentication no
UsePAM no
UseDNS no
MaxStartups 30
Subsystem sftp internal-sftp
"""

SSH_UNIT = """\
[Unit]
Description=OpenSSH server

[Service]
ExecStartPre=-/usr/sbin/useradd --system --no-create-home --home-dir /run/sshd --shell /usr/sbin/nologin sshd
ExecStart=/usr/sbin/sshd -D -e
RuntimeDirectory=sshd
KillMode=process
Restart=on-failure

[Install]
WantedBy=multi-user.target
"""


class RigError(Exception):
    """What could not be set up."""


def run(*words: object, check: bool = True, **options) -> subprocess.CompletedProcess:
    """A command to its end; RigError with its output if it fails."""
    options = {"stdin": subprocess.DEVNULL, "capture_output": True, "text": True, **options}
    done = subprocess.run([str(word) for word in words], **options)
    if check and done.returncode != 0:
        raise RigError(f"{' '.join(map(str, words))}: status {done.returncode}: {done.stderr or done.stdout}".strip())
    return done


def end_with_parent() -> None:
    """For a child before it becomes another program: the kernel kills it when its parent ends."""
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


class Cloud:
    """The stand-in, which keeps the devices apart from each other."""

    def __init__(self, directory: Path):
        self.directory = directory
        self._process = subprocess.Popen(
            [CLOUD, "start", "--directory", directory, "--mqtt-port", "8883", "--https-port", "443", "--address",
             CLOUD_ADDRESS, "--host-name", HOST, "--user", USER, "--password", PASSWORD, "--plays", "c8y",
             "--end-with-parent"],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=open(directory / "cloud.log", "wb"), text=True,
            preexec_fn=end_with_parent)
        if self._process.stdout.readline().strip() != "ready":
            raise RigError(f"the cloud does not start; see {directory / 'cloud.log'}")

    def do(self, command: str, *words: str) -> str:
        return run(CLOUD, command, "--directory", self.directory, *words).stdout

    def show(self) -> dict:
        return json.loads(self.do("show"))

    def messages(self, device: str, topic: str) -> int:
        """How many messages of a device came to a topic."""
        return self.show()["messages"].get(f"apart/{device}/{topic}", 0)

    def stop(self) -> None:
        self._process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(15)
        self._process.kill()


class Gateway:
    """One device. Its disk is what was written since its first boot, and outlives a power cut."""

    def __init__(self, fleet: "Fleet", number: int):
        self.name = f"gateway-{number:02}"
        self.address = f"10.98.0.{100 + number}"
        self._cable = f"cable{number}"
        self._fleet = fleet
        self.state = fleet.directory / self.name
        self._disk = fleet.directory / f"{self.name}.tar"

    def make_disk(self) -> None:
        """The disk before the first boot."""
        key = self._fleet.directory / f"{self.name}.key"
        if not key.exists():
            run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", self.name, "-f", key)
        authority = (self._fleet.cloud.directory / "ca.pem").read_bytes()
        number = run("openssl", "x509", "-noout", "-hash", input=authority.decode(), stdin=None).stdout.strip()
        hosts = f"127.0.0.1 localhost\n127.0.1.1 {self.name}\n{CLOUD_ADDRESS} {HOST}\n"
        unit = "etc/systemd/system/ssh.service"
        files = [
            # The first one; see `cut_power`.
            ("etc/hostname", f"{self.name}\n", 0o644), ("etc/hosts", hosts, 0o644),
            ("usr/sbin/sshd", (BUILD / "ssh/usr/sbin/sshd").read_bytes(), 0o755),
            ("etc/ssh/sshd_config", SSHD_CONFIGURATION, 0o644),
            ("etc/ssh/ssh_host_ed25519_key", key.read_bytes(), 0o600),
            ("root/.ssh/authorized_keys", self._fleet.public_key, 0o600), (unit, SSH_UNIT, 0o644),
            (f"etc/ssl/certs/{number}.0", authority, 0o644),
        ]
        with tarfile.open(self._disk, "w") as disk:
            for name, content, mode in files:
                content = content.encode() if isinstance(content, str) else content
                entry = tarfile.TarInfo(name)
                entry.size, entry.mode, entry.mtime = len(content), mode, int(time.time())
                disk.addfile(entry, io.BytesIO(content))
            entry = tarfile.TarInfo("etc/systemd/system/multi-user.target.wants/ssh.service")
            entry.type, entry.linkname = tarfile.SYMTYPE, f"/{unit}"
            disk.addfile(entry)

    def boot(self) -> None:
        """Boots it with its disk and plugs it into the network."""
        run(TOOLS, "up", "--state", self.state, "--owner", os.getpid(), "--no-tedge-user", "--restore", self._disk,
            "--cloud-dir", self._fleet.nothing)
        self._fleet.groups.append(place.identity(self.state))
        pid = place.read(self.state, "init.pid")
        # The one of a former boot goes away with its network, some time after the device.
        run("ip", "link", "delete", self._cable, check=False)
        run("ip", "link", "add", self._cable, "type", "veth", "peer", "name", "fleet0", "netns", pid)
        run("ip", "link", "set", self._cable, "master", "fleet", "up")
        inside = f"ip link delete eth0; ip address add {self.address}/24 dev fleet0; ip link set fleet0 up"
        run("nsenter", "-t", pid, "-n", "sh", "-c", inside)

    def freeze(self, yes: bool) -> None:
        """Stops everything on it from one moment to the next, or lets it go on."""
        group = Path(place.groups(), place.identity(self.state), "device")
        (group / "cgroup.freeze").write_text("1" if yes else "0")
        end = time.monotonic() + 10
        while f"frozen {int(yes)}" not in (group / "cgroup.events").read_text().splitlines():
            if time.monotonic() > end:
                raise RigError(f"{self.name} cannot be frozen")
            time.sleep(0.005)

    def cut_power(self) -> None:
        """Ends it from one moment to the next; its disk is as it was then."""
        self.freeze(True)
        # What was written since the first boot, where something is written; the file that tells when that was stays the first one.
        listed = "find etc root usr var -xdev ! -type s ! -path etc/hostname -cnewer etc/hostname -print0"
        inside = f"cd / && {{ printf 'etc/hostname\\0'; {listed}; }} | tar -c --numeric-owner --null --no-recursion -T -"
        fresh = self._disk.with_suffix(".new")
        with open(fresh, "wb") as file:
            run(TOOLS, "exec", "--state", self.state, "--", "sh", "-c", inside, stdout=file, capture_output=False,
                stderr=subprocess.DEVNULL, text=False)
        self.down()
        fresh.rename(self._disk)

    def down(self) -> None:
        run(TOOLS, "down", "--state", self.state)

    def exec(self, *words: str, check: bool = True) -> str:
        """What a command says that runs inside, not by ssh."""
        return run(TOOLS, "exec", "--state", self.state, "--", *words, check=check).stdout.strip()

    def has(self, path: str) -> bool:
        """Whether it has a file, also while it is frozen."""
        return os.path.lexists(f"/proc/{place.read(self.state, 'init.pid')}/root/{path}")

    def read(self, path: str) -> str:
        """The text of a file, as seen inside; links lead to where they do there."""
        return run(TOOLS, "exec", "--state", self.state, "--", "cat", f"/{path}").stdout

    def unplug(self, yes: bool) -> None:
        run("ip", "link", "set", self._cable, "down" if yes else "up")


class Fleet:
    """Use it in a `with` statement."""

    def __init__(self, count: int, boots_at_once: int):
        self.directory = BUILD / "run"
        self.nothing = self.directory / "nothing"
        self._boots_at_once = boots_at_once
        #: The names of all devices that ever booted, as control groups have them.
        self.groups: list[str] = []
        self.gateways = [Gateway(self, number) for number in range(1, count + 1)]

    def __enter__(self) -> "Fleet":
        shutil.rmtree(self.directory, ignore_errors=True)
        self.nothing.mkdir(parents=True)
        if libc.unshare(CLONE_NEWNET) != 0:
            raise RigError(f"no network of its own: {os.strerror(ctypes.get_errno())}")
        run("ip", "link", "set", "lo", "up")
        run("ip", "link", "add", "fleet", "type", "bridge")
        for address in (CONTROL_ADDRESS, CLOUD_ADDRESS):
            run("ip", "address", "add", f"{address}/24", "dev", "fleet")
        run("ip", "link", "set", "fleet", "up")
        (self.directory / "cloud").mkdir()
        self.cloud = Cloud(self.directory / "cloud")
        run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "control", "-f", self.directory / "control.key")
        self.public_key = (self.directory / "control.key.pub").read_text()
        known = []
        for gateway in self.gateways:
            gateway.make_disk()
            public = (self.directory / f"{gateway.name}.key.pub").read_text().split()[:2]
            known.append(f"{gateway.address} {' '.join(public)}\n")
        (self.directory / "known_hosts").write_text("".join(known))
        return self

    def __exit__(self, *_) -> None:
        self.each(lambda gateway: gateway.down(), at_once=len(self.gateways))
        self.cloud.stop()

    def leftovers(self) -> list[str]:
        """What is still there of the fleet."""
        alive = [gateway.name for gateway in self.gateways if place.identity(gateway.state)]
        return alive + [name for name in self.groups if os.path.isdir(os.path.join(place.groups(), name))]

    def boot(self) -> None:
        self.each(lambda gateway: gateway.boot(), at_once=self._boots_at_once)

    def each(self, do, at_once: int) -> list:
        with ThreadPoolExecutor(at_once) as pool:
            return list(pool.map(do, self.gateways))
