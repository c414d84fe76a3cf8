"""Every misbehaviour does what it says, and nothing else."""

import base64
import json
import socket
import ssl
import time
import unittest
from http.client import BadStatusLine, HTTPException
from pathlib import Path

from fixture import HOST, Cloud, CloudTest
from misbehaviour import ALL, CERTIFICATES, Misbehaviours
from test_cloud import until


class HTTPS(CloudTest):
    def statuses(self, device=None) -> tuple[int, int]:
        """Of the first and the second request of an upload."""
        return self.cloud.current_tenant().status, self.cloud.upload(device or self.new_device()).status

    def raw_answer(self, request: bytes = b"GET /tenant/currentTenant HTTP/1.1\r\nHost: x\r\n\r\n") -> bytes:
        """All bytes until the end of the connection."""
        with self.cloud.connect() as connection:
            connection.sendall(request)
            answer = b""
            while part := connection.recv(10000):
                answer += part
            return answer

    def test_well_behaved_both_requests_work(self):
        self.assertEqual(self.statuses(), (200, 201))

    def test_refuse_credentials_is_401_always(self):
        self.misbehave("refuse-credentials")
        self.assertEqual(self.statuses(), (401, 401))
        self.assertIn("Invalid credentials!", self.cloud.current_tenant().document["message"])

    def test_forbid_is_403_on_the_post(self):
        self.misbehave("forbid")
        self.assertEqual(self.statuses(), (200, 403))
        self.assertEqual(self.cloud.upload(self.device).document["message"], "Access is denied")

    def test_conflict_is_409_on_the_post(self):
        self.misbehave("conflict")
        self.assertEqual(self.statuses(), (200, 409))

    def test_not_found_is_404_and_server_error_500(self):
        for word, status in (("not-found", 404), ("server-error", 500)):
            self.misbehave(word)
            self.assertEqual(self.statuses(), (status, status))
            self.assertTrue(self.cloud.current_tenant().document["message"])

    def test_a_scope_limits_it_to_one_method(self):
        for words, statuses in (("not-found:get", (404, 201)), ("server-error:post", (200, 500)),
                                ("forbid:get", (403, 201)), ("conflict:https", (409, 409))):
            with self.subTest(words):
                self.misbehave(words)
                self.assertEqual(self.statuses(), statuses)

    def test_several_at_once(self):
        self.misbehave("not-found:post", "chunked,no-name")
        self.assertEqual(self.statuses(), (200, 404))
        answer = self.cloud.current_tenant()
        self.assertEqual((answer.headers["Transfer-Encoding"], "name" in answer.document), ("chunked", False))

    def test_redirect_is_302_to_another_host(self):
        self.misbehave("redirect")
        answer = self.cloud.current_tenant()
        self.assertEqual((answer.status, answer.headers["Location"]), (302, "https://elsewhere.invalid/login"))

    def test_not_json_is_a_web_page_with_status_200(self):
        self.misbehave("not-json")
        answer = self.cloud.current_tenant()
        self.assertEqual((answer.status, answer.body[:9]), (200, b"<!DOCTYPE"))
        self.assertIn("text/html", answer.headers["Content-Type"])

    def test_no_name_is_json_without_the_name(self):
        self.misbehave("no-name")
        answer = self.cloud.current_tenant()
        self.assertEqual((answer.status, "name" in answer.document), (200, False))

    def test_not_http_is_bytes_that_are_no_http(self):
        self.misbehave("not-http")
        with self.assertRaises(BadStatusLine):
            self.cloud.current_tenant()

    def test_chunked_is_the_right_answer_in_chunks(self):
        right = self.cloud.current_tenant().document
        self.misbehave("chunked")
        answer = self.cloud.current_tenant()
        self.assertEqual((answer.document, answer.headers["Transfer-Encoding"]), (right, "chunked"))
        self.assertNotIn("Content-Length", answer.headers)
        self.assertEqual(self.statuses(), (200, 201))

    def test_no_length_is_the_right_answer_until_the_end_of_the_connection(self):
        right = self.cloud.current_tenant().document
        self.misbehave("no-length")
        answer = self.cloud.current_tenant()
        self.assertEqual((answer.document, "Content-Length" in answer.headers), (right, False))
        self.assertEqual(self.statuses(), (200, 201))

    def test_no_length_ends_tls_properly_and_cut_does_not(self):
        self.misbehave("no-length")
        self.assertIn(b"Invalid credentials!", self.raw_answer())
        self.misbehave("cut:https")
        with self.assertRaisesRegex(ssl.SSLError, "(?i)EOF"):
            self.raw_answer()

    def test_cut_reads_the_request_and_says_nothing(self):
        self.misbehave("cut:post")
        self.assertEqual(self.cloud.current_tenant().status, 200)
        with self.assertRaises((HTTPException, OSError)):
            self.cloud.upload(self.device)
        self.assertIsNone(self.cloud.show()["requests"][-1]["status"])

    def test_slow_says_nothing_for_long(self):
        self.misbehave("slow:get")
        with self.assertRaises(TimeoutError):
            self.cloud.current_tenant(timeout=1)

    def test_the_other_requests_are_answered_while_one_is_slow(self):
        self.misbehave("slow:get")
        with self.cloud.connect() as waiting:
            waiting.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            self.assertEqual(self.cloud.upload(self.new_device()).status, 201)

    def test_what_is_done_to_https_leaves_mqtt_alone(self):
        self.misbehave("refuse-credentials,cut:https,slow:get,expired:https")
        self.assertTrue(self.cloud.accepts(self.device))


