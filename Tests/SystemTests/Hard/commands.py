"""The commands that change something, each with the state that it begins in and the ways to be killed in it."""

import os
import random
import signal
import subprocess
import time

import state

COUNTER = "/run/hard"
# Base, then words.
COMMANDS = {
    "init": ("bare", "init"),
    "config-set": ("ready", "config set device.type press"),
    "config-unset": ("typed", "config unset device.type"),
    "config-add": ("ready", "config add c8y.smartrest.templates one"),
    "config-remove": ("typed", "config remove c8y.smartrest.templates two"),
    "config-upgrade": ("ready", "config upgrade"),
    "cert-create": ("uncertified", "cert create --device-id gateway-1"),
    "cert-create-csr": ("ready", "cert create-csr"),
    "cert-renew": ("ready", "cert renew --ca self-signed"),
    "cert-remove": ("ready", "cert remove"),
    "connect": ("ready", "connect c8y"),
    "connect-disabled": ("disabled", "connect c8y"),
    "disconnect": ("connected", "disconnect c8y"),
    "reconnect": ("connected", "reconnect c8y"),
    "refresh-bridges": ("stale", "refresh-bridges"),
}
SIGNALS = {"KILL": signal.SIGKILL, "TERM": signal.SIGTERM, "INT": signal.SIGINT}
CALLS = (
    "rename,renameat2,link,linkat,unlink,unlinkat,rmdir,mkdir,mkdirat,fsync,fchmod,fchmodat,chmod,fchown,fchownat,"
    "chown,lchown,ftruncate,flock"
)

SHIM = """#!/bin/sh
# systemctl, with somebody who kills it or the one who asks.
at=$(cat /run/hard/at 2>/dev/null) || exec systemctl.real "$@"
echo "$*" >>/run/hard/calls
[ "$(wc -l </run/hard/calls)" = "$at" ] || exec systemctl.real "$@"
read -r when who signal </run/hard/way
if [ $when = after ]; then systemctl.real "$@"; status=$?; fi
: >/run/hard/hit
if [ $who = child ]; then kill -KILL $$; fi
kill -$signal $PPID
if [ $when = after ]; then exit $status; fi
exec systemctl.real "$@"
"""


def furnish():
    """Puts the shim there, and has mosquitto's unit note what it reads; it may be started as often as it takes."""
    os.makedirs("/run/hard", exist_ok=True)
    if not os.path.exists("/usr/bin/systemctl.real"):
        os.symlink("systemctl", "/usr/bin/systemctl.real")
    with open("/usr/local/sbin/systemctl", "w") as file:
        file.write(SHIM)
    os.chmod("/usr/local/sbin/systemctl", 0o755)
    os.makedirs("/etc/systemd/system/mosquitto.service.d", exist_ok=True)
    with open("/etc/systemd/system/mosquitto.service.d/hard.conf", "w") as file:
        file.write(
            "[Unit]\nStartLimitIntervalSec=0\n[Service]\n"
            "ExecStartPre=/usr/bin/python3 -ISB /hard/inside.py --note-what-mosquitto-reads\n"
        )
    state.must("systemctl.real", "daemon-reload")


def bases():
    """Makes the states that commands begin in, from a device that is configured."""
    tedge = lambda words: state.must("tedge", *words.split())
    state.must("systemctl.real", "enable", "mosquitto")
    state.must("systemctl.real", "restart", "mosquitto")
    state.save("ready")
    tedge("config set device.type press")
    tedge("config add c8y.smartrest.templates one")
    tedge("config add c8y.smartrest.templates two")
    state.save("typed")
    state.restore("ready")
    tedge("cert remove")
    state.save("uncertified")
    state.restore("ready")
    tedge("connect c8y")
    state.save("connected")
    tedge("config set c8y.bridge.keepalive_interval 70s")
    state.save("stale")
    state.restore("ready")
    state.must("systemctl.real", "disable", "mosquitto")
    state.save("disabled")
    state.must("sh", "-c", "rm -f /etc/mosquitto/conf.d/tedge-*.conf")
    state.must("rm", "-rf", "/etc/tedge/plugins", "/etc/tedge/mosquitto-conf", "/etc/tedge/operations")
    state.save("bare")


