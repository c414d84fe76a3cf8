"""What happens to the fleet, scene by scene."""

import re
import statistics
import textwrap
import time
from pathlib import Path

import rig
from control import COLLECTION, Control, Run

#: A setting that changes the bridge, and so needs a restart of mosquitto on each gateway.
SETTING, VALUE = "c8y.bridge.keepalive_interval", "90s"
BRIDGE = "etc/tedge/mosquitto-conf/c8y-bridge.conf"
CERTIFICATE = "etc/tedge/device-certs/tedge-certificate.pem"
HERE = Path(__file__).resolve().parent
UNFINISHED = "var/lib/dpkg/updates/0000"
SITE, RENEW = f"{COLLECTION}.site", f"{COLLECTION}.renew"
PACKAGE_ONLY = """\
- hosts: gateways
  gather_facts: false
  tasks:
    - ansible.builtin.include_role:
        name: thin_edge_swift.gateway.gateway
        tasks_from: package
"""
#: How long `tedge` may take on a gateway whose state holds.
PROGRAM_SECONDS = 1.0


class Failed(Exception):
    """What a scene found."""


def expect(holds: object, what: str) -> None:
    if not holds:
        raise Failed(what)


class Scenes:
    def __init__(self, fleet: rig.Fleet, archive: Path, package: Path):
        self.fleet, self.cloud, self.gateways = fleet, fleet.cloud, fleet.gateways
        self.names = [gateway.name for gateway in self.gateways]
        # Both ways of registration: the first ones sign themselves, the others are signed by the tenant.
        self.self_signed = self.names[: len(self.names) // 3]
        self.signed = self.names[len(self.names) // 3:]
        self.control = Control(fleet, archive, package)
        self.changed_setting = False
        self._write_inventory()
        self._runs: list[tuple[str, Run]] = []
        #: What check mode said: the things that would change, and the settings and files as they would be then.
        self._predicted: dict[str, set[str]] = {}
        self._diffs: dict[str, list[tuple[str, str, str]]] = {}

    def play(self, only: str | None = None, skipped: str | None = None) -> None:
        for scene in (
            self.devices_boot, self.check_mode_on_fresh_devices, self.check_mode_with_the_program, self.first_run,
            self.second_run, self.check_mode_on_finished_devices, self.check_mode_of_a_change, self.rollout_of_a_change,
            self.a_dead_device, self.other_modules, self.a_refused_certificate, self.renewal, self.power_cut,
        ):
            name = scene.__name__.replace("_", " ")
            if skipped and skipped in name:
                continue
            began = time.monotonic()
            try:
                said = scene()
            except (Failed, rig.RigError) as reason:
                print(f"FAILED {time.monotonic() - began:6.1f} s  {name}: {reason}", flush=True)
                raise Failed(f"{name}: {reason}") from reason
            print(f"ok     {time.monotonic() - began:6.1f} s  {name}{': ' if said else ''}{said or ''}", flush=True)
            if only and only in name:
                return

    # Scenes

    def devices_boot(self) -> str:
        self.fleet.boot()
        for gateway in self.gateways:
            expect(not gateway.has("usr/bin/tedge"), f"{gateway.name} has a tedge already")
        self._register()
        return f"{len(self.gateways)} gateways, without tedge"

    def check_mode_on_fresh_devices(self) -> str:
        run = self._run("check, fresh", SITE, "--check", "--diff")
        self._expect_status(run, 0)
        self._predicted = {name: things(run, name) for name in self.names}
        for gateway in self.gateways:
            expect(self._predicted[gateway.name] == {"package", "settings", "bootstrap"}, f"{gateway.name}: {self._predicted[gateway.name]}")
            expect(not gateway.has("usr/bin/tedge") and not gateway.has("etc/tedge"), f"check mode changed {gateway.name}")
        expect(not self.cloud.show()["requests"] and not self.cloud.show()["connections"], "check mode asked the cloud")
        return "the package, the settings and the connection would change, and nothing did"

    def check_mode_with_the_program(self) -> str:
        """With the program, and nothing else, a diff can tell what every file will be."""
        playbook = self.fleet.directory / "package.yml"
        playbook.write_text(PACKAGE_ONLY)
        chosen = [self.self_signed[0], self.signed[0]]
        self._expect_status(self._run(None, playbook, "--limit", ",".join(chosen)), 0)
        before = {name: self._state(self._gateway(name)) for name in chosen}
        run = self._run(None, SITE, "--check", "--diff", "--limit", ",".join(chosen))
        self._expect_status(run, 0)
        self._diffs = {name: diffs(run, name) for name in chosen}
        for name in chosen:
            expect(things(run, name) == {"settings", "bootstrap"}, f"{name}: {things(run, name)}")
            expect(self._diffs[name], f"no diff for {name}")
            expect(self._state(self._gateway(name)) == before[name], f"check mode changed {name}")
        expect(not self.cloud.show()["connections"], "check mode connected")
        return f"{sum(map(len, self._diffs.values()))} differences on {len(chosen)} gateways"

    def first_run(self) -> str:
        run = self._run("first", SITE)
        self._expect_status(run, 0)
        for name, wanted in self._predicted.items():
            wanted = wanted - ({"package"} if name in self._diffs else set())
            expect(things(run, name) == wanted, f"{name}: check mode said {wanted}, changed was {things(run, name)}")
        self._expect_proven()
        compared = sum(self._compare(name, found) for name, found in self._diffs.items())
        known = {device["id"] for device in self.cloud.show()["devices"]}
        expect(known == set(self.names), f"the cloud knows {known}")
        return f"all connected and each proven; {compared} settings, files and services are what check mode had said"

    def second_run(self) -> str:
        before = self._world()
        run = self._run("second", SITE)
        self._expect_unchanged(run)
        expect(self._world() == before, "mosquitto was restarted, a file changed or the cloud was asked to trust something")
        together = max(run.bootstrap_seconds(name) for name in self.names)
        # The gateways share the processors of this machine. What each costs alone is seen when they take turns.
        turns = self._run("second, in turns", SITE, "--forks", "1")
        self._expect_unchanged(turns)
        alone = {name: turns.bootstrap_seconds(name) for name in self.names}
        slow = {name: seconds for name, seconds in alone.items() if seconds > PROGRAM_SECONDS}
        expect(not slow, f"tedge bootstrap took more than {PROGRAM_SECONDS} s alone: {slow}")
        cpu = max(one.bootstrap_seconds(name, "cpu_seconds") for name in self.names for one in (run, turns))
        return (
            f"changed=0 on all, nothing restarted, nothing uploaded; tedge bootstrap took at most {max(alone.values()):.2f} s "
            f"({together:.2f} s beside the others; {cpu:.2f} s of processor)")

    def check_mode_on_finished_devices(self) -> str:
        before = self._world()
        run = self._run("check, finished", SITE, "--check", "--diff")
        self._expect_unchanged(run)
        for name in self.names:
            expect(not diffs(run, name), f"{name} has a diff: {diffs(run, name)}")
        expect(self._world() == before, "check mode changed something")
        return "nothing would change, and nothing did"

    def check_mode_of_a_change(self) -> str:
        self.changed_setting = True
        self._write_inventory()
        before = self._world()
        run = self._run("check, change", SITE, "--check", "--diff")
        self._expect_status(run, 0)
        expect(self._world() == before, "check mode changed something")
        self._diffs = {name: diffs(run, name) for name in self.names}
        for name in self.names:
            expect(things(run, name) == {"bootstrap"}, f"{name}: {things(run, name)}")
            expect(any(header == f"/{BRIDGE}" for _, header, _ in self._diffs[name]), f"the bridge of {name} would not change: {self._diffs[name]}")
        return f"{SETTING} and the bridge would change on all"

    def rollout_of_a_change(self) -> str:
        size = 3
        self.changed_setting = True
        self._write_inventory()
        run = self._run("rollout", SITE, gateway_serial=size, gateway_max_fail_percentage=0)
        self._expect_status(run, 0)
        batches = [self.names[at:at + size] for at in range(0, len(self.names), size)]
        for earlier, later in zip(batches, batches[1:]):
            ended = max(one.ended for name in earlier for one in run.of(name))
            began = min(one.began for name in later for one in run.of(name))
            expect(began >= ended, f"{later} began before {earlier} had ended")
        for gateway in self.gateways:
            expect(things(run, gateway.name) == {"bootstrap"}, f"{gateway.name}: {things(run, gateway.name)}")
            expect("keepalive_interval 90" in gateway.read(BRIDGE), f"the bridge of {gateway.name} has another interval")
        compared = sum(self._compare(name, found) for name, found in self._diffs.items())
        self._expect_proven()
        return f"{len(batches)} batches of {size}; {compared} settings, files and services are what check mode had said; all proven"

    def a_dead_device(self) -> str:
        dead = self.gateways[len(self.gateways) // 2]
        dead.unplug(True)
        try:
            run = self._run("one dead", SITE)
        finally:
            dead.unplug(False)
        expect(run.hosts("unreachable") == [dead.name], f"unreachable: {run.hosts('unreachable')}")
        expect(run.hosts("failed", "changed") == [], f"failed or changed: {run.hosts('failed', 'changed')}")
        others = [name for name in self.names if name != dead.name]
        for name in others:
            expect(any(one.name == "The cloud answers" and one.outcome == "ok" for one in run.of(name)), f"{name} did not finish")
        waited = max(one.ended - one.began for one in run.of(dead.name))
        again = self._run(None, SITE, "--limit", dead.name)
        self._expect_unchanged(again, [dead.name])
        return f"{len(others)} finished in {run.seconds:.1f} s; it cost them {waited:.1f} s; back again, it is as it was"

    def other_modules(self) -> str:
        """Each module against the program, also where the role does not use it."""
        chosen = [self.self_signed[0], self.signed[0]]
        run = self._run(None, HERE / "modules.yml", "--limit", ",".join(chosen))
        self._expect_status(run, 0)
        self._expect_proven()
        return f"info, certificate, connection and config on {len(chosen)} gateways"

    def a_refused_certificate(self) -> str:
        refused = self.signed[(len(self.signed) - 1) // 2]
        self.cloud.do("refuse-renewed", refused)
        before = {gateway.name: gateway.read(CERTIFICATE) for gateway in self.gateways}
        hosts = ":".join(self.signed)
        run = self._run("refused", RENEW, gateway_serial=2, gateway_renew_force=True, gateway_hosts=hosts)
        expect(run.status != 0 and run.hosts("failed") == [refused], f"status {run.status}, failed: {run.hosts('failed')}")
        failure = next(one for one in run.of(refused) if one.outcome == "failed").items[-1]
        expect(failure.get("rc") == 3 and not failure.get("retry"), f"{refused}: {failure}")
        at = self.signed.index(refused) // 2 * 2
        untouched = self.signed[at + 2:]
        expect(untouched and not any(run.of(name) for name in untouched), "the rollout went on")
        renewed = [gateway.name for gateway in self.gateways if gateway.read(CERTIFICATE) != before[gateway.name]]
        expect(set(self.signed[:at]) <= set(renewed) and refused not in renewed, f"renewed: {renewed}")
        self._expect_proven()
        return f"{len(renewed)} renewed, {refused} refused, {len(untouched)} untouched, all {len(self.names)} connected"

    def renewal(self) -> str:
        self.cloud.do("refuse-renewed")
        before = {gateway.name: gateway.read(CERTIFICATE) for gateway in self.gateways}
        run = self._run("renewal", RENEW, gateway_serial=5, gateway_renew_force=True, gateway_hosts=":".join(self.signed))
        self._expect_status(run, 0)
        for name in self.signed:
            expect(self._gateway(name).read(CERTIFICATE) != before[name], f"{name} has its former certificate")
        self._expect_proven()
        return f"{len(self.signed)} renewed, all connected"

    def power_cut(self) -> str:
        self.fleet.each(lambda gateway: gateway.down(), at_once=4)
        self.cloud.do("forget")
        for gateway in self.gateways:
            gateway.make_disk()
        self.fleet.boot()
        self._register()
        # While dpkg unpacks, and while certificates are made.
        said = [self._cut_power("usr/bin/tedge.dpkg-new", "usr/bin/tedge"), self._cut_power(CERTIFICATE)]
        run = self._run("after the power cut", SITE)
        self._expect_status(run, 0)
        self._expect_proven()
        self._expect_unchanged(self._run("once more", SITE))
        return f"at the first moment there were {said[0]}; at the second {said[1]}; the next run finished all, the one after it changed nothing"

    def _cut_power(self, *paths: str) -> str:
        """Starts a run, and cuts the power of all gateways when half of them have one of these files; what was there then."""
        started = self.control.start(SITE)
        while sum(any(map(gateway.has, paths)) for gateway in self.gateways) < len(self.gateways) // 2:
            expect(started.runs(), "the run ended before the power was cut")
            time.sleep(0.02)
        for gateway in self.gateways:
            gateway.freeze(True)
        started.kill()
        parts = {
            "an unfinished dpkg": UNFINISHED, "the package": "usr/bin/tedge", "settings": "etc/tedge/tedge.toml",
            "a certificate": CERTIFICATE, "a bridge": BRIDGE,
        }
        found = {part: sum(gateway.has(path) for gateway in self.gateways) for part, path in parts.items()}
        self.fleet.each(lambda gateway: gateway.cut_power(), at_once=4)
        self.fleet.boot()
        # A one-time password that the cloud has taken is spent, whether or not its answer arrived.
        self._register()
        return ", ".join(f"{part} on {number}" for part, number in found.items())

    # What the scenes share

    def _write_inventory(self) -> None:
        settings = {SETTING: VALUE} if self.changed_setting else {}
        connections, secrets = {}, {}
        for name in self.names:
            method = "self-signed" if name in self.self_signed else "c8y-ca"
            connections[name] = [{"cloud": "c8y", "url": rig.HOST, "register": method, "settings": settings}]
            secrets[name] = {"user": rig.USER, "password": rig.PASSWORD} if method == "self-signed" else {
                "one_time_password": one_time_password(name)}
        self.control.write_inventory(connections, secrets, {"c8y.availability.interval": "30m"})

    def _register(self) -> None:
        for name in self.signed:
            self.cloud.do("register", name, one_time_password(name))

    def _run(self, title: str | None, playbook, *words: str, **extra) -> Run:
        run = self.control.play(playbook, *words, **extra)
        if title:
            self._runs.append((title, run))
        for name in self.names:
            for secret in (rig.PASSWORD, one_time_password(name)):
                expect(f'"{secret}"' not in run.output and f"={secret}" not in run.output, f"the output of {playbook} has a secret")
        return run

    def _expect_status(self, run: Run, status: int) -> None:
        if run.status != status:
            said = [
                f"{one.host}, {one.name}: {item.get('msg')}" for one in run.results if one.outcome in ("failed", "unreachable")
                for item in one.items if item.get("failed") or item.get("unreachable")
            ]
            raise Failed(f"Ansible ended with status {run.status}: {' / '.join(said) or run.output[-1500:]}")

    def _expect_unchanged(self, run: Run, names: list[str] | None = None) -> None:
        self._expect_status(run, 0)
        expect(run.hosts("changed") == [], f"changed: {[(one.host, one.name) for one in run.results if one.outcome == 'changed']}")
        finished = sorted({one.host for one in run.results if one.outcome == "ok"})
        expect(finished == (names or self.names), f"only {finished} finished")

    def _expect_proven(self) -> None:
        """Each gateway asks the cloud, and the cloud, which keeps devices apart, has heard that one."""
        for gateway in self.gateways:
            before = self.cloud.messages(gateway.name, "s/uat") + self.cloud.messages(gateway.name, "s/us")
            said = gateway.exec("tedge", "connect", "c8y", "--test", "--json")
            after = self.cloud.messages(gateway.name, "s/uat") + self.cloud.messages(gateway.name, "s/us")
            expect('"result":"ok"' in said and after > before, f"{gateway.name} is not proven: {said}")

    def _state(self, gateway: rig.Gateway) -> str:
        """All that a run could change on it: files with their contents, and when mosquitto started."""
        listed = "find etc/tedge etc/mosquitto -type f -exec sha256sum {} + 2>/dev/null | sort"
        services = "systemctl show -p ActiveEnterTimestampMonotonic -p UnitFileState mosquitto tedge-mapper-c8y tedge-agent"
        return gateway.exec("sh", "-c", f"cd / && {listed}; {services}")

    def _world(self) -> list:
        cloud = self.cloud.show()
        asked = [one for one in cloud["requests"] if one.get("method") == "POST"]
        return [self._state(gateway) for gateway in self.gateways] + [cloud["trusted"], asked]

    def _compare(self, name: str, found: list[tuple[str, str, str]]) -> int:
        """Compares what check mode had said with what is there; the number of things compared."""
        gateway, compared = self._gateway(name), 0
        # In check mode a module does not see what the one before it would have written into the same file.
        has_config = any(module == "config" for module, _, _ in found)
        for _, header, after in found:
            if header == "settings" or header == "services":
                for line in after.splitlines():
                    key, _, value = line.partition(" = ")
                    is_there = self._setting(gateway, key) if header == "settings" else self._service(gateway, key, value)
                    expect(is_there == value, f"{name}: {key} is '{is_there}', check mode said '{value}'")
                    compared += 1
            elif not (has_config and header.endswith(".toml")):
                after = after.rstrip("\n")
                text = self._text(gateway, header, after).rstrip("\n")
                expect(text == after, f"{name}: {header} is '{text}', check mode said '{after}'")
                compared += 1
        return compared

    def _setting(self, gateway: rig.Gateway, key: str) -> str:
        return gateway.exec("tedge", "config", "get", key, check=False)

    def _service(self, gateway: rig.Gateway, unit: str, said: str) -> str:
        """A service in the words of a diff. Whether it was restarted is not seen afterwards."""
        active, enabled = (
            "true" if gateway.exec("systemctl", verb, unit, check=False) == word else "false"
            for verb, word in (("is-active", "active"), ("is-enabled", "enabled"))
        )
        return f"active: {active}, enabled: {enabled}, restarted: {said.rpartition(' ')[2]}"

    def _text(self, gateway: rig.Gateway, path: str, said: str) -> str:
        """A file in the words of a diff, which tells where a link leads, and of secrets only that they are there."""
        target = gateway.exec("readlink", path, check=False)
        if target:
            return f"(link to {target})"
        if not gateway.has(path[1:]):
            return ""
        return said if said.startswith("(") else gateway.read(path[1:])

    def _gateway(self, name: str) -> rig.Gateway:
        return self.gateways[self.names.index(name)]

    def print_seconds(self) -> None:
        """For each run how long it took, and for each device how long its tasks took and how long `tedge` ran."""
        if not self._runs:
            return
        print("\nSeconds of each run. On each gateway: seconds of its tasks / seconds in which tedge ran.\n")
        width = 13
        heads = [textwrap.wrap(title, width - 2) for title, _ in self._runs]
        for line in range(max(map(len, heads))):
            print(f"{'':11}" + "".join(f"{head[line] if line < len(head) else '':>{width}}" for head in heads))
        print(f"{'run':11}" + "".join(f"{run.seconds:>{width}.1f}" for _, run in self._runs))
        for name in self.names:
            cells = [f"{run.device_seconds(name):.1f} / {run.program_seconds(name):.2f}" if run.of(name) else "-" for _, run in self._runs]
            print(f"{name:11}" + "".join(f"{cell:>{width}}" for cell in cells))
        medians = [
            (statistics.median(run.device_seconds(name) for name in self.names if run.of(name)),
             statistics.median(run.program_seconds(name) for name in self.names if run.of(name))) for _, run in self._runs
        ]
        print(f"{'median':11}" + "".join(f"{f'{tasks:.1f} / {program:.2f}':>{width}}" for tasks, program in medians))


def one_time_password(name: str) -> str:
    return f"Once-0nly-{name}"


def things(run: Run, name: str) -> set[str]:
    """What changed on a device, or would, in the words of the role."""
    kinds = {f"{COLLECTION}.config": "settings", f"{COLLECTION}.bootstrap": "bootstrap"}
    return {kinds.get(one.action, "package") for one in run.of(name) if one.outcome == "changed"}


def diffs(run: Run, name: str) -> list[tuple[str, str, str]]:
    """What the modules of the collection showed in diff mode: their names, headers, and how it would be afterwards."""
    return [
        (one.action.removeprefix(f"{COLLECTION}."), part["after_header"], part["after"]) for one in run.of(name)
        if one.action.startswith(COLLECTION) for item in one.items for part in item.get("diff") or []
    ]