class ServerCertificates(CloudTest):
    reasons = {
        "expired": "certificate has expired",
        "not-yet-valid": "certificate is not yet valid",
        "other-host": "Hostname mismatch",
        "unknown-authority": "unable to get local issuer certificate",
    }

    def complaint(self, port: int) -> str | None:
        """Why a client that trusts this cloud alone does not accept the certificate on that port."""
        context = ssl.create_default_context(cafile=self.cloud.directory / "ca.pem")
        with socket.create_connection(("127.0.0.1", port), timeout=5) as raw:
            try:
                context.wrap_socket(raw, server_hostname=HOST).close()
            except ssl.SSLCertVerificationError as error:
                return error.verify_message
        return None

    def complaints(self) -> list[str | None]:
        return [self.complaint(port) for port in (self.cloud.https_port, self.cloud.mqtt_port)]

    def test_well_behaved_both_are_good(self):
        self.assertEqual(self.complaints(), [None, None])

    def test_each_kind_is_bad_in_its_own_way_on_both_sides(self):
        self.assertEqual(set(self.reasons), set(CERTIFICATES))
        for word, reason in self.reasons.items():
            with self.subTest(word):
                self.misbehave(word)
                for complaint in self.complaints():
                    self.assertIn(reason, complaint)
        self.cloud.misbehave("none")
        self.assertEqual(self.complaints(), [None, None])

    def test_a_scope_limits_it_to_one_side(self):
        self.misbehave("expired:https")
        self.assertEqual([bool(one) for one in self.complaints()], [True, False])
        self.misbehave("expired:mqtt")
        self.assertEqual([bool(one) for one in self.complaints()], [False, True])
        self.assertFalse(self.cloud.accepts(self.device))

    def test_two_kinds_at_once_are_one_certificate(self):
        self.misbehave("other-host,unknown-authority,expired")
        self.assertEqual([bool(one) for one in self.complaints()], [True, True])

    def test_an_expired_certificate_can_be_there_from_the_start(self):
        cloud = Cloud("--misbehave", "expired,silent", "--misbehave", "no-name")
        self.addCleanup(cloud.remove)
        self.assertEqual(cloud.show()["misbehaviours"], ["expired", "no-name", "silent"])
        with self.assertRaisesRegex(ssl.SSLCertVerificationError, "has expired"):
            cloud.connect()


