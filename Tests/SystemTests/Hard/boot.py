#!/usr/bin/python3 -ISB
"""What `kills` does in the device before and after it kills the device itself."""

import json
import os
import pickle
import sys

sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))

import commands
import state

KNOWN = f"{state.BASES}/known"


def begin(command):
    """Learns how the device is before and after, and goes back to before. Prints how long the command takes."""
    known = {}
    if os.path.exists(KNOWN):
        with open(KNOWN, "rb") as file:
            known = pickle.load(file)
    if command not in known:
        known[command] = commands.learn(command)
        with open(KNOWN, "wb") as file:
            pickle.dump(known, file)
    state.restore(commands.COMMANDS[command][0])
    print(known[command][2])


def check(command):
    """Prints what is wrong after the boot, and after the next run of the command."""
    with open(KNOWN, "rb") as file:
        before, after = pickle.load(file)[command][:2]
    problems = state.torn(state.files(), before[0], after[0])
    if not state.has_mqtt():
        problems.append("no local MQTT")
    if not state.has_read():
        problems.append("mosquitto has not read its files")
    if "bridge-not-read" in {reason for _, reason in state.doctor().values()}:
        problems.append("the doctor says that mosquitto has not read its files")
    import inside

    print(json.dumps(problems + inside.repair(command, before, after)))


def main():
    verb, command = sys.argv[1:]
    if verb == "run":
        print("begun", flush=True)
        os.execvp("tedge", commands.words(command))
    {"begin": begin, "check": check}[verb](command)


main()
