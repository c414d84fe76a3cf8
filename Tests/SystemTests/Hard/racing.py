#!/usr/bin/python3 -ISB
"""Swaps names below /etc/tedge as the users tedge and mosquitto while root's commands run, and counts what they gain.

Runs inside a device, see 'races'. A gain is a file of root, or a key of mosquitto, that got another owner, other permission
bits or other contents, that was read by somebody who may not read it, or a file that root made where it must not.
"""

import ctypes
import hashlib
import os
import pwd
import random
import shutil
import signal
import stat
import subprocess
import sys
import time

DIRECTORY = "/etc/tedge"
STASH = DIRECTORY + "/.stash"
VICTIMS = "/etc/races"
COPIES = "/var/lib/races"
SECRET, KEY = b"SECRET-of-root-5f2c", b"SECRET-of-mosquitto-77ab"
EXCHANGE = 2
library = ctypes.CDLL(None, use_errno=True)

FILES = {
    "init": [".tedge.lock", "system.toml", ".agent/entity_store.jsonl", "operations", "operations/c8y", "plugins",
             ".agent", "mosquitto-conf", "device-certs"],
    "config set": ["tedge.toml", ".tedge.lock", "mappers", "mappers/c8y"],
    "config upgrade": ["tedge.toml", "tedge.toml.bak", ".upgrade.unfinished", ".tedge.lock", "mappers", "mappers/c8y",
                       "mappers/c8y/mapper.toml"],
    "cert create": ["device-certs/tedge-certificate.pem", "device-certs/tedge-private-key.pem",
                    "device-certs/tedge-certificate.pem.unfinished", "device-certs", ".tedge.lock"],
    "cert create-csr": ["device-certs/tedge.csr", "device-certs/tedge-private-key.pem", "device-certs", ".tedge.lock"],
    "cert renew": ["device-certs/tedge-certificate.pem.new", "device-certs/tedge-certificate.pem",
                   "device-certs/tedge-private-key.pem", "device-certs", ".tedge.lock"],
    "connect": ["mosquitto-conf/tedge-mosquitto.conf", "mosquitto-conf/c8y-bridge.conf", "mosquitto-conf",
                "mosquitto-conf/c8y-bridge.conf.unfinished", "mosquitto-conf/c8y-bridge.conf.rejected", "tedge.toml",
                "device-certs/tedge-certificate.pem", "device-certs/tedge-private-key.pem", "device-certs", ".tedge.lock"],
    "disconnect": ["mosquitto-conf/c8y-bridge.conf", "mosquitto-conf/c8y-bridge.conf.unfinished", "mosquitto-conf",
                   ".tedge.lock"],
    "refresh-bridges": ["mosquitto-conf/c8y-bridge.conf", "mosquitto-conf/tedge-mosquitto.conf", "mosquitto-conf",
                        ".tedge.lock"],
}  # fmt: skip
FILES["failing connect"] = FILES["connect"]

COMMANDS = {
    "init": ["init"],
    "config set": ["config", "set", "device.type", "raced"],
    "config upgrade": ["config", "upgrade"],
    "cert create": ["cert", "create", "--device-id", "raced"],
    "cert create-csr": ["cert", "create-csr"],
    "cert renew": ["cert", "renew", "--ca", "self-signed"],
    "connect": ["connect", "c8y", "--offline"],
    "failing connect": ["connect", "c8y", "--offline"],
    "disconnect": ["disconnect", "c8y"],
    "refresh-bridges": ["refresh-bridges"],
}

COPY = {"disconnect": "connected", "refresh-bridges": "stale", "config upgrade": "old", "cert create": "bare",
        "failing connect": "failing"}  # fmt: skip


def tedge(*words):
    run = subprocess.run(["tedge", *words], stdin=subprocess.DEVNULL, capture_output=True, timeout=120)
    if run.returncode not in (0, 4):
        sys.exit(f"races: tedge {' '.join(words)}: {run.stderr.decode()}")


def user(name):
    entry = pwd.getpwnam(name)
    return entry.pw_uid, entry.pw_gid


def write(path, contents, mode=0o644, owner=(0, 0)):
    with open(path, "wb") as file:
        file.write(contents)
    os.chown(path, *owner)
    os.chmod(path, mode)


def keep(name):
    shutil.rmtree(f"{COPIES}/{name}", ignore_errors=True)
    subprocess.run(["cp", "-a", DIRECTORY, f"{COPIES}/{name}"], check=True)


