"""Writes a line of JSON for each result of a task, for the program that started Ansible."""

from __future__ import annotations

import json
import os
import time

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
name: fleet_record
type: aggregate
short_description: Write each result of a task to a file
description: The file is named by the environment variable FLEET_RECORD.
"""


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "fleet_record"
    CALLBACK_NEEDS_ENABLED = True

    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        self._file = open(os.environ["FLEET_RECORD"], "w", encoding="utf-8")
        self._began = {}

    def v2_runner_on_start(self, host, task):
        self._began[host.name, task._uuid] = time.monotonic()

    def _note(self, result, outcome):
        host, task, now = result._host.name, result._task, time.monotonic()
        line = {
            "host": host, "task": task.get_name(), "action": task.action, "outcome": outcome,
            "began": self._began.get((host, task._uuid), now), "ended": now, "result": result._result,
        }
        self._file.write(json.dumps(line, default=str) + "\n")
        self._file.flush()

    def v2_runner_on_ok(self, result, **_):
        self._note(result, "changed" if result._result.get("changed") else "ok")

    def v2_runner_on_failed(self, result, ignore_errors=False, **_):
        self._note(result, "ignored" if ignore_errors else "failed")

    def v2_runner_on_unreachable(self, result, **_):
        self._note(result, "unreachable")

    def v2_runner_on_skipped(self, result, **_):
        self._note(result, "skipped")
