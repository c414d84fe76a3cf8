"""The MQTT side that behaves: who may connect, what is answered, and that a bridge of mosquitto gets the answers."""

import base64
import json
import os
import subprocess
import time
import unittest

from fixture import HOST, CloudTest, free_ports, run
from test_cloud import until


class Access(CloudTest):
    def test_no_one_connects_without_a_certificate(self):
        done = run("mosquitto_pub", "-h", "localhost", "-p", self.cloud.mqtt_port, "--cafile",
                   self.cloud.directory / "ca.pem", "-t", "s/us", "-m", "100", "-q", 1)
        self.assertNotEqual(done.returncode, 0)

    def test_no_one_connects_without_tls(self):
        done = run("mosquitto_pub", "-h", "localhost", "-p", self.cloud.mqtt_port, "-t", "s/us", "-m", "100", "-q", 1,
                   timeout=5)
        self.assertNotEqual(done.returncode, 0)

    def test_the_server_shows_a_certificate_for_its_name_and_localhost(self):
        for host in (HOST, "localhost"):
            done = run("openssl", "s_client", "-connect", f"127.0.0.1:{self.cloud.mqtt_port}", "-CAfile",
                       self.cloud.directory / "ca.pem", "-verify_hostname", host, "-brief")
            self.assertIn("Verification: OK", done.stderr)

    def test_a_refused_certificate_is_remembered(self):
        self.assertFalse(self.cloud.accepts(self.new_device()))
        self.assertIn("certificate verify failed", self.cloud.show()["failed_mqtt_handshakes"])

    def test_a_device_cannot_answer_in_the_place_of_the_cloud(self):
        forged = [(topic, "forged", topic) for topic in ("s/e", "s/dat", "s/ds")]
        self.assertTrue(self.cloud.unanswered(self.device, *forged))

    def test_a_device_cannot_speak_as_another_one(self):
        self.cloud.publish(self.device, "thinedge/devices/other/test-connection", "x")
        self.cloud.publish(self.device, f"thinedge/devices/{self.device.name}/test-connection", "x")
        name = f"thinedge/devices/{self.device.name}/test-connection"
        self.assertTrue(until(lambda: name in self.cloud.show()["messages"]))
        self.assertNotIn("thinedge/devices/other/test-connection", self.cloud.show()["messages"])


class Cumulocity(CloudTest):
    def test_a_device_is_created_without_an_answer_and_known_from_then_on(self):
        self.assertIsNone(self.cloud.request(self.device, "s/us", "100,new-1,thin-edge.io", "s/e", wait=1))
        for _ in range(2):
            answer = self.cloud.request(self.device, "s/us", "100,new-1,thin-edge.io", "s/e")
            self.assertEqual(answer, "41,100,Device already existing")

    def test_show_lists_the_device_and_forget_forgets_it(self):
        self.cloud.publish(self.device, "s/us", "100,shown,my-type")
        self.assertTrue(until(lambda: "shown" in [one["id"] for one in self.cloud.show()["devices"]]))
        known = {one["id"]: one["type"] for one in self.cloud.show()["devices"]}
        self.assertEqual(known["shown"], "my-type")
        self.cloud.do("forget")
        self.assertEqual(self.cloud.show()["devices"], [])
        self.assertIsNone(self.cloud.request(self.device, "s/us", "100,shown,my-type", "s/e", wait=1))

    def test_a_quoted_id_and_several_lines_are_read(self):
        self.cloud.publish(self.device, "s/us", '500\n100,"with, comma","say ""x"""\n100,plain')
        self.assertTrue(until(lambda: "plain" in [one["id"] for one in self.cloud.show()["devices"]]))
        known = {one["id"]: one["type"] for one in self.cloud.show()["devices"]}
        self.assertEqual((known["with, comma"], known["plain"]), ('say "x"', ""))

    def test_other_messages_are_counted_and_not_answered(self):
        self.assertIsNone(self.cloud.request(self.device, "s/us", "400,event,text", "s/e", wait=1))
        before = self.cloud.show()["messages"].get("t/us", 0)
        for _ in range(3):
            self.cloud.publish(self.device, "t/us", "anything")
        self.assertTrue(until(lambda: self.cloud.show()["messages"].get("t/us", 0) == before + 3))

    def test_our_own_answers_are_not_counted(self):
        self.assertTrue(self.cloud.request(self.device, "s/uat", "", "s/dat"))
        answer = "$iothub/twin/res/200/?$rid=1"
        self.assertTrue(self.cloud.request(self.device, "$iothub/twin/GET/?$rid=1", "", answer))
        topics = self.cloud.show()["messages"]
        self.assertFalse([topic for topic in topics if topic in ("s/dat", "s/e") or "twin/res" in topic])

    def test_any_message_on_uat_is_answered_with_a_token_for_this_tenant(self):
        for payload in ("", "anything"):
            answer = self.cloud.request(self.device, "s/uat", payload, "s/dat")
            number, _, token = answer.partition(",")
            self.assertEqual((number, token.count("."), "=" in token), ("71", 2, False))
            claims = json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))
            self.assertEqual((claims["iss"], claims["aud"], claims["ten"]), (HOST, HOST, "t12345"))
            self.assertGreater(claims["exp"], time.time())

    def test_123_is_answered_with_the_number_of_the_device(self):
        self.assertRegex(self.cloud.request(self.device, "s/us", "123", "s/ds"), r"^124,\d+$")