def prepare():
    """The states that rounds begin with."""
    os.makedirs(COPIES, 0o700, exist_ok=True)
    tedge("init")
    tedge("config", "set", "c8y.url", "example.cumulocity.com")
    keep("bare")
    tedge("cert", "create", "--device-id", "raced")
    keep("base")
    with open(f"{DIRECTORY}/system.toml", "a") as file:
        file.write('[init]\nname = "none"\nis_available = ["/bin/true"]\nrestart = ["/bin/false", "{}"]\n'
                   'stop = ["/bin/true", "{}"]\nstart = ["/bin/true", "{}"]\nenable = ["/bin/true", "{}"]\n'
                   'disable = ["/bin/true", "{}"]\nis_active = ["/bin/true", "{}"]\n')  # fmt: skip
    keep("failing")
    restore("base")
    shutil.rmtree(f"{DIRECTORY}/mappers", ignore_errors=True)
    write(f"{DIRECTORY}/tedge.toml", b'[c8y]\nurl = "example.cumulocity.com"\n', 0o644, user("tedge"))
    keep("old")
    restore("base")
    tedge("connect", "c8y", "--offline")
    keep("connected")
    with open(f"{DIRECTORY}/mosquitto-conf/c8y-bridge.conf", "a") as file:
        file.write("# of an older release\n")
    keep("stale")


def restore(name):
    for entry in os.listdir(DIRECTORY):
        path = f"{DIRECTORY}/{entry}"
        if os.path.isdir(path) and not os.path.islink(path):
            shutil.rmtree(path)
        else:
            os.unlink(path)
    subprocess.run(["cp", "-a", f"{COPIES}/{name}/.", DIRECTORY], check=True)


class Victims:
    """The files that nobody may touch, and what they are like."""

    def __init__(self):
        shutil.rmtree(VICTIMS, ignore_errors=True)
        os.makedirs(f"{VICTIMS}/closed", 0o700)
        os.chmod(VICTIMS, 0o755)
        write(f"{VICTIMS}/secret", SECRET, 0o600)
        write(f"{VICTIMS}/plain", b"a setting of root\n", 0o644)
        write(f"{VICTIMS}/closed/file", SECRET, 0o644)
        os.mkdir(STASH)
        write(f"{STASH}/secret", SECRET, 0o600)
        write(f"{STASH}/key", KEY, 0o400, user("mosquitto"))
        # Those that somebody can rename are known by descriptors.
        self.held = [os.open(f"{STASH}/{name}", os.O_RDONLY) for name in ("secret", "key")]
        os.chown(STASH, *user("tedge"))
        self.before = self.look()

    def look(self):
        found = {}
        for top, directories, files in os.walk(VICTIMS):
            for name in [""] + directories + files:
                path = f"{top}/{name}"
                is_file = name in files and not os.path.islink(path)
                found[path] = self.describe(os.lstat(path), open(path, "rb").read() if is_file else b"")
        for number, descriptor in enumerate(self.held):
            found[f"held {number}"] = self.describe(os.fstat(descriptor), os.pread(descriptor, 1 << 20, 0))
        return found

    def describe(self, status, contents):
        return status.st_uid, status.st_gid, oct(status.st_mode), hashlib.sha256(contents).hexdigest()

    def gains(self):
        after = self.look()
        names = sorted(set(self.before) | set(after))
        gains = [f"{name}: {self.before.get(name)} became {after.get(name)}" for name in names
                 if self.before.get(name) != after.get(name)]  # fmt: skip
        own = [os.fstat(descriptor).st_ino for descriptor in self.held]
        for place in (DIRECTORY, "/etc/mosquitto", "/var/log/tedge"):
            for top, _, files in os.walk(place):
                for name in files:
                    path = f"{top}/{name}"
                    status = os.lstat(path)
                    if not stat.S_ISREG(status.st_mode) or status.st_ino in own:
                        continue
                    if status.st_uid == 0 and status.st_mode & 0o044 == 0:
                        continue
                    with open(path, "rb") as file:
                        if b"SECRET-of" in file.read():
                            gains.append(f"{path} holds a secret and has mode {oct(status.st_mode)}")
        return gains

    def end(self):
        for descriptor in self.held:
            os.close(descriptor)


def decoys(name):
    """What takes the place of a name: links to others' files, others' files themselves, and own ones."""
    path = f"{DIRECTORY}/{name}"
    is_directory = os.path.isdir(path) or name in ("operations", "mappers", "mappers/c8y")
    if is_directory:
        return ["link:" + VICTIMS, "link:" + VICTIMS + "/closed", "link:" + VICTIMS + "/new", "own directory"]
    return ["link:" + VICTIMS + "/secret", "link:" + VICTIMS + "/plain", "link:" + VICTIMS + "/new",
            "link:" + VICTIMS + "/closed/new", "stash:secret", "stash:key", "own"]  # fmt: skip


