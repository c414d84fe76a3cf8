"""A simulator that plays Azure or AWS alone: who is let in, what is answered, and how it misbehaves."""

import base64
import copy
import socket
import struct
import subprocess
import unittest

import apart
import gate
from fixture import HOST, Cloud, CloudTest, Device, free_ports, run
from gate import Greeting, azure_objection

TWIN, TWIN_ANSWER = "$iothub/twin/GET/?$rid=7b3f", "$iothub/twin/res/200/?$rid=7b3f"


class GateTest(CloudTest):
    def words(self, client: str | None = None, user: str | None = None, device: Device | None = None) -> list[object]:
        device = device or self.device
        words = [*self.cloud.device_words(device), "-i", device.name if client is None else client, "-V", "mqttv311"]
        return words + (["-u", user] if user is not None else [])

    def connects(self, *identity: str | None, device: Device | None = None) -> bool:
        words = self.words(*identity, device=device)
        return run("mosquitto_pub", *words, "-q", 1, "-t", self.allowed, "-m", "x").returncode == 0

    def ask(self, topic: str, payload: str, answer: str, wait: int = 5) -> str | None:
        """Topic and payload of the first answer."""
        words = self.words(None, self.user)
        done = run("mosquitto_rr", *words, "-q", 1, "-t", topic, "-m", payload, "-e", answer, "-W", wait, "-v")
        return done.stdout.rstrip("\n") if done.returncode == 0 and done.stdout else None

    def refused(self) -> dict:
        return self.cloud.show()["refused"][-1]


class Azure(GateTest):
    options = ("--plays", "azure")
    user = f"{HOST}/gateway-1/?api-version=2018-06-30"
    allowed = "devices/gateway-1/messages/events/"

    def test_a_device_gets_in_by_its_name_with_each_name_of_the_host(self):
        for host in (HOST, "localhost", "127.0.0.1"):
            self.assertTrue(self.connects(None, f"{host}/gateway-1/?api-version=2018-06-30"), host)
        self.assertIn({"client": "gateway-1", "device": "gateway-1"}, self.cloud.show()["connections"])

    def test_another_client_id_or_user_name_is_not_authorized(self):
        version = "?api-version=2018-06-30"
        for client, user in (("other", self.user), (None, None), (None, "gateway-1"), (None, f"{HOST}/other/{version}"),
                             (None, f"elsewhere/gateway-1/{version}"), (None, f"{HOST}/gateway-1")):
            with self.subTest(client=client, user=user):
                done = run("mosquitto_pub", *self.words(client, user), "-q", 1, "-t", self.allowed, "-m", "x")
                self.assertNotEqual(done.returncode, 0)
                self.assertIn("not authorised", done.stderr)
                self.assertEqual((self.refused()["client"], self.refused()["user"]), (client or "gateway-1", user))

    def test_a_certificate_that_is_not_trusted_fails_in_the_handshake(self):
        stranger = self.new_device()
        self.assertFalse(self.connects(None, f"{HOST}/{stranger.name}/?api-version=x", device=stranger))
        self.assertTrue(self.cloud.show()["failed_mqtt_handshakes"])
        self.cloud.do("trust", stranger.certificate)
        done = run("mosquitto_pub", *self.words(None, f"{HOST}/{stranger.name}/?api-version=x", stranger), "-q", 1, "-t",
                   f"devices/{stranger.name}/messages/events/", "-m", "x")
        self.assertEqual((done.returncode, done.stderr), (0, ""))

    def test_the_twin_answers_and_nothing_of_another_cloud_does(self):
        self.assertTrue(self.ask(TWIN, "", TWIN_ANSWER).startswith(TWIN_ANSWER + " {"))
        echo = "thinedge/devices/gateway-1/test-connection"
        for topic, answer in (("s/uat", "s/dat"), (echo, echo)):
            self.assertIsNone(self.ask(topic, "x", answer, wait=1))

    def test_the_twin_misbehaves_as_told(self):
        for word, answer in (("twin-not-found", "404/?$rid=7b3f"), ("twin-error", "500/?$rid=7b3f"),
                             ("other-twin", "200/?$rid=7b3f0")):
            self.misbehave(word)
            self.assertTrue(self.ask(TWIN, "", f"$iothub/twin/res/{answer}"), word)
        self.misbehave("silent")
        self.assertIsNone(self.ask(TWIN, "", TWIN_ANSWER, wait=1))

    def test_an_unregistered_device_is_refused_after_the_handshake(self):
        self.misbehave("unregistered")
        done = run("mosquitto_pub", *self.words(None, self.user), "-q", 1, "-t", self.allowed, "-m", "x")
        self.assertIn("not authorised", done.stderr)
        self.assertEqual(self.refused()["reason"], "the device is not registered")
        self.cloud.misbehave("none")
        self.assertTrue(self.connects(None, self.user))

    def test_a_message_of_many_bytes_goes_through_both_ways(self):
        topic = "devices/gateway-1/messages/events/large"
        payload = "".join(map(str, range(20_000)))
        self.assertEqual(self.ask(topic, payload, topic), f"{topic} {payload}")

    def test_cut_and_untrusted_and_a_bad_certificate_work_here_too(self):
        for word in ("cut:mqtt", "untrusted", "expired:mqtt"):
            self.cloud.misbehave(word)
            self.assertFalse(self.connects(None, self.user), word)
        self.cloud.misbehave("none")
        self.assertTrue(self.connects(None, self.user))

    def test_what_is_another_clouds_misbehaviour_is_an_error(self):
        done = self.cloud("misbehave", "other-reflection")
        self.assertEqual(done.stderr, "cloud: 'other-reflection' needs a simulator that was started with --plays aws\n")

    def test_the_listener_is_gone_with_the_simulator(self):
        cloud = Cloud("--plays", "azure")
        self.addCleanup(cloud.remove)
        cloud.do("stop")
        self.assertEqual(cloud.start().stdout, "ready\n")


