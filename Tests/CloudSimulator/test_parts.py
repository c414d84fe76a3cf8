"""The parts that need no running simulator."""

import base64
import os
import shutil
import tempfile
import threading
import time
import unittest
from pathlib import Path
from unittest import mock

import control
from api import API, Request
from broker import Broker
from certificates import BadCertificate, Certificates, DeviceCertificate, rehash
from files import CloudError, find_program, read_json, write_atomically, write_json
from fixture import Device, run
from tenant import TOKEN_SECONDS, Tenant, basic_credentials
from trust import AlreadyTrusted, TrustStore


class PartTest(unittest.TestCase):
    def setUp(self):
        self.directory = Path(tempfile.mkdtemp(prefix="cloud-"))
        self.addCleanup(shutil.rmtree, self.directory)

    def tenant(self) -> Tenant:
        return Tenant(self.directory, "host.example", "t1", "alice", "secret")

    def certificate(self, device: Device) -> DeviceCertificate:
        return DeviceCertificate.read(device.pem)


class Files(PartTest):
    def test_a_file_is_replaced_as_a_whole_with_the_mode_that_is_asked_for(self):
        path = self.directory / "file"
        write_atomically(path, "one")
        write_atomically(path, "two", mode=0o600)
        self.assertEqual((path.read_text(), path.stat().st_mode & 0o777), ("two", 0o600))
        self.assertEqual([one.name for one in self.directory.iterdir()], ["file"])

    def test_a_failure_leaves_the_old_file_and_nothing_else(self):
        path = self.directory / "file"
        write_atomically(path, "one")
        with mock.patch("os.replace", side_effect=OSError(28, "No space left on device")):
            with self.assertRaises(OSError):
                write_atomically(path, "two")
        self.assertEqual(([one.name for one in self.directory.iterdir()], path.read_text()), (["file"], "one"))

    def test_json_is_read_as_it_was_written_and_missing_is_the_default(self):
        path = self.directory / "file"
        self.assertEqual(read_json(path, [1]), [1])
        write_json(path, {"a": ["ü"]})
        self.assertEqual(read_json(path, None), {"a": ["ü"]})

    def test_a_missing_program_names_the_package(self):
        with self.assertRaisesRegex(CloudError, "no-such-program is not installed; run: apt-get install some-package"):
            find_program("no-such-program", "some-package")

    def test_a_program_is_found_where_path_does_not_lead(self):
        with mock.patch.dict(os.environ, {"PATH": ""}):
            self.assertTrue(find_program("mosquitto", "mosquitto").endswith("/mosquitto"))


class Credentials(unittest.TestCase):
    def header(self, text: str) -> str:
        return "Basic " + base64.b64encode(text.encode()).decode()

    def test_the_first_colon_parts_user_and_password(self):
        self.assertEqual(basic_credentials(self.header("a:b:c")), ("a", "b:c"))
        self.assertEqual(basic_credentials(self.header(":")), ("", ""))

    def test_the_scheme_is_read_in_any_case(self):
        self.assertEqual(basic_credentials(self.header("a:b").replace("Basic", "bASIC")), ("a", "b"))

    def test_anything_else_is_none(self):
        for header in (None, "", "Basic", "Basic !", "Bearer YTpi", "Basic YQ==", "Basic //8="):
            self.assertIsNone(basic_credentials(header), header)