def words(command):
    return ["tedge"] + COMMANDS[command][1].split()


def learn(command):
    """Runs a command to its end. Returns how the device is before and after, how long it takes, and its steps."""
    base = COMMANDS[command][0]
    state.restore(base)
    before = (state.files(), state.services())
    set_way(0, "before", "child", "KILL")
    begin = time.monotonic()
    answer = state.call(*words(command))
    duration = time.monotonic() - begin
    if answer.returncode != 0:
        raise SystemExit(f"{' '.join(words(command))}: status {answer.returncode}: {answer.stderr}")
    after = (state.files(), state.services())
    children = calls()
    clear()
    state.restore(base)
    steps = {}
    trace = state.must("strace", "-qq", "-e", f"trace={CALLS}", "-o", "/run/hard/trace", *words(command))
    with open("/run/hard/trace") as file:
        for line in file:
            name = line.partition("(")[0]
            if name in CALLS.split(","):
                steps[name] = steps.get(name, 0) + 1
    return before, after, duration, children, [(name, n + 1) for name, count in steps.items() for n in range(count)]


def cases(children, steps, rounds, chance):
    """The ways to be killed, of all kinds in turn: at random times, at steps, at and in children, with the unit."""
    kinds = [
        [("time", name) for name in SIGNALS],
        [("step", name, *step) for name in SIGNALS for step in steps],
        [("child", when, n + 1) for when in ("before", "after") for n in range(children)],
        [("parent", when, name, n + 1) for when in ("before", "after") for name in SIGNALS for n in range(children)],
        [("unit",)],
    ]
    kinds = [kind for kind in kinds if kind]
    if rounds == 0:
        return [case for kind in kinds[1:] for case in kind] + [("time", name) for name in SIGNALS] * 3 + [("unit",)] * 3
    for kind in kinds:
        chance.shuffle(kind)
    chance.shuffle(kinds)
    return [kinds[n % len(kinds)][n // len(kinds) % len(kinds[n % len(kinds)])] for n in range(rounds)]


# MARK: systemctl


def set_way(at, when, who, name):
    clear()
    for file, text in (("way", f"{when} {who} {name}\n"), ("calls", ""), ("at", f"{at}\n")):
        with open(f"{COUNTER}/{file}", "w") as out:
            out.write(text)


def clear():
    for file in ("at", "way", "calls", "hit"):
        try:
            os.unlink(f"{COUNTER}/{file}")
        except FileNotFoundError:
            pass


def calls():
    with open(f"{COUNTER}/calls") as file:
        return len(file.readlines())


# MARK: Kills


def kill(command, case, duration, chance):
    """Runs a command and kills as the case says. Returns its status and whether the kill reached it."""
    if case[0] == "time":
        return kill_later(words(command), SIGNALS[case[1]], chance.uniform(0, duration))
    if case[0] == "step":
        inject = f"inject={case[2]}:signal=SIG{case[1]}:when={case[3]}"
        answer = state.call("strace", "-qq", "-e", f"trace={CALLS}", "-e", inject, "-o", "/run/hard/trace", *words(command))
        with open("/run/hard/trace") as file:
            return answer.returncode, f"--- SIG{case[1]}" in (text := file.read()) or f"killed by SIG{case[1]}" in text
    if case[0] == "unit":
        return stop_unit(words(command), chance.uniform(0, duration))
    when, name, at = (case[1], "KILL", case[2]) if case[0] == "child" else case[1:]
    set_way(at, when, case[0], name)
    answer = state.call(*words(command))
    hit = os.path.exists(f"{COUNTER}/hit")
    clear()
    return answer.returncode, hit


def kill_later(command, number, delay):
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        return process.wait(delay), False
    except subprocess.TimeoutExpired:
        process.send_signal(number)
        return process.wait(60), True


def stop_unit(command, delay):
    unit = "hard-command"
    state.must("systemd-run", "--quiet", "--collect", f"--unit={unit}", "--service-type=exec", *command)
    time.sleep(delay)
    hit = state.call("systemctl.real", "is-active", unit).stdout.strip() == "active"
    state.call("systemctl.real", "stop", unit)
    return None, hit