class AWS(GateTest):
    options = ("--plays", "aws")
    user = "gateway-1"
    allowed = "thinedge/gateway-1/td/x"
    echo = "thinedge/devices/gateway-1/test-connection"

    def test_a_device_gets_in_by_its_name_and_any_user_name(self):
        for user in (None, "gateway-1", "?SDK=x"):
            self.assertTrue(self.connects(None, user), user)

    def test_another_client_id_is_closed_without_a_word(self):
        done = run("mosquitto_pub", *self.words("other"), "-q", 1, "-t", self.allowed, "-m", "x")
        self.assertNotEqual(done.returncode, 0)
        self.assertNotIn("authorised", done.stderr)
        self.assertEqual(self.refused()["client"], "other")

    def test_the_test_message_comes_back_and_the_twin_does_not(self):
        self.assertEqual(self.ask(self.echo, "hello", self.echo), f"{self.echo} hello")
        self.assertIsNone(self.ask(TWIN, "", TWIN_ANSWER, wait=1))

    def test_another_reflection_has_another_payload(self):
        self.misbehave("other-reflection")
        self.assertEqual(self.ask(self.echo, "hello", self.echo), f"{self.echo} olleh")
        self.misbehave("silent")
        self.assertIsNone(self.ask(self.echo, "hello", self.echo, wait=1))
        self.cloud.misbehave("none")
        self.assertEqual(self.ask(self.echo, "hello", self.echo), f"{self.echo} hello")


class WebPort(GateTest):
    port, = free_ports(1)
    options = ("--plays", "aws", "--web-port", port)
    allowed = "thinedge/gateway-1/td/x"

    def connects_to_web(self, *words: str) -> bool:
        identity = self.words()
        identity[identity.index("-p") + 1] = self.port
        return run("mosquitto_pub", *identity, *words, "-q", 1, "-t", self.allowed, "-m", "x").returncode == 0

    def test_a_device_gets_in_if_it_names_the_protocol(self):
        self.assertTrue(self.connects_to_web("--tls-alpn", gate.WEB_PROTOCOL))
        for words in ([], ["--tls-alpn", "mqtt"]):
            self.assertFalse(self.connects_to_web(*words))
            self.assertIn(gate.WEB_PROTOCOL, self.refused()["reason"])

    def test_a_filter_drops_the_usual_port_and_leaves_the_other(self):
        self.misbehave("filtered")
        with self.assertRaises(TimeoutError):
            socket.create_connection(("127.0.0.1", self.cloud.mqtt_port), timeout=0.5)
        self.assertTrue(self.connects_to_web("--tls-alpn", gate.WEB_PROTOCOL))
        self.cloud.misbehave("none")
        self.assertTrue(self.connects(None, None))


