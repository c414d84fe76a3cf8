"""The MQTT port of devices with a user name and password."""

import unittest

from fixture import CloudTest, free_ports, run


class Passwords(CloudTest):
    port = free_ports(1)[0]
    options = ("--password-port", port)

    def ask(self, *credentials: object) -> "run":
        """123, with its answer."""
        return run("mosquitto_rr", "-h", "localhost", "-p", self.port, "--cafile", self.cloud.directory / "ca.pem",
                   *credentials, "-t", "s/us", "-e", "s/ds", "-m", "123", "-q", 1, "-W", 5)

    def test_a_device_with_the_password_is_answered(self):
        done = self.ask("-u", "t12345/alice", "-P", "secret")
        self.assertTrue(done.stdout.startswith("124,"), done)

    def test_nobody_else_is_let_in(self):
        for credentials in ([], ["-u", "t12345/alice", "-P", "wrong"], ["-u", "alice", "-P", "secret"]):
            done = self.ask(*credentials)
            self.assertNotEqual(done.returncode, 0)
            self.assertEqual(done.stdout, "")

    def test_the_password_is_not_kept_in_the_clear(self):
        self.assertNotIn("secret", (self.cloud.directory / "passwords").read_text())


if __name__ == "__main__":
    unittest.main()
