"""The HTTPS side that behaves: every endpoint and every way a request can be wrong."""

import base64
import json
import ssl
import subprocess
import time
import unittest
from http.client import HTTPConnection, HTTPSConnection

from fixture import HOST, Cloud, CloudTest, free_ports, run


class Connection(CloudTest):
    def test_the_certificate_is_good_for_the_host_name_localhost_and_the_address(self):
        for host in (HOST, "localhost", "127.0.0.1"):
            with self.cloud.connect(host=host) as connection:
                self.assertIn(connection.version(), ("TLSv1.2", "TLSv1.3"))

    def test_the_certificate_is_good_for_nothing_else(self):
        with self.assertRaises(ssl.SSLCertVerificationError):
            self.cloud.connect(host="other.example.com")

    def test_tls_1_2_is_taken_and_1_1_is_not(self):
        port = f"127.0.0.1:{self.cloud.https_port}"
        self.assertIn("TLSv1.2", run("openssl", "s_client", "-connect", port, "-tls1_2", "-brief").stderr)
        old = run("openssl", "s_client", "-connect", port, "-tls1_1", "-cipher", "ALL@SECLEVEL=0", "-brief")
        self.assertNotEqual(old.returncode, 0)

    def test_a_client_that_does_not_trust_us_is_remembered(self):
        with self.assertRaises(ssl.SSLCertVerificationError):
            self.cloud.connect(host="other.example.com")
        self.assertTrue(self.cloud.show()["failed_https_handshakes"])

    def test_two_requests_go_over_one_connection(self):
        with self.cloud.connect() as connection:
            for _ in range(2):
                connection.sendall(b"GET /tenant/currentTenant HTTP/1.1\r\nHost: x\r\n\r\n")
                self.assertTrue(connection.recv(10000).startswith(b"HTTP/1.1 401 Unauthorized\r\n"))


class CurrentTenant(CloudTest):
    def test_it_names_the_tenant_and_its_host(self):
        answer = self.cloud.current_tenant()
        self.assertEqual(answer.status, 200)
        self.assertIn("application/json", answer.headers["Content-Type"])
        self.assertEqual((answer.document["name"], answer.document["domainName"]), ("t12345", HOST))

    def test_the_name_of_an_application_comes_before_that_of_the_tenant(self):
        body = self.cloud.current_tenant().body
        self.assertLess(body.index(b'"administration"'), body.index(b'"t12345"'))

    def test_the_user_may_be_written_with_the_tenant(self):
        self.assertEqual(self.cloud.current_tenant(user="t12345/alice:secret").status, 200)

    def test_everyone_else_is_refused_as_the_cloud_words_it(self):
        for user in (None, "alice:wrong", "alice:", "bob:secret", "t1/alice:secret", ":secret", "alice:secret "):
            with self.subTest(user):
                answer = self.cloud.current_tenant(user=user)
                self.assertEqual(answer.status, 401)
                self.assertEqual(answer.document["error"], "general/internalError")
                self.assertTrue(answer.document["message"].startswith("Invalid credentials!"))
                self.assertEqual(answer.headers["WWW-Authenticate"], 'Basic realm="Cumulocity"')

    def test_a_header_that_is_no_basic_authentication_is_refused(self):
        for header in ("Bearer abc", "Basic ???", "Basic", "Basic /////w==", "Basic YWxpY2U="):
            with self.subTest(header):
                answer = self.cloud.current_tenant(user=None, headers={"Authorization": header})
                self.assertEqual(answer.status, 401)

    def test_other_paths_are_not_found(self):
        for method, path in (("GET", "/"), ("GET", "/tenant"), ("DELETE", "/tenant/currentTenant"),
                             ("GET", "/tenant/tenants/t12345/trusted-certificates")):
            with self.subTest(path):
                answer = self.cloud.ask(method, path, body={} if method == "DELETE" else None)
                self.assertEqual((answer.status, answer.document["error"]), (404, "general/notFound"))


class LoginOptions(CloudTest):
    def test_everyone_is_told_the_domain_of_the_tenant_whatever_name_was_asked(self):
        for user in (None, "alice:wrong", "alice:secret"):
            answer = self.cloud.ask("GET", "/tenant/loginOptions", user=user)
            self.assertEqual(answer.status, 200)
            self.assertEqual(answer.document["self"], f"https://{HOST}/tenant/loginOptions/")
            self.assertEqual([option["type"] for option in answer.document["loginOptions"]], ["BASIC", "OAUTH2_INTERNAL"])