class MQTT(CloudTest):
    def requests(self) -> list[tuple[str, str, str]]:
        """One that each of the three clouds answers: topic, payload, topic of the answer."""
        echo = f"thinedge/devices/{self.device.name}/test-connection"
        twin = ("$iothub/twin/GET/?$rid=1", "", "$iothub/twin/res/200/?$rid=1")
        return [("s/uat", "", "s/dat"), twin, (echo, "x", echo)]

    def token(self) -> str:
        return self.cloud.request(self.device, "s/uat", "", "s/dat", wait=10)

    def test_silent_takes_messages_and_answers_none(self):
        self.misbehave("silent")
        before = self.cloud.show()["messages"].get("s/uat", 0)
        self.assertTrue(self.cloud.unanswered(self.device, *self.requests()))
        self.assertEqual(self.cloud.show()["messages"]["s/uat"], before + 1)
        self.cloud.misbehave("none")
        for request in self.requests():
            self.assertTrue(self.cloud.request(self.device, *request), request)

    def test_silent_from_the_start(self):
        cloud = Cloud("--misbehave", "silent")
        self.addCleanup(cloud.remove)
        cloud.do("trust", self.device.certificate)
        self.assertTrue(cloud.unanswered(self.device, *self.requests()))

    def test_a_silent_cloud_creates_the_device(self):
        self.misbehave("silent")
        self.cloud.publish(self.device, "s/us", "100,silently,x")
        self.assertTrue(until(lambda: "silently" in [one["id"] for one in self.cloud.show()["devices"]]))

    def test_slow_answers_late(self):
        self.misbehave("slow:mqtt")
        begin = time.monotonic()
        self.assertTrue(self.token())
        self.assertGreater(time.monotonic() - begin, 2.5)

    def test_other_tenant_names_another_host_in_the_token(self):
        right = self.token()
        self.misbehave("other-tenant")
        self.assertNotEqual(issuer(self.token()), issuer(right))
        self.assertEqual(issuer(right), HOST)

    def test_untrusted_lets_no_device_in(self):
        self.misbehave("untrusted")
        self.assertFalse(self.cloud.accepts(self.device))
        self.assertEqual(self.cloud.upload(self.new_device()).status, 201)
        self.cloud.misbehave("none")
        self.assertTrue(self.cloud.accepts(self.device))

    def test_cut_ends_the_connection_in_the_handshake(self):
        self.misbehave("cut:mqtt")
        self.assertEqual(self.cloud.current_tenant().status, 200)
        context = ssl.create_default_context(cafile=self.cloud.directory / "ca.pem")
        for _ in range(2):
            raw = socket.create_connection(("127.0.0.1", self.cloud.mqtt_port), timeout=5)
            with self.assertRaises((ssl.SSLEOFError, ConnectionResetError)):
                context.wrap_socket(raw, server_hostname=HOST)
            raw.close()
        self.assertFalse(self.cloud.accepts(self.device))
        self.cloud.misbehave("none")
        self.assertTrue(self.cloud.accepts(self.device))

    def test_cut_from_the_start_is_ready_too(self):
        cloud = Cloud("--misbehave", "cut:mqtt")
        self.addCleanup(cloud.remove)
        cloud.do("trust", self.device.certificate)
        self.assertFalse(cloud.accepts(self.device))
        cloud.misbehave("none")
        self.assertTrue(cloud.accepts(self.device))


class Words(unittest.TestCase):
    def parsed(self, *words: str) -> Misbehaviours:
        return Misbehaviours.parse(list(words))

    def test_commas_blanks_and_several_words_are_one_list(self):
        self.assertEqual(self.parsed("silent, slow", "cut:post").words(), ["cut:post", "silent", "slow"])

    def test_none_is_nothing_and_stands_alone(self):
        self.assertEqual(self.parsed("none"), self.parsed())
        with self.assertRaisesRegex(Exception, "unknown misbehaviour 'none'"):
            self.parsed("none,silent")

    def test_a_scope_that_makes_no_sense_is_refused(self):
        for word in ("silent:https", "forbid:mqtt", "expired:get", "slow:", "slow:nowhere"):
            with self.assertRaisesRegex(Exception, "cannot be limited to"):
                self.parsed(word)

    def test_every_name_is_documented(self):
        readme = Path(__file__).with_name("README.md").read_text()
        self.assertEqual([name for name in ALL if f"`{name}`" not in readme], [])

    def test_a_name_without_scope_is_for_each_side_that_knows_it(self):
        slow = self.parsed("slow")
        self.assertEqual((slow.mqtt("slow"), slow.https("slow", "GET"), slow.https("slow", "POST")), (True,) * 3)
        self.assertFalse(self.parsed("slow:get").mqtt("slow"))
        self.assertFalse(self.parsed("silent").https("silent", "GET"))
        self.assertFalse(self.parsed("forbid").mqtt("forbid"))
        self.assertEqual(self.parsed("expired").certificates("https"), frozenset({"expired"}))


def issuer(answer: str) -> str:
    return json.loads(base64.urlsafe_b64decode(answer.split(".")[1] + "=="))["iss"]


if __name__ == "__main__":
    unittest.main()
