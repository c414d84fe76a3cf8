"""The modules of the collection, each run as Ansible runs it, with a `tedge` that says what the test wrote down."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
COLLECTION = ROOT / "Sources" / "Packaging" / "ansible"
SECRET = "correct horse battery"


def settled(**members):
    """What `tedge --json` prints when nothing is wrong."""
    return {"object": {"result": "ok", "changed": False, "reason": None, "retry": False, "message": None, "causes": [],
                       "hint": None, **members}}


def failed(status=1, **members):
    return {"object": {"result": "failed", "changed": False, "reason": "network", "retry": True, "message": "no way", "causes": [],
                       "hint": None, **members}, "status": status}


class ModuleTest(unittest.TestCase):
    def setUp(self):
        self.directory = Path(tempfile.mkdtemp(prefix="tedge-modules-"))
        self.addCleanup(shutil.rmtree, self.directory)
        place = self.directory / "ansible_collections" / "thin_edge_swift"
        place.mkdir(parents=True)
        (place / "gateway").symlink_to(COLLECTION)
        program = self.directory / "bin" / "tedge"
        program.parent.mkdir()
        shutil.copy(Path(__file__).with_name("fake_tedge.py"), program)
        program.chmod(0o755)
        self.program = program

    def run_module(self, name, arguments, *answers, check=False, diff=False):
        """The result of the module; the calls of `tedge` are in `calls`."""
        log = self.program.parent / "calls.jsonl"
        log.unlink(missing_ok=True)
        (self.program.parent / "answers.json").write_text(json.dumps(answers))
        arguments = {"executable": str(self.program), "_ansible_check_mode": check, "_ansible_diff": diff, **arguments}
        done = subprocess.run(
            [sys.executable, "-B", "-m", f"ansible_collections.thin_edge_swift.gateway.plugins.modules.{name}"],
            input=json.dumps({"ANSIBLE_MODULE_ARGS": arguments}), capture_output=True, text=True, timeout=60,
            env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(self.directory), "HOME": str(self.directory),
                 "ANSIBLE_DEBUG_MODULE_PROFILE": "legacy"})
        self.calls = [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []
        self.output = done.stdout + done.stderr
        try:
            return json.loads(done.stdout)
        except ValueError:
            self.fail(f"{name} printed {done.stdout!r} {done.stderr!r}")

    @property
    def words(self):
        return [" ".join(call["words"]) for call in self.calls]


class WhatAllModulesDo(ModuleTest):
    MINIMAL = {
        "bootstrap": {"cloud": "c8y"}, "config": {"settings": {"c8y.url": "x"}}, "connection": {"cloud": "c8y"},
        "certificate": {"state": "renewed"}, "info": {},
    }

    def test_a_failure_has_the_message_the_causes_the_hint_and_whether_to_try_again(self):
        for name, arguments in self.MINIMAL.items():
            answer = failed(2, message="cannot", causes=["the cloud is silent"], hint="try 'tedge doctor'")
            result = self.run_module(name, arguments, answer)
            self.assertTrue(result["failed"], name)
            self.assertEqual(result["msg"], "cannot\nthe cloud is silent\nHint: try 'tedge doctor'")
            self.assertEqual((result["reason"], result["retry"], result["rc"]), ("network", True, 2))

    def test_without_tedge_a_run_fails_and_says_what_to_install(self):
        for name, arguments in self.MINIMAL.items():
            result = self.run_module(name, {**arguments, "executable": "/nowhere/tedge"})
            if name == "info":
                self.assertEqual((result["changed"], result["installed"], result["is_up"]), (False, False, False))
            else:
                self.assertTrue(result["failed"], name)
                self.assertIn("Install the package tedge-swift first", result["msg"])

    def test_without_tedge_check_mode_says_that_the_gateway_would_change(self):
        for name, arguments in self.MINIMAL.items():
            result = self.run_module(name, {**arguments, "executable": "/nowhere/tedge"}, check=True)
            self.assertNotIn("failed", result)
            self.assertEqual((result["changed"], result["installed"]), (name != "info", False), name)

    def test_another_tedge_is_told_from_ours(self):
        answer = {"stdout": "tedge 2.0.1\n", "stderr": "error: unexpected argument '--json' found\n", "status": 2}
        for name, arguments in self.MINIMAL.items():
            result = self.run_module(name, arguments, answer)
            self.assertTrue(result["failed"])
            self.assertIn("is not the tedge of the package tedge-swift, or too old. It said: error: unexpected", result["msg"])

    def test_the_run_time_is_told(self):
        for name, arguments in self.MINIMAL.items():
            result = self.run_module(name, arguments, settled(connections=[]))
            self.assertGreater(result["seconds"], 0)
            self.assertGreater(result["cpu_seconds"], 0)

    def test_the_configuration_directory_is_passed_on(self):
        for name, arguments in self.MINIMAL.items():
            self.run_module(name, {**arguments, "config_dir": "/srv/tedge"}, settled(connections=[]))
            self.assertIn("--json --config-dir /srv/tedge", self.words[0])

    def test_check_mode_only_rehearses(self):
        for name, arguments in self.MINIMAL.items():
            if name != "info":
                self.assertTrue(self.run_module(name, arguments, settled(changed=True), check=True)["changed"])
                self.assertEqual(["--dry-run" in words for words in self.words], [True], name)

    def test_diff_mode_rehearses_first_and_shows_what_differs(self):
        diff = {"before": {"settings": {"c8y.url": None, "device.id": "a"}, "files": {"/etc/a": None},
                           "services": {"mosquitto": {"active": False, "enabled": None, "restarted": False}}},
                "after": {"settings": {"c8y.url": "x", "device.id": "a"}, "files": {"/etc/a": "text\n"},
                          "services": {"mosquitto": {"active": True, "enabled": None, "restarted": True}}}}
        answers = settled(changed=True, diff=diff), settled(changed=True)
        result = self.run_module("connection", {"cloud": "c8y"}, *answers, diff=True)
        self.assertEqual(["--dry-run" in words for words in self.words], [True, False])
        self.assertEqual(result["diff"], [
            {"before_header": "settings", "after_header": "settings", "before": "device.id = a\n",
             "after": "c8y.url = x\ndevice.id = a\n"},
            {"before_header": "/etc/a", "after_header": "/etc/a", "before": "", "after": "text\n"},
            {"before_header": "services", "after_header": "services",
             "before": "mosquitto = active: false, enabled: unknown, restarted: false\n",
             "after": "mosquitto = active: true, enabled: unknown, restarted: true\n"},
        ])


class Config(ModuleTest):
    def test_each_setting_is_set_or_unset(self):
        settings = {"c8y.url": "example.com", "c8y.availability.enable": False, "az.url": None, "c8y.topics": ["a", "b"]}
        result = self.run_module("config", {"settings": settings, "profile": "two"},
                                 settled(), settled(changed=True), settled(), settled())
        self.assertEqual(self.words, [
            "config unset az.url --profile two --json",
            "config set c8y.availability.enable --profile two --json -- false",
            'config set c8y.topics --profile two --json -- ["a", "b"]',
            "config set c8y.url --profile two --json -- example.com",
        ])
        self.assertTrue(result["changed"])
        self.assertEqual(result["settings"], {
            "az.url": False, "c8y.availability.enable": True, "c8y.topics": False, "c8y.url": False})

    def test_a_value_that_looks_like_an_option_is_a_value(self):
        self.run_module("config", {"settings": {"a.b": "--dry-run"}}, settled(), check=True)
        self.assertEqual(self.words, ["config set a.b --json --dry-run -- --dry-run"])

    def test_a_secret_is_refused_before_anything_is_set(self):
        for name, arguments in (("config", {}), ("bootstrap", {"cloud": "c8y"})):
            for key in ("device.key_pin", "device.cryptoki.pin", "proxy.password"):
                result = self.run_module(name, {**arguments, "settings": {"a.b": "x", key: SECRET}})
                self.assertIn(f"{key}: a secret must not be on a command line", result["msg"])
                self.assertEqual(self.calls, [])

    def test_the_diff_of_several_settings_is_one(self):
        def answer(key):
            return settled(changed=True, diff={
                "before": {"settings": {key: None}, "files": {"/etc/tedge/tedge.toml": ""}},
                "after": {"settings": {key: "1"}, "files": {"/etc/tedge/tedge.toml": "x"}}})

        result = self.run_module("config", {"settings": {"a.a": 1, "b.b": 1}}, answer("a.a"), answer("b.b"), check=True, diff=True)
        self.assertEqual(result["diff"], [{
            "before_header": "settings", "after_header": "settings", "before": "", "after": "a.a = 1\nb.b = 1\n"}])


class Connection(ModuleTest):
    def test_each_state_is_one_command(self):
        for arguments, words in (
            ({}, "connect c8y --if-needed --json"),
            ({"offline": True, "profile": "two"}, "connect c8y --profile two --if-needed --offline --json"),
            ({"timeout": 30}, "connect c8y --if-needed --timeout 30 --json"),
            ({"state": "disconnected"}, "disconnect c8y --if-needed --json"),
            ({"state": "reconnected", "offline": True}, "reconnect c8y --offline --json"),
            ({"state": "proven", "wait": "2m", "timeout": 5}, "connect c8y --test --timeout 5 --wait 2m --json"),
        ):
            self.run_module("connection", {"cloud": "c8y", **arguments}, settled())
            self.assertEqual(self.words, [words])

    def test_a_proof_is_made_in_check_mode_too(self):
        self.run_module("connection", {"cloud": "c8y", "state": "proven"}, settled(), check=True)
        self.assertEqual(self.words, ["connect c8y --test --json"])

    def test_arguments_that_do_not_fit_are_refused(self):
        for arguments in ({"state": "proven", "offline": True}, {"state": "disconnected", "timeout": 3}, {"wait": "1m"}):
            self.assertTrue(self.run_module("connection", {"cloud": "c8y", **arguments})["failed"])
            self.assertEqual(self.calls, [])

    def test_what_is_not_proven_is_a_failure(self):
        result = self.run_module("connection", {"cloud": "c8y"}, failed(4, result="unproven", changed=True))
        self.assertEqual((result["failed"], result["changed"], result["tedge"]["result"]), (True, True, "unproven"))


class Certificate(ModuleTest):
    def test_each_state_is_one_command(self):
        for arguments, words in (
            ({"state": "created", "device_id": "gw"}, "cert create --device-id gw --if-needed --json"),
            ({"state": "created", "device_id": "gw", "cloud": "c8y", "profile": "b"},
             "cert create c8y --profile b --device-id gw --if-needed --json"),
            ({"state": "downloaded", "device_id": "gw", "cloud": "c8y", "one_time_password": SECRET},
             "cert download c8y --device-id gw --if-needed --json"),
            ({"state": "downloaded", "device_id": "gw", "cloud": "c8y"},
             "cert download c8y --device-id gw --if-needed --max-timeout 0s --json"),
            ({"state": "uploaded", "cloud": "c8y", "user": "alice", "password": SECRET}, "cert upload c8y --if-needed --json"),
            ({"state": "renewed"}, "cert renew --if-due --reconnect --json"),
            ({"state": "renewed", "cloud": "c8y", "force": True, "reconnect": False, "authority": "self-signed"},
             "cert renew c8y --ca self-signed --json"),
        ):
            self.run_module("certificate", arguments, settled())
            self.assertEqual(self.words, [words])

    def test_secrets_are_in_the_environment_and_in_no_result(self):
        upload = {"state": "uploaded", "cloud": "c8y", "user": "alice", "password": SECRET}
        self.run_module("certificate", upload, settled(message=f"it was {SECRET}"))
        self.assertEqual(self.calls[0]["environment"], {"C8Y_USER": "alice", "C8Y_PASSWORD": SECRET})
        self.assertNotIn(SECRET, self.output)
        self.assertIn("alice", self.output)
        download = {"state": "downloaded", "cloud": "c8y", "device_id": "gw", "one_time_password": SECRET}
        self.run_module("certificate", download, failed(message=f"it was {SECRET}"))
        self.assertEqual(self.calls[0]["environment"], {"DEVICE_ONE_TIME_PASSWORD": SECRET})
        self.assertNotIn(SECRET, self.output)

    def test_a_refused_certificate_is_a_failure(self):
        result = self.run_module("certificate", {"state": "renewed"}, failed(3, result="partial"))
        self.assertTrue(result["failed"])

    def test_what_a_state_needs_is_asked_for(self):
        for arguments in ({"state": "created"}, {"state": "downloaded", "device_id": "gw"}, {"state": "uploaded"},
                          {"state": "uploaded", "cloud": "c8y", "user": "alice"}):
            self.assertTrue(self.run_module("certificate", arguments)["failed"])


class Info(ModuleTest):
    def test_the_statuses_of_a_state_are_no_failures(self):
        for status, connections, configured, up in (
            (0, [{"cloud": "c8y", "up": True}], True, True),
            (1, [{"cloud": "c8y", "up": True}, {"cloud": "az", "up": False}], True, False),
            (1, [{"cloud": "c8y", "up": None}], True, False), (3, [], False, False),
        ):
            answer = settled(connections=connections, versions={"tedge": "1.0.0"})
            answer["status"] = status
            result = self.run_module("info", {}, answer)
            self.assertEqual((result["changed"], result["is_configured"], result["is_up"]), (False, configured, up))
            self.assertEqual((result["connections"], result["versions"]), (connections, {"tedge": "1.0.0"}))

    def test_a_status_without_connections_is_a_failure(self):
        self.assertTrue(self.run_module("info", {"cloud": "c8y"}, failed(1))["failed"])
        self.assertEqual(self.words, ["status c8y --json"])


class Bootstrap(ModuleTest):
    def test_arguments_become_options(self):
        self.run_module("bootstrap", {
            "cloud": "c8y", "profile": "two", "url": "example.com", "device_id": "gw", "register": "self-signed",
            "settings": {"c8y.availability.enable": True}, "timeout": "5m", "offline": True, "re_register": True, "clean": True},
            settled(connections=[]))
        self.assertEqual(self.words, [
            "bootstrap c8y --profile two --url example.com --device-id gw --register self-signed --timeout 5m "
            "--set c8y.availability.enable=true --offline --re-register --clean --json"])
        self.run_module("bootstrap", {"cloud": "c8y", "wait": False}, settled(connections=[]))
        self.assertEqual(self.words, ["bootstrap c8y --no-wait --json"])

    def test_runs_go_in_on_standard_input(self):
        runs = [{"cloud": "c8y", "url": "example.com", "set": {"a.b": "1"}}, {"cloud": "az"}]
        secrets = {"SITE_PASSWORD": SECRET}
        self.run_module("bootstrap", {"runs": runs, "secrets": secrets}, settled(connections=[{"cloud": "c8y", "message": SECRET}]))
        self.assertEqual(self.words, ["bootstrap --from - --json"])
        self.assertEqual(json.loads(self.calls[0]["stdin"]), runs)
        self.assertEqual(self.calls[0]["environment"], secrets)
        self.assertNotIn(SECRET, self.output)

    def test_secrets_are_in_the_environment_alone(self):
        self.run_module("bootstrap", {"cloud": "c8y", "user": "alice", "password": SECRET, "one_time_password": SECRET + "2"},
                        settled(connections=[]))
        self.assertEqual(self.calls[0]["environment"], {
            "C8Y_USER": "alice", "C8Y_PASSWORD": SECRET, "DEVICE_ONE_TIME_PASSWORD": SECRET + "2"})
        self.assertNotIn(SECRET, self.output + " ".join(self.words))

    def test_one_run_or_several_and_not_both(self):
        for arguments in ({}, {"cloud": "c8y", "runs": [{}]}, {"runs": [{}], "url": "x"},
                          {"cloud": "c8y", "wait": False, "timeout": "1m"}):
            self.assertTrue(self.run_module("bootstrap", arguments)["failed"])
            self.assertEqual(self.calls, [])

    def test_the_connections_are_returned(self):
        connections = [{"cloud": "c8y", "result": "ok", "changed": True}]
        result = self.run_module("bootstrap", {"cloud": "c8y"}, settled(changed=True, connections=connections))
        self.assertEqual((result["changed"], result["connections"]), (True, connections))


if __name__ == "__main__":
    os.umask(0o022)
    unittest.main()
