"""Where an instance is kept: its directory of small files, its control groups, and the processes they name."""

import os

PREFIX = "tedge-device-"


class Refusal(Exception):
    """Why something could not be done, in words for the person who asked."""


def start_time(pid):
    """The moment a process started, in clock ticks since boot, or None when there is no such process (or a zombie)."""
    try:
        with open(f"/proc/{pid}/stat") as file:
            fields = file.read().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return None if fields[0] in "ZX" else fields[19]


def read(state, name):
    try:
        with open(os.path.join(state, name)) as file:
            return file.read().strip()
    except FileNotFoundError:
        return None


def write(state, name, text):
    """Writes one of the instance's files so that a reader sees all of it or none."""
    path = os.path.join(state, name)
    with open(path + ".new", "w") as file:
        file.write(f"{text}\n")
    os.rename(path + ".new", path)


def identity(state):
    """The name of the instance that lives in `state`; it contains the guardian's pid and start time."""
    return read(state, "id")


def guardian(name):
    """The pid of the guardian that an instance's name tells of, or None when that process is gone."""
    pid, started = name.removeprefix(PREFIX).split("-")
    return int(pid) if start_time(pid) == started else None


def groups():
    """The directory of the host's unified control group hierarchy."""
    with open("/proc/self/mountinfo") as file:
        for line in file:
            left, _, right = line.partition(" - ")
            if right.split()[0] == "cgroup2":
                return left.split()[4]
    raise Refusal("no cgroup2 file system is mounted; try: mount -t cgroup2 none /sys/fs/cgroup")


def group_processes(name):
    """Every process in an instance's control groups."""
    found = []
    for directory, _, _ in os.walk(os.path.join(groups(), name)):
        try:
            with open(os.path.join(directory, "cgroup.procs")) as file:
                found += file.read().split()
        except OSError:
            pass  # a group that systemd removed meanwhile
    return [int(pid) for pid in found]
