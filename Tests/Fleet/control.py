"""The control node: runs Ansible against the fleet and reads what came of it."""

import json
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

import rig

COLLECTION = "thin_edge_swift.gateway"
HERE = Path(__file__).resolve().parent


@dataclass
class Result:
    """One task on one device."""

    host: str
    task: str
    action: str
    outcome: str
    began: float
    ended: float
    result: dict

    @property
    def name(self) -> str:
        """The task without its role."""
        return self.task.rpartition(" : ")[2]

    @property
    def items(self) -> list[dict]:
        """The results of a loop, or the only one."""
        return self.result.get("results", [self.result])


@dataclass
class Run:
    """One run of a playbook."""

    status: int
    seconds: float
    results: list[Result] = field(default_factory=list)
    output: str = ""

    def of(self, host: str) -> list[Result]:
        return [one for one in self.results if one.host == host]

    def hosts(self, *outcomes: str) -> list[str]:
        """The devices that have such a result."""
        return sorted({one.host for one in self.results if one.outcome in outcomes})

    def device_seconds(self, host: str) -> float:
        """How long its tasks took, without the time in which it waited for other devices."""
        return sum(one.ended - one.began for one in self.of(host))

    def program_seconds(self, host: str, key: str = "seconds") -> float:
        """How long `tedge` ran on it, as the modules measure it there."""
        return sum(item.get(key, 0) for one in self.of(host) if one.action.startswith(COLLECTION) for item in one.items)

    def bootstrap_seconds(self, host: str, key: str = "seconds") -> float:
        """How long `tedge bootstrap` ran on it."""
        return sum(item.get(key, 0) for one in self.of(host) if one.action == f"{COLLECTION}.bootstrap" for item in one.items)


class Control:
    def __init__(self, fleet: rig.Fleet, archive: Path, package: Path):
        self._fleet = fleet
        self._directory = fleet.directory / "control"
        self._directory.mkdir()
        self._runs = 0
        self._collections = self._directory / "collections"
        self.inventory = self._directory / "inventory.json"
        bin_directory = rig.BUILD / "venv" / "bin"
        self._environment = {
            "PATH": f"{bin_directory}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "HOME": str(self._directory), "LANG": "C.UTF-8", "ANSIBLE_COLLECTIONS_PATH": str(self._collections),
            "ANSIBLE_HOME": str(self._directory / "home"), "ANSIBLE_CALLBACK_PLUGINS": str(HERE / "callback"),
            "ANSIBLE_CALLBACKS_ENABLED": "fleet_record", "ANSIBLE_PIPELINING": "1", "ANSIBLE_NOCOLOR": "1",
            "ANSIBLE_FORKS": "10", "ANSIBLE_TIMEOUT": "5", "ANSIBLE_SSH_RETRIES": "0", "ANSIBLE_LOCALHOST_WARNING": "0",
            "ANSIBLE_RETRY_FILES_ENABLED": "0", "PYTHONDONTWRITEBYTECODE": "1",
        }
        rig.run("ansible-galaxy", "collection", "install", "--offline", "-p", self._collections, archive,
                env=self._environment)
        self._package = package

    def write_inventory(self, connections: dict[str, list], secrets: dict[str, dict], settings: dict) -> None:
        hosts = {}
        for gateway in self._fleet.gateways:
            hosts[gateway.name] = {
                "ansible_host": gateway.address, "gateway_connections": connections[gateway.name],
                "gateway_secrets": {"c8y": secrets[gateway.name]},
            }
        directory = self._fleet.directory
        shared = {
            "ansible_user": "root", "ansible_ssh_private_key_file": str(directory / "control.key"),
            "ansible_python_interpreter": "/usr/bin/python3",
            "ansible_ssh_common_args": f"-o UserKnownHostsFile={directory}/known_hosts -o BatchMode=yes",
            "gateway_package_file": str(self._package), "gateway_settings": settings, "gateway_timeout": "1m",
            "gateway_verify_wait": "30s",
        }
        self.inventory.write_text(json.dumps({"gateways": {"hosts": hosts, "vars": shared}}, indent=2))

    def start(self, playbook: str, *words: str, strategy: str = "linear", **extra) -> "Started":
        """Starts Ansible in a process namespace of its own, so that nothing of it is left when it ends."""
        self._runs += 1
        record = self._directory / f"run-{self._runs}.jsonl"
        command = [
            "unshare", "--pid", "--fork", "--kill-child=KILL", "--mount-proc", "ansible-playbook", "-i", self.inventory,
            playbook, "-e", json.dumps(extra), *words,
        ]
        output = open(self._directory / f"run-{self._runs}.log", "w+", encoding="utf-8")
        process = subprocess.Popen(
            [str(word) for word in command], stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
            env={**self._environment, "FLEET_RECORD": str(record), "ANSIBLE_STRATEGY": strategy},
            preexec_fn=rig.end_with_parent)
        return Started(process, record, output)

    def play(self, playbook: str, *words: str, **extra) -> Run:
        return self.start(playbook, *words, **extra).finish()


class Started:
    """A run that goes on."""

    def __init__(self, process: subprocess.Popen, record: Path, output):
        self._process, self._record, self._output = process, record, output
        self._began = time.monotonic()

    def results(self) -> list[Result]:
        """What has happened so far."""
        if not self._record.exists():
            return []
        return [Result(**json.loads(line)) for line in self._record.read_text().splitlines() if line.endswith("}")]

    def finish(self) -> Run:
        status = self._process.wait()
        seconds = time.monotonic() - self._began
        self._output.seek(0)
        return Run(status, seconds, self.results(), self._output.read())

    def runs(self) -> bool:
        return self._process.poll() is None

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()