def attack(name, decoy, report):
    """Exchanges a name and a decoy until it is killed; reads what can be read in between."""
    path, other = f"{DIRECTORY}/{name}", f"{STASH}/decoy"
    if decoy.startswith("link:"):
        os.symlink(decoy[5:], other)
    elif decoy.startswith("stash:"):
        other = f"{STASH}/{decoy[6:]}"
    elif decoy == "own directory":
        os.mkdir(other)
    else:
        contents = b""
        if os.access(path, os.R_OK):
            with open(path, "rb") as file:
                contents = file.read()
        write(other, contents, 0o6755, (os.getuid(), os.getgid()))
    pauses = random.choice([(0, 0), (0, 0.0005), (0, 0.003), (0.001, 0.02)])
    places = [path, other, f"{VICTIMS}/secret", f"{VICTIMS}/closed/file", f"{STASH}/key", f"{STASH}/secret"]
    while True:
        if library.renameat2(-100, other.encode(), -100, path.encode(), EXCHANGE) != 0:
            # There is nothing yet, or no more: the decoy gets the name, or comes back.
            for start, end in ((other, path), (path, other)):
                try:
                    os.rename(start, end)
                    break
                except OSError:
                    pass
        peek(places, report)
        if pauses[1]:
            time.sleep(random.uniform(*pauses))


def watch(places, report):
    while True:
        peek(places, report)


def peek(places, report):
    for place in places:
        try:
            descriptor = os.open(place, os.O_RDWR | os.O_NONBLOCK)
        except OSError:
            try:
                descriptor = os.open(place, os.O_RDONLY | os.O_NONBLOCK)
            except OSError:
                continue
        try:
            contents = os.read(descriptor, 4096)
        except OSError:
            contents = b""
        os.close(descriptor)
        is_own_key = os.getuid() == user("mosquitto")[0]
        if SECRET in contents or (KEY in contents and not is_own_key):
            os.write(report, f"user {os.getuid()} read {place}\n".encode()[:400])


def become(name, body, report):
    child = os.fork()
    if child:
        return child
    try:
        number, group = user(name)
        os.setgroups([group])
        os.setgid(group)
        os.setuid(number)
        body(report)
    except BaseException as reason:
        os.write(2, f"races: the attacker ended: {reason!r}\n".encode())
    os._exit(1)


def round_of(command, run):
    """One round; returns whether the command went through, and the gains."""
    restore(COPY.get(command, "base"))
    victims = Victims()
    name = random.choice(FILES[command])
    decoy = random.choice(decoys(name))
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    names = [f"{DIRECTORY}/{name}", f"{VICTIMS}/secret", f"{STASH}/secret"]
    attackers = [
        become("tedge", lambda report: attack(name, decoy, report), writer),
        become("mosquitto", lambda report: watch(names, report), writer),
    ]
    time.sleep(random.uniform(0, 0.01))
    try:
        went = run(command, name)
    finally:
        for attacker in attackers:
            os.kill(attacker, signal.SIGKILL)
            os.waitpid(attacker, 0)
        os.close(writer)
    with os.fdopen(reader, "rb") as file:
        said = sorted(set(file.read().decode().splitlines()))
    gains = [f"{command}, {name} and {decoy}: {gain}" for gain in said + victims.gains()]
    victims.end()
    return went, gains


def real(command, name):
    run = subprocess.run(["tedge", *COMMANDS[command]], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                         stderr=subprocess.DEVNULL, timeout=180)  # fmt: skip
    if run.returncode < 0:
        print(f"races: {command} ended by signal {-run.returncode}", flush=True)
    return run.returncode in (0, 4)


def careless(command, name):
    """What a program does that looks at a path first and changes it by path then."""
    path = f"{DIRECTORY}/{name}"
    for _ in range(200):
        try:
            if stat.S_ISREG(os.lstat(path).st_mode):
                os.chmod(path, 0o644)
                os.chown(path, *user("tedge"))
        except OSError:
            pass
    return True


def main():
    rounds, chosen = int(sys.argv[1]), sys.argv[2:] or list(COMMANDS)
    prepare()
    # These attackers are quick enough to find a program that is not careful.
    for _ in range(100):
        if round_of("config set", careless)[1]:
            break
    else:
        sys.exit("races: the attackers gain nothing of a careless program either; the rounds would prove nothing")
    total = []
    for command in chosen:
        done, gains = 0, []
        for _ in range(rounds):
            went, found = round_of(command, real)
            done += went
            gains += [found] if found else []
        print(f"{command}: {rounds} rounds, {done} went through, {len(gains)} gains", flush=True)
        for found in gains[:5]:
            print("\n".join("  " + gain for gain in found), flush=True)
        total += gains
    restore("base")
    for place in (VICTIMS, COPIES):
        shutil.rmtree(place)
    print(f"races: {rounds * len(chosen)} rounds, {len(total)} gains", flush=True)
    return 1 if total else 0


if __name__ == "__main__":
    sys.exit(main())
