# Copyright: tedge maintainers
# SPDX-License-Identifier: Apache-2.0

"""How the modules of this collection run `tedge … --json` and pass on what it says."""

from __future__ import annotations

import json
import resource
import time

from ansible.module_utils.common.text.converters import to_native

# What no module may write on a command line, where every user of the gateway can read it.
SECRET_ENDINGS = ("pin", "password")


def common_arguments(**own):
    """The arguments of a module: its own and those that all have."""
    return dict(executable=dict(type="str", default="tedge"), config_dir=dict(type="path"), **own)


def text(value):
    """A value of YAML as `tedge` reads and writes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (list, tuple, dict)):
        return json.dumps(value)
    return to_native(value)


def cloud_words(parameters):
    """The words that name a cloud and its profile."""
    words = [parameters["cloud"]] if parameters.get("cloud") else []
    if parameters.get("profile"):
        words += ["--profile", parameters["profile"]]
    return words


class Tedge:
    """Runs the program for one module."""

    def __init__(self, module):
        self.module = module
        self.path = module.get_bin_path(module.params["executable"], opt_dirs=["/usr/local/bin", "/usr/bin"])
        self.environment = {}
        self.seconds = 0.0
        self.cpu_seconds = 0.0
        self.commands = []

    def end_if_missing(self, changed=True, **facts):
        """Ends the module where there is no `tedge`: in check mode with what would change, else as a failure."""
        if self.path:
            return
        program = self.module.params["executable"]
        if not changed or self.module.check_mode:
            self.module.exit_json(changed=changed, installed=False, msg="%s is not installed" % program, **facts)
        self.module.fail_json(
            msg="%s is not installed. Install the package tedge-swift first, as the role thin_edge_swift.gateway.gateway does." % program,
            installed=False)

    def run(self, words, stdin=None, dry_run=False, accepted=(0,)):
        """Returns the object that the program prints; ends the module if its status is none of the accepted ones."""
        options = ["--json"] + (["--dry-run"] if dry_run else [])
        if self.module.params["config_dir"]:
            options += ["--config-dir", self.module.params["config_dir"]]
        # Behind "--" is no option.
        end = words.index("--") if "--" in words else len(words)
        command = [self.path] + words[:end] + options + words[end:]
        self.commands.append(command[1:])
        began, before = time.monotonic(), resource.getrusage(resource.RUSAGE_CHILDREN)
        status, stdout, stderr = self.module.run_command(command, data=stdin, environ_update=self.environment)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        self.seconds += time.monotonic() - began
        self.cpu_seconds += after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        try:
            answer = json.loads(stdout)
            if not isinstance(answer, dict):
                raise ValueError("it is no object")
        except ValueError:
            said = (stderr.strip() or stdout.strip()).splitlines()
            self.module.fail_json(
                msg="%s printed no JSON object, so it is not the tedge of the package tedge-swift, or too old.%s"
                % (self.path, " It said: " + " ".join(said[:3]) if said else ""),
                rc=status, stdout=stdout, stderr=stderr, **self.facts())
        if status not in accepted:
            self.fail(answer, status, stderr)
        return answer

    def fail(self, answer, status, stderr=""):
        """Ends the module with the message and the hint of the program."""
        message = answer.get("message") or "tedge ended with status %d" % status
        parts = [message] + [cause for cause in answer.get("causes") or [] if cause not in message]
        if answer.get("hint"):
            parts.append("Hint: %s" % answer["hint"])
        self.module.fail_json(
            msg="\n".join(parts), rc=status, reason=answer.get("reason"), retry=bool(answer.get("retry")),
            changed=bool(answer.get("changed")), stderr=stderr, tedge=answer, **self.facts())

    def change(self, words, stdin=None):
        """Runs a command that changes something; in check mode it only says what it would change.

        Returns its object and the diff, which is empty unless diff mode or check mode asks for it.
        """
        rehearsal = None
        if self.module.check_mode or self.module._diff:
            rehearsal = self.run(words, stdin, dry_run=True)
        if self.module.check_mode:
            return rehearsal, as_diff(rehearsal)
        return self.run(words, stdin), as_diff(rehearsal) if rehearsal else []

    def facts(self):
        """What each module returns about its runs of the program."""
        return dict(
            installed=True, commands=self.commands, seconds=round(self.seconds, 3), cpu_seconds=round(self.cpu_seconds, 3))

    def end(self, answer, diff=None, **facts):
        """Ends the module well."""
        result = dict(changed=bool(answer.get("changed")), tedge=answer, **self.facts())
        if diff and self.module._diff:
            result["diff"] = diff
        result.update(facts)
        self.module.exit_json(**result)


def as_diff(answer):
    """The member `diff` of an object as the list that Ansible shows."""
    found = answer.get("diff") or {}
    before, after = found.get("before") or {}, found.get("after") or {}
    shown = []

    def add(header, old, new):
        if old != new:
            shown.append(dict(before_header=header, after_header=header, before=old, after=new))

    add("settings", lines(before.get("settings")), lines(after.get("settings")))
    old, new = before.get("files") or {}, after.get("files") or {}
    for path in sorted(set(old) | set(new)):
        add(path, content(old.get(path)), content(new.get(path)))
    add("services", lines(before.get("services")), lines(after.get("services")))
    return shown


def lines(values):
    """A line for each value that is there."""
    found = []
    for key in sorted(values or {}):
        value = values[key]
        if isinstance(value, dict):
            value = ", ".join("%s: %s" % (name, "unknown" if value[name] is None else text(value[name])) for name in sorted(value))
        if value is not None:
            found.append("%s = %s\n" % (key, text(value)))
    return "".join(found)


def content(value):
    """The text of a file; no text if there is no file."""
    return "" if value is None else text(value)