class OtherUsers(CloudTest):
    options = ("--user", "jürgen", "--password", "ü: colon:s", "--tenant", "t9", "--host-name", "box.example.org")

    def test_a_password_may_hold_colons_and_any_letter(self):
        for user in ("jürgen:ü: colon:s", "t9/jürgen:ü: colon:s"):
            connection = self.cloud.connect(host="box.example.org")
            header = base64.b64encode(user.encode()).decode()
            text = f"GET /tenant/currentTenant HTTP/1.1\r\nHost: x\r\nAuthorization: Basic {header}\r\n\r\n"
            connection.sendall(text.encode())
            answer = connection.recv(10000)
            connection.close()
            self.assertIn(b'"name": "t9"', answer)


class Upload(CloudTest):
    def test_a_certificate_is_created_and_described(self):
        device = self.new_device()
        answer = self.cloud.upload(device)
        self.assertEqual(answer.status, 201)
        described = answer.document
        fingerprint = run("openssl", "x509", "-in", device.certificate, "-noout", "-fingerprint", "-sha1").stdout
        self.assertEqual(described["fingerprint"], fingerprint.strip().split("=")[1].replace(":", "").lower())
        self.assertEqual(described["certInPemFormat"], device.pem)
        self.assertEqual((described["name"], described["status"]), (device.name, "ENABLED"))

    def test_the_broker_trusts_it_at_once(self):
        device = self.new_device()
        broker = self.cloud.show()["broker_pid"]
        self.assertFalse(self.cloud.accepts(device))
        self.assertEqual(self.cloud.upload(device).status, 201)
        self.assertTrue(self.cloud.accepts(device))
        self.assertEqual(self.cloud.show()["broker_pid"], broker)

    def test_the_same_certificate_again_is_a_conflict(self):
        device = self.new_device()
        self.cloud.upload(device)
        answer = self.cloud.upload(device, name="another name")
        self.assertEqual((answer.status, answer.document["error"]), (409, "tenant/duplicate"))

    def test_a_renewed_certificate_takes_the_place_of_the_old_one(self):
        device = self.new_device()
        self.cloud.upload(device)
        self.assertTrue(self.cloud.accepts(device))
        device.sign(days=60)
        self.assertFalse(self.cloud.accepts(device))
        self.assertEqual(self.cloud.upload(device).status, 201)
        self.assertTrue(self.cloud.accepts(device))
        self.cloud.do("untrust", device.certificate)
        self.assertFalse(self.cloud.accepts(device))

    def test_a_disabled_certificate_is_kept_and_not_trusted(self):
        device = self.new_device()
        self.assertEqual(self.cloud.upload(device, status="DISABLED").status, 201)
        self.assertFalse(self.cloud.accepts(device))
        self.assertEqual(self.cloud.upload(device).status, 409)

    def test_a_certificate_that_is_no_authority_is_refused(self):
        answer = self.cloud.upload(self.new_device(section="leaf"))
        self.assertEqual(answer.status, 422)
        self.assertIn("CA:TRUE", answer.document["message"])

    def test_an_expired_certificate_is_refused(self):
        pem = (self.expired_certificate()).decode()
        answer = self.cloud.upload(self.device, certInPemFormat=pem)
        self.assertEqual(answer.status, 422)
        self.assertIn("expired on 2020-02-01", answer.document["message"])

    def expired_certificate(self) -> bytes:
        folder = self.files / "expired"
        folder.mkdir()
        (folder / "index").write_text("")
        (folder / "ca.cnf").write_text(
            f"[ca]\ndefault_ca=x\n[x]\ndatabase={folder}/index\nnew_certs_dir={folder}\nrand_serial=yes\n"
            "default_md=sha256\npolicy=any\nx509_extensions=v3\n[any]\ncommonName=supplied\n"
            "[v3]\nbasicConstraints=CA:TRUE\n")
        (folder / "csr").write_bytes(base64.decodebytes(self.device.request()))
        run("openssl", "req", "-inform", "DER", "-in", folder / "csr", "-out", folder / "csr.pem")
        done = run(
            "openssl", "ca", "-batch", "-notext", "-selfsign", "-config", folder / "ca.cnf", "-keyfile",
            self.device.key, "-startdate", "20200101000000Z", "-enddate", "20200201000000Z", "-in",
            folder / "csr.pem", "-out", folder / "pem")
        self.assertEqual(done.returncode, 0, done.stderr)
        return (folder / "pem").read_bytes()

    def test_what_is_not_one_certificate_is_refused(self):
        broken = "-----BEGIN CERTIFICATE-----\nTm90IGEgY2VydGlmaWNhdGU=\n-----END CERTIFICATE-----\n"
        for pem in ("", "no certificate", self.device.pem * 2, broken, broken.replace("Tm90", "?"),
                    self.device.key.read_text()):
            with self.subTest(pem):
                answer = self.cloud.upload(self.device, certInPemFormat=pem)
                self.assertEqual((answer.status, answer.document["error"]), (422, "tenant/invalidCertificate"))

    def test_a_body_that_lacks_something_is_refused(self):
        for changes in ({"name": None}, {"certInPemFormat": 1}, {"autoRegistrationEnabled": "yes"}, {"status": None},
                        {"status": "MAYBE"}):
            with self.subTest(changes):
                answer = self.cloud.upload(self.new_device("unused"), **changes)
                self.assertEqual(answer.status, 422)
                self.assertIn(list(changes)[0], answer.document["message"])

    def test_a_body_that_is_no_json_object_is_refused(self):
        for body in (b"", b"{", b"[]", b'"text"', b"\xff"):
            with self.subTest(body):
                answer = self.cloud.ask("POST", "/tenant/tenants/t12345/trusted-certificates", body)
                self.assertEqual(answer.status, 422)

    def test_another_kind_of_content_is_refused(self):
        path = "/tenant/tenants/t12345/trusted-certificates"
        self.assertEqual(self.cloud.ask("POST", path, b"{}", kind="text/plain").status, 415)

    def test_another_tenant_does_not_exist(self):
        self.assertEqual(self.cloud.upload(self.device, tenant="t1").status, 404)

    def test_a_wrong_password_is_refused_and_nothing_is_trusted(self):
        device = self.new_device()
        document = {"name": "x", "certInPemFormat": device.pem, "autoRegistrationEnabled": True, "status": "ENABLED"}
        path = "/tenant/tenants/t12345/trusted-certificates"
        self.assertEqual(self.cloud.ask("POST", path, document, user="alice:wrong").status, 401)
        self.assertFalse(self.cloud.accepts(device))

    def test_a_body_without_length_is_refused(self):
        with self.cloud.connect() as connection:
            connection.sendall(b"POST /tenant/tenants/t12345/trusted-certificates HTTP/1.1\r\nHost: x\r\n\r\n")
            self.assertIn(b" 411 ", connection.recv(1000))

    def test_show_lists_the_requests(self):
        device = self.new_device()
        self.cloud.current_tenant(user="alice:wrong")
        self.cloud.current_tenant(user="t12345/alice:secret")
        self.cloud.upload(device)
        path = "/tenant/tenants/t12345/trusted-certificates"
        self.assertEqual(self.cloud.show()["requests"][-3:], [
            {"method": "GET", "path": "/tenant/currentTenant", "status": 401, "user": "alice", "name": None},
            {"method": "GET", "path": "/tenant/currentTenant", "status": 200, "user": "t12345/alice", "name": None},
            {"method": "POST", "path": path, "status": 201, "user": "alice", "name": device.name},
        ])


