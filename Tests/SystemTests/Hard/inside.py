#!/usr/bin/python3 -ISB
"""The rounds of `kills`, inside the device. Prints a line of JSON for each round."""

import json
import os
import random
import sys

sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))

import commands
import state


def unread_is_told():
    """Whether the doctor tells the truth about what mosquitto has read, and about what is not complete."""
    checks = state.doctor()
    alarms = {reason for _, reason in checks.values() if reason}
    stale = not state.has_read()
    if os.path.exists(state.UNFINISHED):
        return [] if "connection-unfinished" in alarms else ["the doctor does not tell what is unfinished"]
    if stale and not alarms:
        return ["the doctor calls a mosquitto well that has not read its files"]
    if not stale and "bridge-not-read" in alarms:
        return ["the doctor says that mosquitto has not read files that it has read"]
    return []


def is_whole(now, runs, wanted):
    """What is wrong with a device that is to be as one that no command was killed on."""
    problems = state.differences(now, wanted[0])
    problems += [f"{name} {'runs' if runs[name] else 'does not run'}" for name in runs if runs[name] != wanted[1][name]]
    return problems


def look(status, case, before, after):
    """What is wrong right after the kill."""
    problems = []
    if not state.has_mqtt():
        problems.append("no local MQTT")
    now, runs = state.files(), state.services()
    problems += state.torn(now, before[0], after[0])
    # One that was not killed says by its status how the device is.
    if status is not None and status in (0, 1, 4) and case[0] != "time":
        problems += [f"status {status}: {each}" for each in is_whole(now, runs, before if status == 1 else after)]
    return problems


def round_of(command, case, learned, chance):
    before, after, duration = learned[:3]
    base = commands.COMMANDS[command][0]
    for _ in range(20):
        state.restore(base)
        status, hit = commands.kill(command, case, duration, chance)
        if hit:
            break
    else:
        return None
    problems = look(status, case, before, after)
    problems += unread_is_told()
    return problems + repair(command, before, after)


def repair(command, before, after):
    """Has the next command make things right."""
    if is_whole(state.files(), state.services(), after):
        state.call(*commands.words(command))
    problems = is_whole(state.files(), state.services(), after)
    if not state.has_mqtt():
        problems.append("no local MQTT")
    # What init writes is read at the next start.
    if command != "init" and not state.has_read():
        problems.append("mosquitto has not read its files")
    if state.BRIDGE in after[0]:
        problems += [f"doctor: {check} is {said[0]}" for check, said in state.doctor().items() if said[0] != "ok"]
    return [f"after the next run: {problem}" for problem in problems]


def main():
    if sys.argv[1:] == ["--note-what-mosquitto-reads"]:
        os.makedirs("/run/hard", exist_ok=True)
        with open("/run/hard/read", "w") as file:
            file.write(state.configuration())
        return
    rounds, seed, names = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]
    chance = random.Random(seed)
    commands.furnish()
    commands.bases()
    for command in names or commands.COMMANDS:
        learned = commands.learn(command)
        for case in commands.cases(learned[3], learned[4], rounds, chance):
            problems = round_of(command, case, learned, chance)
            name = " ".join(str(word) for word in case)
            print(json.dumps({"command": command, "case": name, "problems": problems}), flush=True)


if __name__ == "__main__":
    main()
