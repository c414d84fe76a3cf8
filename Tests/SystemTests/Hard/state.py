"""What a device is: its files, its services, and what its mosquitto has read. Runs inside the device."""

import hashlib
import os
import re
import subprocess
import time

ROOTS = ["/etc/tedge", "/etc/mosquitto", "/etc/systemd/system"]
SERVICES = ["mosquitto", "tedge-mapper-c8y", "tedge-agent"]
BASES = "/var/lib/hard"
BRIDGE = "/etc/tedge/mosquitto-conf/c8y-bridge.conf"
UNFINISHED = BRIDGE + ".unfinished"
# What a killed run may leave, and the next one removes.
LEFTOVER = re.compile(r"(/\.[^/]+\.[0-9a-f]{8}\.tmp|\.unfinished|\.unread|/\.tedge\.lock|/\.mosquitto\.conf\.lock)$")
REJECTED = re.compile(r"\.rejected$")
# Files that are other ones after each run: what they must be when they are there.
MADE = {
    "tedge-certificate.pem": ["openssl", "x509", "-noout", "-in"],
    "tedge-certificate.pem.new": ["openssl", "x509", "-noout", "-in"],
    "tedge-private-key.pem": ["openssl", "pkey", "-noout", "-in"],
    "tedge.csr": ["openssl", "req", "-noout", "-in"],
}
CHECKS = ["bridge-file", "include-line", "bridge-current", "bridge-read", "mosquitto-running", "local-mqtt"]


def call(*words, timeout=60):
    return subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=timeout)


def must(*words):
    answer = call(*words)
    if answer.returncode != 0:
        raise SystemExit(f"{' '.join(words)}: status {answer.returncode}: {answer.stdout}{answer.stderr}")
    return answer.stdout


def links():
    """The links by which mosquitto's init script is started."""
    found = []
    for level in "0123456S":
        directory = f"/etc/rc{level}.d"
        if os.path.isdir(directory):
            found += [f"{directory}/{name}" for name in os.listdir(directory) if name.endswith("mosquitto")]
    return found


def files():
    """Every file below the roots with what matters of it."""
    found = {path: ("link", os.readlink(path), 0) for path in links()}
    for root in ROOTS:
        for directory, names, others in os.walk(root):
            for name in names + others:
                path = os.path.join(directory, name)
                status = os.lstat(path)
                if os.path.islink(path):
                    found[path] = ("link", os.readlink(path), 0)
                elif os.path.isdir(path):
                    found[path] = ("directory", status.st_mode, (status.st_uid, status.st_gid))
                else:
                    with open(path, "rb") as file:
                        found[path] = (file.read(), status.st_mode, (status.st_uid, status.st_gid))
    return {path: value for path, value in found.items() if not REJECTED.search(path)}


def services():
    """Which services run."""
    words = call("systemctl.real", "is-active", *SERVICES).stdout.split()
    return {service: word == "active" for service, word in zip(SERVICES, words)}


def configuration():
    """A sum of what mosquitto would read now."""
    directory = "/etc/tedge/mosquitto-conf"
    names = sorted(os.listdir(directory)) if os.path.isdir(directory) else []
    paths = ["/etc/mosquitto/mosquitto.conf"] + [f"{directory}/{name}" for name in names if name.endswith(".conf")]
    with_names = hashlib.sha256()
    for path in paths:
        with open(path, "rb") as file:
            with_names.update(path.encode() + b"\0" + file.read() + b"\0")
    return with_names.hexdigest()


def has_read():
    """Whether mosquitto has read the files as they are: its unit notes what they are whenever it starts."""
    with open("/run/hard/read") as file:
        return file.read().strip() == configuration()


def has_mqtt():
    words = ["mosquitto_rr", "-t", "hard/test", "-e", "hard/test", "-m", "alive", "-W", "1"]
    end = time.monotonic() + 8
    while time.monotonic() < end:
        if call(*words).stdout == "alive\n":
            return True
        time.sleep(0.1)
    return False


def doctor():
    """The states of the checks that the harness asks for, by their ids, and the reasons that are given."""
    import json

    words = ["tedge", "doctor", "c8y", "--json"]
    for check in CHECKS:
        words += ["--only", check]
    answer = json.loads(call(*words).stdout)
    checks = answer.get("checks")
    if checks is None:
        raise SystemExit(f"{' '.join(words)}: {answer['message']}")
    return {check["id"]: (check["state"], check["reason"]) for check in checks}


def save(name):
    """Keeps the files and what runs as a base that `restore` goes back to."""
    os.makedirs(BASES, exist_ok=True)
    must("tar", "-C", "/", "-cpf", f"{BASES}/{name}.tar", *[path[1:] for path in ROOTS + links() if os.path.lexists(path)])
    with open(f"{BASES}/{name}.services", "w") as file:
        file.write(" ".join(service for service, runs in services().items() if runs))


def restore(name):
    for path in links():
        os.unlink(path)
    must("rm", "-rf", *ROOTS)
    must("tar", "-C", "/", "-xpf", f"{BASES}/{name}.tar")
    with open(f"{BASES}/{name}.services") as file:
        running = file.read().split()
    must("systemctl.real", "daemon-reload")
    call("systemctl.real", "reset-failed")
    for service in SERVICES[1:]:
        must("systemctl.real", "start" if service in running else "stop", service)
    must("systemctl.real", "restart", "mosquitto")


def torn(now, before, after):
    """What is neither as before nor as after. The bridge file may stand aside under its other name."""
    problems = []
    for path in sorted(set(now) | set(before) | set(after)):
        if path == BRIDGE and path not in now and now.get(UNFINISHED) in (before.get(path), after.get(path)):
            continue
        value, known = now.get(path), [before.get(path), after.get(path)]
        if value in known or (value is not None and LEFTOVER.search(path)):
            continue
        test = MADE.get(os.path.basename(path))
        if test and value is not None and any(known):
            if call(*test, path).returncode != 0:
                problems.append(f"{path} is torn")
            continue
        # Contents, mode and owner change one after the other.
        known = [each for each in known if each is not None]
        if value is None or not known or any(part not in [each[i] for each in known] for i, part in enumerate(value)):
            problems.append(f"{path} is neither as before nor as after")
    return problems


def differences(now, wanted):
    """What is not as it should be, where nothing may be left behind."""
    problems = []
    for path in sorted(set(now) | set(wanted)):
        if now.get(path) == wanted.get(path):
            continue
        test = MADE.get(os.path.basename(path))
        if test and path in now and path in wanted and now[path][1:] == wanted[path][1:]:
            continue
        problems.append(path + ("" if path in now else " is missing") + ("" if path in wanted else " is left"))
    return problems