class Tenants(PartTest):
    def test_a_device_is_new_once_also_after_a_restart(self):
        self.assertTrue(self.tenant().create_device("a", "x"))
        again = self.tenant()
        self.assertFalse(again.create_device("a", "x"))
        again.forget()
        self.assertTrue(self.tenant().create_device("a", "x"))

    def test_a_registration_outlives_a_restart_until_it_is_used(self):
        self.tenant().register("a", "otp")
        again = self.tenant()
        self.assertTrue(again.is_registered(("a", "otp")))
        self.assertFalse(again.is_registered(("a", "")))
        again.enrolled("a")
        self.assertFalse(self.tenant().is_registered(("a", "otp")))

    def test_two_devices_have_two_numbers(self):
        tenant = self.tenant()
        tenant.create_device("a", "")
        first = tenant.device_number()
        tenant.create_device("b", "")
        self.assertNotEqual(tenant.device_number(), first)

    def test_a_token_is_ours_until_it_expires(self):
        tenant = self.tenant()
        token = tenant.token()
        self.assertTrue(tenant.issued(token))
        with mock.patch("tenant.time.time", return_value=time.time() + TOKEN_SECONDS + 5):
            self.assertFalse(tenant.issued(token))

    def test_a_token_of_another_tenant_another_cloud_or_another_text_is_not_ours(self):
        tenant = self.tenant()
        head, claims, signature = tenant.token().split(".")
        for token in (tenant.token("elsewhere"), self.tenant().token(), f"{head}.{claims}x.{signature}", "", "a.b.c",
                      f"{head}.{claims}.", "ü.ü.ü"):
            self.assertFalse(tenant.issued(token), token)

    def test_only_the_last_requests_are_kept(self):
        tenant = self.tenant()
        for number in range(1100):
            tenant.requested(number=number)
        self.assertEqual([one["number"] for one in tenant.report()["requests"]], list(range(100, 1100)))


class Store(PartTest):
    def links(self) -> list[Path]:
        return [path for path in (self.directory / "trusted").iterdir() if path.is_symlink()]

    def verifies(self, device: Device) -> bool:
        folder = self.directory / "trusted"
        return run("openssl", "verify", "-CApath", folder, device.certificate).returncode == 0

    def test_what_is_trusted_is_found_by_openssl_and_what_is_not_is_gone(self):
        store, one, two = TrustStore(self.directory), Device(self.directory, "a"), Device(self.directory, "b")
        for device in (one, two):
            self.assertFalse(store.add(self.certificate(device), device.name, "ENABLED"))
            self.assertTrue(self.verifies(device))
        store.remove(self.certificate(one))
        self.assertEqual((self.verifies(one), self.verifies(two), len(self.links())), (False, True, 1))
        with self.assertRaises(CloudError):
            store.remove(self.certificate(one))

    def test_a_renewed_certificate_wins_and_the_old_one_comes_back_with_its_removal(self):
        store, device = TrustStore(self.directory), Device(self.directory, "a")
        old = self.certificate(device)
        store.add(old, "a", "ENABLED")
        device.sign(days=60)
        new = self.certificate(device)
        self.assertTrue(store.add(new, "a", "ENABLED"))
        self.assertTrue(self.verifies(device))
        store.remove(new)
        self.assertFalse(self.verifies(device))
        device.certificate.write_text(old.pem)
        self.assertTrue(self.verifies(device))

    def test_the_same_certificate_twice_is_an_error_also_after_a_restart(self):
        certificate = self.certificate(Device(self.directory, "a"))
        TrustStore(self.directory).add(certificate, "a", "DISABLED")
        with self.assertRaises(AlreadyTrusted):
            TrustStore(self.directory).add(certificate, "b", "ENABLED")
        self.assertEqual(self.links(), [])

    def test_a_dangling_link_does_not_hide_a_certificate(self):
        store, device = TrustStore(self.directory), Device(self.directory, "a")
        store.add(self.certificate(device), "a", "ENABLED")
        link, = self.links()
        link.rename(link.with_suffix(".1"))
        link.symlink_to("missing.pem")
        rehash(store.directory)
        self.assertTrue(self.verifies(device))


