"""Starting, stopping and commanding the simulator."""

import json
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

from fixture import COMMAND, Cloud, CloudTest, Device, alive, run


def started_clouds(directory: Path) -> list[int]:
    """Every process whose command line names the directory."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            words = (entry / "cmdline").read_bytes()
        except (FileNotFoundError, ProcessLookupError, PermissionError):
            continue
        if str(directory).encode() in words and alive(int(entry.name)):
            found.append(int(entry.name))
    return found


def until(condition, seconds: float = 5) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


class Life(unittest.TestCase):
    def cloud(self, *options, **more) -> Cloud:
        cloud = Cloud(*options, **more)
        self.addCleanup(cloud.remove)
        return cloud

    def foreground(self, cloud: Cloud, *options: object) -> subprocess.Popen:
        process = subprocess.Popen(
            [*cloud.start_words, *map(str, options)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True)
        self.addCleanup(process.communicate)
        self.addCleanup(process.kill)
        return process

    def test_start_says_ready_when_both_ports_answer(self):
        cloud = self.cloud(start=False)
        done = cloud.start()
        for port in (cloud.mqtt_port, cloud.https_port):
            socket.create_connection(("127.0.0.1", port), timeout=5).close()
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "ready\n", ""))

    def test_the_ready_file_tells_where_everything_is(self):
        cloud = self.cloud("--tenant", "t777", "--user", "bob", "--password", "hidden word")
        facts = json.loads((cloud.directory / "ready").read_text())
        self.assertEqual(facts, {
            "pid": int((cloud.directory / "pid").read_text()), "directory": str(cloud.directory),
            "ca_file": str(cloud.directory / "ca.pem"), "address": "127.0.0.1", "mqtt_port": cloud.mqtt_port,
            "https_port": cloud.https_port, "host_name": "example.cumulocity.com", "tenant": "t777", "user": "bob",
        })
        self.assertTrue(alive(facts["pid"]))

    def test_nothing_is_written_outside_the_directory_and_no_file_holds_the_password(self):
        cloud = self.cloud("--password", "hidden word")
        cloud.current_tenant(user="alice:hidden word")
        self.assertNotIn("hidden word", cloud.do("show"))
        for path in cloud.directory.rglob("*"):
            if path.is_file():
                self.assertNotIn(b"hidden word", path.read_bytes(), path)

    def test_stop_leaves_no_process_and_no_ready_file(self):
        cloud = self.cloud()
        broker = cloud.show()["broker_pid"]
        self.assertTrue(alive(broker))
        done = cloud("stop")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertEqual(started_clouds(cloud.directory), [])
        self.assertFalse(alive(broker))
        self.assertEqual([name for name in ("ready", "pid", "control") if (cloud.directory / name).exists()], [])

    def test_stop_without_a_simulator_says_so_and_is_fine(self):
        cloud = self.cloud(start=False)
        done = cloud("stop")
        self.assertEqual(done.returncode, 0)
        self.assertIn(f"no simulator was running in {cloud.directory}", done.stderr)

    def test_kill_9_leaves_no_child_and_the_directory_can_be_used_again(self):
        cloud = self.cloud()
        broker = cloud.show()["broker_pid"]
        os.kill(int((cloud.directory / "pid").read_text()), signal.SIGKILL)
        self.assertTrue(until(lambda: not alive(broker)))
        self.assertTrue(until(lambda: started_clouds(cloud.directory) == []))
        self.assertNotEqual(cloud("show").returncode, 0)
        self.assertEqual(cloud.start().stdout, "ready\n")

    def test_kill_9_after_a_restart_of_the_broker_leaves_no_child(self):
        cloud = self.cloud()
        cloud.do("misbehave", "untrusted")
        broker = cloud.show()["broker_pid"]
        os.kill(int((cloud.directory / "pid").read_text()), signal.SIGKILL)
        self.assertTrue(until(lambda: not alive(broker)))

    def test_in_the_foreground_it_ends_at_sigterm_and_sigint(self):
        for number in (signal.SIGTERM, signal.SIGINT):
            with self.subTest(number):
                cloud = self.cloud(start=False)
                process = self.foreground(cloud)
                self.assertEqual(process.stdout.readline(), "ready\n")
                broker = cloud.show()["broker_pid"]
                process.send_signal(number)
                self.assertEqual(process.wait(5), 0)
                self.assertFalse(alive(broker))
                self.assertEqual(process.stderr.read(), "")

    def test_signals_that_whoever_starts_it_blocks_still_work(self):
        cloud = self.cloud(start=False)
        blocked = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
        done = cloud.start(preexec_fn=lambda: signal.pthread_sigmask(signal.SIG_BLOCK, blocked))
        self.assertEqual(done.stdout, "ready\n")
        cloud.do("misbehave", "silent")  # SIGHUP to the broker
        pid = int((cloud.directory / "pid").read_text())
        os.kill(pid, signal.SIGTERM)
        self.assertTrue(until(lambda: not alive(pid)))

    def test_it_ends_with_its_parent_when_asked_to(self):
        cloud = self.cloud(start=False)
        script = '"$@" & while [ ! -e "$0/ready" ]; do sleep 0.02; done'
        run("sh", "-c", script, cloud.directory, *cloud.start_words, "--end-with-parent")
        self.assertTrue(until(lambda: started_clouds(cloud.directory) == []))

    def test_it_ends_when_its_directory_is_gone(self):
        cloud = self.cloud()
        shutil.rmtree(cloud.directory)
        self.assertTrue(until(lambda: started_clouds(cloud.directory) == []))

    def test_it_ends_when_its_broker_is_killed_and_says_so(self):
        cloud = self.cloud(start=False)
        process = self.foreground(cloud)
        self.assertEqual(process.stdout.readline(), "ready\n")
        os.kill(cloud.show()["broker_pid"], signal.SIGKILL)
        self.assertEqual(process.wait(5), 1)
        self.assertIn("mosquitto ended by itself", process.stderr.read())

    def test_a_port_in_use_is_a_clear_error_and_leaves_nothing(self):
        for name in ("mqtt_port", "https_port"):
            with self.subTest(name), socket.create_server(("127.0.0.1", 0)) as taken:
                cloud = self.cloud(start=False)
                setattr(cloud, name, taken.getsockname()[1])
                done = cloud.start()
                kind = "MQTT" if name == "mqtt_port" else "HTTPS"
                port = getattr(cloud, name)
                words = f"cloud: cannot listen on 127.0.0.1:{port} ({kind}): Address already in use\n"
                self.assertEqual((done.returncode, done.stdout, done.stderr), (1, "", words))
                self.assertFalse((cloud.directory / "ready").exists())
                self.assertEqual(started_clouds(cloud.directory), [])

    def test_the_same_error_in_the_foreground(self):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            cloud = self.cloud(start=False)
            cloud.mqtt_port = taken.getsockname()[1]
            process = self.foreground(cloud)
            self.assertEqual(process.wait(5), 1)
            self.assertIn("(MQTT): Address already in use", process.stderr.read())

    def test_a_directory_has_one_simulator_at_a_time(self):
        cloud = self.cloud()
        done = cloud.start()
        self.assertEqual(done.returncode, 1)
        self.assertIn("already running", done.stderr)
        self.assertEqual(cloud.current_tenant().status, 200)

    def test_two_simulators_side_by_side_do_not_know_each_other(self):
        one, two = self.cloud(), self.cloud()
        device = Device(one.directory, "gateway")
        one.do("trust", device.certificate)
        self.assertTrue(one.accepts(device))
        self.assertFalse(two.accepts(device))
        self.assertNotEqual((one.directory / "ca.pem").read_text(), (two.directory / "ca.pem").read_text())

    def test_a_restart_in_the_same_directory_knows_its_devices_and_certificates(self):
        cloud = self.cloud()
        device = Device(cloud.directory, "gateway")
        cloud.do("trust", device.certificate)
        authority = (cloud.directory / "ca.pem").read_text()
        self.assertTrue(cloud.publish(device, "s/us", "100,gateway,kind").returncode == 0)
        self.assertTrue(until(lambda: cloud.show()["devices"]))
        cloud.do("stop")
        self.assertEqual(cloud.start().returncode, 0)
        self.assertEqual((cloud.directory / "ca.pem").read_text(), authority)
        answer = cloud.request(device, "s/us", "100,gateway,kind", "s/e")
        self.assertEqual(answer, "41,100,Device already existing")

    def test_a_long_directory_and_another_host_name_work(self):
        base = Path(tempfile.mkdtemp(prefix="cloud-"))
        self.addCleanup(shutil.rmtree, base, ignore_errors=True)
        name = "a-host-name-that-is-longer-than-a-common-name-may-be.tenants.example.org"
        cloud = self.cloud("--host-name", name, directory=base / ("d" * 120))
        with cloud.connect(host=name):
            pass
        self.assertEqual(cloud.show()["requests"], [])

    def test_it_listens_on_the_given_address_with_a_certificate_for_it(self):
        cloud = self.cloud("--address", "127.0.0.2", start=False)
        self.assertEqual(cloud.start().returncode, 0)
        with self.assertRaises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", cloud.https_port), timeout=5)
        done = run("openssl", "s_client", "-connect", f"127.0.0.2:{cloud.mqtt_port}", "-CAfile",
                   cloud.directory / "ca.pem", "-verify_ip", "127.0.0.2", "-brief")
        self.assertIn("Verification: OK", done.stderr)

    @unittest.skipUnless(os.geteuid() == 0, "only root can become another user")
    def test_a_user_without_rights_can_run_it(self):
        nobody = pwd.getpwnam("nobody")
        as_nobody = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
        if run("test", "-x", COMMAND, **as_nobody).returncode != 0:
            self.skipTest(f"nobody may not look into {COMMAND.parent}")
        cloud = self.cloud(start=False)
        os.chown(cloud.directory, nobody.pw_uid, nobody.pw_gid)
        environment = {"PATH": "/usr/bin:/bin", "PYTHONDONTWRITEBYTECODE": "1"}
        done = cloud.start(env=environment, cwd="/", **as_nobody)
        self.assertEqual((done.stdout, done.stderr), ("ready\n", ""))
        broker = cloud.show()["broker_pid"]
        self.assertEqual(os.stat(f"/proc/{broker}").st_uid, nobody.pw_uid)


class Commands(CloudTest):
    def test_a_command_without_a_simulator_is_an_error(self):
        with tempfile.TemporaryDirectory() as directory:
            for words in (["show"], ["misbehave", "silent"], ["forget"]):
                done = run(COMMAND, words[0], "--directory", directory, *words[1:])
                self.assertEqual(done.returncode, 1)
                self.assertEqual(done.stderr, f"cloud: no simulator is running in {directory}\n")

    def test_an_unknown_misbehaviour_names_the_known_ones(self):
        done = self.cloud("misbehave", "nonsense")
        self.assertEqual(done.returncode, 1)
        self.assertIn("unknown misbehaviour 'nonsense'", done.stderr)
        self.assertIn("refuse-credentials", done.stderr)

    def test_a_misbehaviour_unknown_at_the_start_is_an_error(self):
        cloud = Cloud(start=False)
        self.addCleanup(cloud.remove)
        done = cloud.start("--misbehave", "silent,nonsense")
        self.assertEqual(done.returncode, 1)
        self.assertIn("unknown misbehaviour 'nonsense'", done.stderr)

    def test_show_tells_the_misbehaviours(self):
        self.addCleanup(self.cloud.misbehave, "none")
        self.cloud.do("misbehave", "silent,slow:post", "no-name")
        self.assertEqual(json.loads(self.cloud.do("show"))["misbehaviours"], ["no-name", "silent", "slow:post"])
        self.cloud.do("misbehave", "none")
        self.assertEqual(json.loads(self.cloud.do("show"))["misbehaviours"], [])

    def test_trust_and_untrust_decide_who_may_connect(self):
        device = self.new_device()
        self.assertFalse(self.cloud.accepts(device))
        self.cloud.do("trust", device.certificate)
        self.assertTrue(self.cloud.accepts(device))
        self.cloud.do("trust", device.certificate)
        self.cloud.do("untrust", device.certificate)
        self.assertFalse(self.cloud.accepts(device))
        done = self.cloud("untrust", device.certificate)
        self.assertEqual((done.returncode, done.stderr), (1, "cloud: this certificate is not among the trusted ones\n"))

    def test_trusting_what_is_no_certificate_is_an_error(self):
        done = self.cloud("trust", "/dev/null")
        self.assertEqual((done.returncode, done.stderr), (1, "cloud: expected one certificate in PEM format, got 0\n"))
        done = self.cloud("trust", self.files / "missing.pem")
        self.assertEqual(done.returncode, 1)
        self.assertIn("missing.pem: No such file or directory", done.stderr)

    def test_show_lists_who_is_trusted_and_who_connected(self):
        device = self.new_device()
        self.cloud.do("trust", device.certificate)
        self.cloud.publish(device, "s/us", "500")
        report = self.cloud.show()
        mine = [known for known in report["trusted"] if known["name"] == device.name]
        self.assertEqual([known["subject"] for known in mine], [f"OU=Device,O=Thin Edge,CN={device.name}"])
        self.assertIn(device.name, [known["device"] for known in report["connections"]])


if __name__ == "__main__":
    unittest.main()