class OtherClouds(CloudTest):
    def test_the_twin_of_azure_answers_each_request_with_its_id(self):
        for number in ("1", "7b3f"):
            topic, answer = f"$iothub/twin/GET/?$rid={number}", f"$iothub/twin/res/200/?$rid={number}"
            document = self.cloud.request(self.device, topic, "", answer)
            self.assertEqual(set(json.loads(document)), {"desired", "reported"})

    def test_the_test_message_of_aws_comes_back(self):
        topic = f"thinedge/devices/{self.device.name}/test-connection"
        self.assertEqual(self.cloud.request(self.device, topic, "hello", topic), "hello")


class Bridge(CloudTest):
    """With a mosquitto of our own that bridges as `tedge connect` configures it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.port, = free_ports(1)
        name = cls.device.name
        user = "user root\n" if os.geteuid() == 0 else ""
        configuration = user + f"listener {cls.port} 127.0.0.1\nallow_anonymous true\n"
        topics = {
            "c8y": ['s/us/# out 1 c8y/ ""', 's/e in 0 c8y/ ""', 's/uat out 0 c8y/ ""', 's/dat in 0 c8y/ ""'],
            "az": ["twin/res/# in 1 az/ $iothub/", "twin/GET/# out 1 az/ $iothub/"],
            "aws": [f'"" out 1 aws/test-connection thinedge/devices/{name}/test-connection',
                    f'"" in 1 aws/connection-success thinedge/devices/{name}/test-connection'],
        }
        for cloud, lines in topics.items():
            configuration += (
                f"connection edge_to_{cloud}\naddress localhost:{cls.cloud.mqtt_port}\n"
                f"bridge_cafile {cls.cloud.directory}/ca.pem\nremote_clientid {name}-{cloud}\n"
                f"local_clientid {cloud}\nbridge_certfile {cls.device.certificate}\n"
                f"bridge_keyfile {cls.device.key}\ntry_private false\nstart_type automatic\ncleansession true\n"
                "notifications true\nnotifications_local_only true\nnotification_topic health\n"
                "bridge_attempt_unsubscribe false\n")
            if cloud == "az":
                configuration += f"remote_username host/{name}/?api-version=2018-06-30\n"
            configuration += "".join(f"topic {line}\n" for line in lines)
        file = cls.files / "bridge.conf"
        file.write_text(configuration)
        program = "/usr/sbin/mosquitto"
        cls.broker = subprocess.Popen([program, "-c", str(file)], stdin=subprocess.DEVNULL,
                                      stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        cls.addClassCleanup(cls.broker.wait)
        cls.addClassCleanup(cls.broker.kill)
        clients = {f"{name}-{cloud}" for cloud in topics}
        assert until(lambda: clients <= {one["client"] for one in cls.cloud.show()["connections"]})
        assert until(lambda: cls.local("c8y/s/uat", "", "c8y/s/dat", wait=1))

    @classmethod
    def local(cls, topic: str, payload: str, answer: str, wait: int = 5) -> str:
        return run("mosquitto_rr", "-p", cls.port, "-q", 1, "-t", topic, "-m", payload, "-e", answer, "-W", wait,
                   "-v").stdout.strip()

    def test_cumulocity_answers_through_the_bridge(self):
        self.local("c8y/s/us", "100,bridged,x", "c8y/s/e", wait=1)
        answer = self.local("c8y/s/us", "100,bridged,x", "c8y/s/e")
        self.assertEqual(answer, "c8y/s/e 41,100,Device already existing")
        self.assertTrue(self.local("c8y/s/uat", "", "c8y/s/dat").startswith("c8y/s/dat 71,"))

    def test_azure_answers_through_the_bridge(self):
        answer = self.local("az/twin/GET/?$rid=42", "", "az/twin/res/200/?$rid=42")
        self.assertTrue(answer.startswith("az/twin/res/200/?$rid=42 {"), answer)

    def test_aws_answers_through_the_bridge(self):
        self.assertEqual(self.local("aws/test-connection", "ping", "aws/connection-success"),
                         "aws/connection-success ping")

    def test_going_silent_does_not_end_the_bridge(self):
        before = len(self.cloud.show()["connections"])
        self.misbehave("silent")
        self.assertEqual(self.local("aws/test-connection", "ping", "aws/connection-success", wait=1), "")
        self.assertEqual(self.local("az/twin/GET/?$rid=1", "", "az/twin/res/200/?$rid=1", wait=1), "")
        self.cloud.misbehave("none")
        self.assertTrue(self.local("aws/test-connection", "ping", "aws/connection-success"))
        self.assertEqual(len(self.cloud.show()["connections"]), before)

    def test_a_trusted_certificate_of_another_device_does_not_end_the_bridge(self):
        before = len(self.cloud.show()["connections"])
        self.cloud.do("trust", self.new_device().certificate)
        self.assertTrue(self.local("c8y/s/uat", "", "c8y/s/dat"))
        self.assertEqual(len(self.cloud.show()["connections"]), before)


if __name__ == "__main__":
    unittest.main()
