#!/usr/bin/python3
"""A `tedge` for the tests of the modules: notes how it was called, and prints what the test wrote down."""

import json
import os
import sys
from pathlib import Path

here = Path(__file__).parent
answers = json.loads((here / "answers.json").read_text())
call = {"words": sys.argv[1:], "stdin": "" if sys.stdin is None or sys.stdin.isatty() else sys.stdin.read()}
call["environment"] = {key: value for key, value in os.environ.items() if key.startswith(("C8Y_", "DEVICE_", "SITE_"))}
with open(here / "calls.jsonl", "a", encoding="utf-8") as file:
    file.write(json.dumps(call) + "\n")
number = len((here / "calls.jsonl").read_text().splitlines()) - 1
answer = answers[min(number, len(answers) - 1)]
sys.stderr.write(answer.get("stderr", ""))
sys.stdout.write(answer["stdout"] if "stdout" in answer else json.dumps(answer["object"]))
sys.exit(answer.get("status", 0))