class Enrolment(CloudTest):
    def enrol(self, device, user, operation="simpleenroll", body=None, headers=None):
        return self.cloud.ask("POST", f"/.well-known/est/{operation}", body or device.request(), user=user,
                              kind="application/pkcs10", headers=headers)

    def certificate(self, answer) -> str:
        """The certificate in an answer, which has to be the only one."""
        der = base64.b64decode(answer.body)
        done = subprocess.run(
            ["openssl", "pkcs7", "-inform", "DER", "-print_certs"], input=der, capture_output=True, check=True)
        self.assertEqual(done.stdout.count(b"BEGIN CERTIFICATE"), 1)
        return done.stdout.decode()

    def test_a_registered_device_gets_a_certificate_that_the_broker_trusts(self):
        device = self.new_device()
        self.cloud.do("register", device.name, "one time")
        answer = self.enrol(device, f"{device.name}:one time")
        self.assertEqual(answer.status, 200)
        self.assertIn("application/pkcs7-mime", answer.headers["Content-Type"])
        device.certificate.write_text(self.certificate(answer))
        text = run("openssl", "x509", "-in", device.certificate, "-noout", "-subject", "-issuer").stdout
        self.assertEqual(text.splitlines(), [f"subject=CN = {device.name}", "issuer=CN = Cloud simulator devices"])
        self.assertTrue(self.cloud.accepts(device))

    def test_a_one_time_password_works_once(self):
        device = self.new_device()
        self.cloud.do("register", device.name, "otp")
        self.assertEqual(self.cloud.show()["registered"], [device.name])
        self.assertEqual(self.enrol(device, f"{device.name}:otp").status, 200)
        self.assertEqual(self.enrol(device, f"{device.name}:otp").status, 401)
        self.assertEqual(self.cloud.show()["registered"], [])

    def test_everyone_else_is_refused(self):
        device = self.new_device("registered")
        self.cloud.do("register", device.name, "otp")
        self.addCleanup(self.enrol, device, "registered:otp")
        for user in (None, "registered:wrong", "stranger:otp", "alice:secret"):
            with self.subTest(user):
                answer = self.enrol(device, user)
                self.assertEqual(answer.status, 401)
                self.assertTrue(answer.document["message"])

    def test_a_request_for_another_device_or_no_request_is_refused_and_the_password_stays_good(self):
        device, other = self.new_device(), self.new_device()
        self.cloud.do("register", device.name, "otp")
        user = f"{device.name}:otp"
        for body in (other.request(), b"bm8gcmVxdWVzdA==", b"???"):
            self.assertEqual(self.enrol(device, user, body=body).status, 400)
        self.assertEqual(self.enrol(device, user).status, 200)

    def test_a_device_renews_with_the_token_it_got_over_mqtt(self):
        device = self.new_device()
        token = self.cloud.request(self.device, "s/uat", "", "s/dat").removeprefix("71,")
        bearer = {"Authorization": f"Bearer {token}"}
        answer = self.enrol(device, None, "simplereenroll", headers=bearer)
        self.assertEqual(answer.status, 200)
        device.certificate.write_text(self.certificate(answer))
        self.assertTrue(self.cloud.accepts(device))
        forged = {"Authorization": f"Bearer {token[:-4]}AAAA"}
        for headers in (forged, {"Authorization": "Bearer x"}, {}):
            self.assertEqual(self.enrol(device, None, "simplereenroll", headers=headers).status, 401)

    def test_a_device_finds_itself_by_its_external_id_until_it_is_forgotten(self):
        token = self.cloud.request(self.device, "s/uat", "", "s/dat").removeprefix("71,")
        bearer = {"Authorization": f"Bearer {token}"}
        path = "/identity/externalIds/c8y_Serial/gateway%2D1"
        self.cloud.publish(self.device, "s/us", "100,gateway-1,thin-edge.io")
        deadline = time.monotonic() + 5
        while self.cloud.ask("GET", path, user=None, headers=bearer).status != 200 and time.monotonic() < deadline:
            time.sleep(0.02)
        answer = self.cloud.ask("GET", path, user=None, headers=bearer)
        self.assertEqual((answer.status, answer.document["externalId"]), (200, "gateway-1"))
        self.assertEqual(self.cloud.ask("GET", path, user=None).status, 401)
        self.cloud.do("forget")
        self.assertEqual(self.cloud.ask("GET", path, user=None, headers=bearer).status, 404)

    def test_the_local_proxy_adds_the_token_with_and_without_tls(self):
        port, = free_ports(1)
        cloud = Cloud("--proxy-port", port)
        self.addCleanup(cloud.remove)
        device = self.new_device()
        path, headers = "/c8y/.well-known/est/simplereenroll", {"Content-Type": "application/pkcs10"}
        tls = ssl.create_default_context(cafile=cloud.directory / "ca.pem")
        for client in (HTTPConnection("127.0.0.1", port), HTTPSConnection("localhost", port, context=tls)):
            client.request("POST", path, device.request(), headers)
            answer = client.getresponse()
            self.assertEqual(answer.status, 200)
            self.assertIn("pkcs7", answer.headers["Content-Type"])
            answer.read()
            client.close()
        cloud.do("misbehave", "server-error")
        plain = HTTPConnection("127.0.0.1", port)
        plain.request("POST", path, device.request(), headers)
        self.assertEqual(plain.getresponse().status, 500)
        plain.close()

    def test_other_operations_are_not_found(self):
        self.assertEqual(self.cloud.ask("GET", "/.well-known/est/simpleenroll").status, 404)
        self.assertEqual(self.cloud.ask("GET", "/.well-known/est/cacerts").status, 404)


class Answers(CloudTest):
    def test_an_answer_is_one_json_document_with_its_length(self):
        answer = self.cloud.current_tenant()
        self.assertEqual(int(answer.headers["Content-Length"]), len(answer.body))
        self.assertIsInstance(json.loads(answer.body), dict)
        self.assertNotIn("Transfer-Encoding", answer.headers)


if __name__ == "__main__":
    unittest.main()
