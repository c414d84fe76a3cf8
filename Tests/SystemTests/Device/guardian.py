"""The process that holds a device: the parent of its systemd, the holder of the cloud's network, its undertaker.

It ends the device when its owner ends, however that happens. Should it be killed itself, the kernel ends the device's
systemd with it, and with that every process, mount and namespace of the device.
"""

import ctypes
import os
import select
import shutil
import signal
import subprocess
import sys
import time

import place

TOOLS = os.path.dirname(os.path.realpath(__file__))
FILES = ["network", "network.new", "init.pid", "init.pid.new", "id.new", "id"]
NAMESPACES = ["--mount", "--net", "--uts", "--ipc", "--cgroup", "--pid"]
CLONE_NEWNET, PR_SET_PDEATHSIG, PR_SET_NAME, PR_SET_CHILD_SUBREAPER = 0x40000000, 1, 15, 36

libc = ctypes.CDLL(None, use_errno=True)


def call(function, *arguments):
    if function(*arguments) != 0:
        error = ctypes.get_errno()
        raise place.Refusal(f"{function.__name__}: {os.strerror(error)}")


def start(words):
    """Forks the guardian into a session of its own; returns the pipe whose close without a byte ends it."""
    owner = os.pidfd_open(words.owner)
    ours, theirs = os.pipe()
    child = os.fork()
    if child == 0:
        os.setsid()
        if os.fork() != 0:
            os._exit(0)
        os.close(theirs)
        status = 1
        try:
            hold(words, owner, ours)
            status = 0
        except (place.Refusal, OSError, subprocess.CalledProcessError) as reason:
            print(f"{reason}", file=sys.stderr, flush=True)
        finally:
            os._exit(status)
    os.waitpid(child, 0)
    os.close(ours)
    os.close(owner)
    return theirs


def hold(words, owner, booted):
    log = os.open(os.path.join(words.state, "log"), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    nothing = os.open("/dev/null", os.O_RDWR)
    for stream, number in ((nothing, 0), (nothing, 1), (log, 2)):
        os.dup2(stream, number)
    call(libc.prctl, PR_SET_NAME, b"tedge-device")
    # The device's first process is reaped here; as a zombie it would keep its namespaces.
    call(libc.prctl, PR_SET_CHILD_SUBREAPER, 1)
    pid = os.getpid()
    name = f"{place.PREFIX}{pid}-{place.start_time(pid)}"
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit(0))
    try:
        place.write(words.state, "id", name)
        call(libc.unshare, CLONE_NEWNET)
        subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
        for part in ("", "device", "cloud"):
            os.mkdir(os.path.join(place.groups(), name, part))
        place.write(words.state, "network", f"{place.groups()}/{name}/cloud\n/proc/{pid}/ns/net")
        watch(boot(words, name), owner, booted)
    except SystemExit:
        pass
    finally:
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        bury(words.state, name)


def boot(words, name):
    group = os.path.join(place.groups(), name, "device", "cgroup.procs")

    def prepare():
        with open(group, "w") as file:
            file.write("0")
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)

    os.makedirs(os.path.join(words.state, "overlay"), exist_ok=True)
    environment = {
        "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        "STATE": words.state, "ID": name, "TOOLS": TOOLS, "ROOT": words.root,
        "EXECUTABLE": words.tedge or "", "RESTORE": words.restore,
        "CLOUD_NETWORK": f"/proc/{os.getpid()}/ns/net", "CLOUD_DIRECTORY": words.cloud_dir,
        "MAPPER": words.mapper, "AGENT": words.agent, "TEDGE_USER": "no" if words.no_tedge_user else "yes",
    }  # fmt: skip
    command = ["unshare", *NAMESPACES, "--fork", "--kill-child=KILL", os.path.join(TOOLS, "boot")]
    return subprocess.Popen(command, env=environment, preexec_fn=prepare)


def watch(device, owner, booted):
    """Returns when the owner or the device ends, or when the one who asked for the boot goes away before it is done."""
    poll = select.poll()
    poll.register(owner, select.POLLIN)
    poll.register(os.pidfd_open(device.pid), select.POLLIN)
    poll.register(booted, select.POLLIN)
    while True:
        ready = [descriptor for descriptor, _ in poll.poll()]
        if ready != [booted] or os.read(booted, 1) == b"":
            return
        poll.unregister(booted)


def bury(state, name):
    """Ends every process of the instance and takes away what it had; again and again is fine."""
    group = os.path.join(place.groups(), name)
    end = time.monotonic() + 20
    while os.path.isdir(group):
        try:
            with open(os.path.join(group, "cgroup.kill"), "w") as file:
                file.write("1")
            for directory, _, _ in os.walk(group, topdown=False):
                os.rmdir(directory)
        except OSError as reason:
            reap(os.WNOHANG)
            if time.monotonic() > end:
                raise place.Refusal(f"cannot remove {group}: {reason.strerror}") from reason
            time.sleep(0.002)
    reap(0)
    if place.identity(state) == name:
        if not place.read(state, "log"):
            remove(os.path.join(state, "log"))
        remove_empty(os.path.join(state, "overlay"))
        shutil.rmtree(os.path.join(state, "cloud"), ignore_errors=True)
        for file in FILES:
            remove(os.path.join(state, file))
        remove_empty(state)


def reap(options):
    try:
        while os.waitpid(-1, options)[0] != 0:
            pass
    except ChildProcessError:
        pass


def remove(path):
    try:
        os.remove(path)
    except FileNotFoundError:
        pass


def remove_empty(directory):
    try:
        os.rmdir(directory)
    except OSError:
        pass  # not there, or something of the caller's is in it