class Signing(PartTest):
    def certificates(self) -> Certificates:
        return Certificates(self.directory, "host.example", "127.0.0.1")

    def request(self, device: Device) -> bytes:
        return base64.decodebytes(device.request())

    def test_the_authority_stays_and_the_server_certificate_is_new(self):
        first = self.certificates()
        authority, server = first.authority.read_text(), first.server(frozenset())[0].read_text()
        again = self.certificates()
        self.assertEqual(again.authority.read_text(), authority)
        self.assertNotEqual(again.server(frozenset())[0].read_text(), server)

    def test_keys_are_for_the_owner_alone_and_the_authority_for_everyone(self):
        before = os.umask(0o077)
        self.addCleanup(os.umask, before)
        certificates = self.certificates()
        _, key = certificates.server(frozenset())
        self.assertEqual(certificates.authority.stat().st_mode & 0o777, 0o644)
        self.assertEqual(key.stat().st_mode & 0o077, 0)
        self.assertEqual(key.parent.stat().st_mode & 0o077, 0)

    def test_a_request_is_signed_only_for_the_device_it_names(self):
        certificates, device = self.certificates(), Device(self.directory, "gateway")
        self.assertTrue(certificates.sign_device(self.request(device), "gateway"))
        self.assertTrue(certificates.sign_device(self.request(device), ""))
        for other in ("gateway2", "gate", "Gateway"):
            with self.assertRaises(BadCertificate):
                certificates.sign_device(self.request(device), other)

    def test_a_request_with_a_broken_signature_is_refused(self):
        request = bytearray(self.request(Device(self.directory, "gateway")))
        request[-1] ^= 1
        with self.assertRaises(BadCertificate):
            self.certificates().sign_device(bytes(request), "gateway")

    def test_a_certificate_is_read_with_text_around_it(self):
        device = Device(self.directory, "gateway")
        text = run("openssl", "x509", "-in", device.certificate, "-text").stdout
        self.assertEqual(DeviceCertificate.read("note\r\n" + text), self.certificate(device))
        self.assertTrue(self.certificate(device).is_authority)
        self.assertFalse(self.certificate(Device(self.directory, "leaf", "leaf")).is_authority)


class Requests(PartTest):
    def test_nothing_is_trusted_or_signed_without_credentials(self):
        def fail(*_: object):
            self.fail("called")

        api = API(self.tenant(), fail, fail)
        for path in ("/tenant/tenants/t1/trusted-certificates", "/.well-known/est/simpleenroll",
                     "/.well-known/est/simplereenroll"):
            self.assertEqual(api.answer(Request("POST", path, None, "application/json", b"{}")).status, 401)

    def test_a_query_does_not_change_what_is_asked_for(self):
        header = "Basic " + base64.b64encode(b"alice:secret").decode()
        answer = API(self.tenant(), None, None).answer(Request("GET", "/tenant/currentTenant?x=1", header, "", b""))
        self.assertEqual(answer.status, 200)


class Commanding(PartTest):
    def test_an_answer_and_an_error_come_back_over_a_path_of_any_length(self):
        directory = self.directory / ("d" * 200)
        directory.mkdir()

        def handle(request: dict) -> object:
            if request["do"] == "fail":
                raise CloudError("it failed")
            return [request["do"], threading.current_thread() is threading.main_thread()]

        control.ControlServer(directory, handle).start()
        self.assertEqual(control.ask(directory, {"do": "this"}), ["this", False])
        with self.assertRaisesRegex(CloudError, "it failed"):
            control.ask(directory, {"do": "fail"})
        with self.assertRaisesRegex(CloudError, "KeyError: 'do'"):
            control.ask(directory, {})


class BrokerLog(PartTest):
    def test_connections_are_those_of_devices_with_a_certificate(self):
        broker = Broker(self.directory, "127.0.0.1", 1)
        (self.directory / "broker.log").write_text(
            "1: New client connected from 127.0.0.1:1 as cloud-simulator (p2, c1, k60).\n"
            "1: New client connected from 127.0.0.1:2 as an id (p2) (p2, c1, k60, u'a 'quoted' name').\n"
            "1: OpenSSL Error[0]: error:0A000086:SSL routines::certificate verify failed\n")
        self.assertEqual(broker.connections(), [{"client": "an id (p2)", "device": "a 'quoted' name"}])
        self.assertEqual(broker.failed_handshakes(), ["certificate verify failed"])


if __name__ == "__main__":
    unittest.main()