class Cumulocity(GateTest):
    options = ("--plays", "c8y")
    user = None
    allowed = "s/us"

    def test_an_answer_reaches_the_device_that_asked_and_no_other(self):
        other = self.new_device()
        self.cloud.do("trust", other.certificate)
        words = ["stdbuf", "-oL", "mosquitto_sub", *self.words(device=other), "-t", "s/dat", "-t", "s/e", "-W", 20, "-d"]
        with subprocess.Popen([*map(str, words)], stdout=subprocess.PIPE, text=True) as listener:
            while "SUBACK" not in listener.stdout.readline():
                self.assertIsNone(listener.poll())
            self.assertTrue(self.ask("s/uat", "x", "s/dat").startswith("s/dat 71,"))
            self.assertTrue(self.ask("s/us", "100,gateway-1,t\n100,gateway-1,t", "s/e").startswith("s/e 41,100,"))
            listener.terminate()
            self.assertNotIn("PUBLISH", listener.stdout.read())
        self.assertGreaterEqual(self.cloud.show()["messages"]["apart/gateway-1/s/uat"], 1)

    def test_a_renewed_certificate_can_be_refused_while_the_former_one_is_let_in(self):
        self.cloud.do("register", self.device.name, "secret")
        headers = {"Authorization": f"Bearer {self.ask('s/uat', 'x', 's/dat').split(',', 1)[1]}"}
        answer = self.cloud.ask("POST", "/.well-known/est/simplereenroll", self.device.request(), user=None,
                                kind="application/pkcs10", headers=headers)
        self.assertEqual(answer.status, 200)
        done = subprocess.run(["openssl", "pkcs7", "-inform", "DER", "-print_certs"], capture_output=True, check=True,
                              input=base64.b64decode(answer.body))
        renewed = copy.copy(self.device)
        renewed.certificate = self.files / "renewed.pem"
        renewed.certificate.write_bytes(done.stdout)
        self.assertTrue(self.connects(device=renewed))
        self.cloud.do("refuse-renewed", self.device.name)
        self.assertFalse(self.connects(device=renewed))
        self.assertEqual(self.refused()["reason"], "the certificate is refused")
        self.assertTrue(self.connects())
        self.cloud.do("refuse-renewed")
        self.assertTrue(self.connects(device=renewed))

    def test_an_upload_of_a_renewed_certificate_ends_no_connection(self):
        before = self.cloud.show()["broker_pid"]
        self.device.sign()
        self.cloud.do("trust", self.device.certificate)
        self.assertEqual(self.cloud.show()["broker_pid"], before)
        self.assertTrue(self.connects())

    def test_a_message_of_many_bytes_goes_through(self):
        payload = "1" * 100_000
        done = run("mosquitto_pub", *self.words(), "-q", 1, "-t", "s/us", "-m", payload)
        self.assertEqual((done.returncode, done.stderr), (0, ""))

    def test_topics_are_moved_there_and_back(self):
        place = apart.place_of("gw")
        publish = b"\x32" + gate._length(9) + b"\0\x04s/us\0\x01x"
        inside = apart.moved_in(publish, place)
        self.assertIn(b"apart/gw/s/us", inside)
        self.assertEqual(apart.moved_out(inside, place), publish)
        subscribe = b"\x82\x0f\0\x01\0\x03s/e\x01\0\x04s/ds\0"
        self.assertEqual(apart.moved_in(subscribe, place)[4:], b"\0\x0capart/gw/s/e\x01\0\x0dapart/gw/s/ds\0")
        self.assertEqual(apart.split("apart/gw/s/dat"), (place, "s/dat"))
        for name in ("", "a/b", "+", "#"):
            with self.assertRaises(ValueError):
                apart.place_of(name)


class Packets(unittest.TestCase):
    def greeting(self, flags: int, *fields: bytes) -> bytes:
        return gate._packed(b"MQTT") + struct.pack(">BBH", 4, flags, 60) + b"".join(map(gate._packed, fields))

    def test_a_connect_is_read_and_written_without_its_password(self):
        body = self.greeting(0xC6, b"id", b"will/topic", b"gone", b"user", b"secret")
        greeting = Greeting.read(body)
        self.assertEqual((greeting.client, greeting.user, greeting.keep_alive), ("id", "user", 60))
        packet = greeting.packet()
        self.assertNotIn(b"secret", packet)
        self.assertEqual(Greeting.read(packet[2:]).user, "user")
        self.assertIn(gate._packed(b"will/topic") + gate._packed(b"gone"), packet)

    def test_what_is_no_connect_is_an_error(self):
        for body in (b"", b"\0", self.greeting(0x80, b"id"), gate._packed(b"HTTP") + b"1234567890"):
            with self.assertRaises(ValueError):
                Greeting.read(body)

    def test_packets_are_split_wherever_the_bytes_end(self):
        one, two = b"\x30\x03\0\x01t", b"\x30" + gate._length(200) + b"\0\x01t" + bytes(197)
        for end in range(len(one + two) + 1):
            packets, rest = gate._split((one + two)[:end])
            self.assertEqual(b"".join(packets) + rest, (one + two)[:end])
            self.assertEqual(len(packets), (end >= len(one)) + (end >= len(one + two)))
        with self.assertRaises(ValueError):
            gate._split(b"\x30\xff\xff\xff\xff\x01")

    def test_azure_looks_at_the_whole_user_name(self):
        def objection(user: str | None) -> str | None:
            return azure_objection(Greeting(4, 0x82, 60, "gw", b"", user), "gw", ["h"])

        self.assertIsNone(objection("h/gw/?api-version=2021-04-12"))
        for user in (None, "", "h", "h/gw", "h/gw/", "h/gw2/?api-version=1", "hh/gw/?api-version=1", "h/gw/?version=1"):
            self.assertTrue(objection(user), user)


if __name__ == "__main__":
    unittest.main()
