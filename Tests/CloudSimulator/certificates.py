"""Keys and certificates, made and read by the `openssl` command."""

import hashlib
import ipaddress
import os
import re
import ssl
import subprocess
import threading
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path

from files import CloudError, find_program, write_atomically

CONFIGURATION = """\
[req]
distinguished_name = name
string_mask = utf8only
[name]
[authority]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
[server]
basicConstraints = critical,CA:FALSE
extendedKeyUsage = serverAuth
subjectAltName = {names}
[other_host]
basicConstraints = critical,CA:FALSE
extendedKeyUsage = serverAuth
subjectAltName = DNS:other-host.invalid
[device]
basicConstraints = critical,CA:FALSE
extendedKeyUsage = clientAuth
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
"""

#: `openssl ca` is the one command of OpenSSL 3.0 that sets both ends of the validity.
DATED_CONFIGURATION = """\
[ca]
default_ca = dated
[dated]
database = {folder}/index.txt
new_certs_dir = {folder}
rand_serial = yes
unique_subject = no
default_md = sha256
policy = any
[any]
commonName = supplied
"""

NEW_KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
PEM_BLOCK = re.compile(r"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.DOTALL)


class BadCertificate(Exception):
    """A certificate or a request for one that the cloud does not take; the text says why."""


@dataclass(frozen=True)
class DeviceCertificate:
    """What a tenant keeps of a certificate."""

    pem: str
    fingerprint: str
    subject: str
    issuer: str
    serial: str
    not_before: datetime
    not_after: datetime
    is_authority: bool

    @staticmethod
    def read(text: str) -> "DeviceCertificate":
        """Reads exactly one PEM certificate."""
        blocks = PEM_BLOCK.findall(text)
        if len(blocks) != 1:
            raise BadCertificate(f"expected one certificate in PEM format, got {len(blocks)}")
        pem = blocks[0] + "\n"
        try:
            der = ssl.PEM_cert_to_DER_cert(pem)
        except ValueError as error:
            raise BadCertificate("the certificate is not base64") from error
        wanted = ["-subject", "-issuer", "-serial", "-startdate", "-enddate", "-ext", "basicConstraints"]
        options = ["-nameopt", "RFC2253", "-dateopt", "iso_8601"]
        answer = _openssl(["x509", "-noout", *wanted, *options], pem.encode(), check=False)
        if answer is None:
            raise BadCertificate("the certificate cannot be read")
        lines = answer.decode(errors="replace").splitlines()
        fields = dict(line.split("=", 1) for line in lines if "=" in line)
        return DeviceCertificate(
            pem, hashlib.sha1(der).hexdigest(), fields["subject"].strip(), fields["issuer"].strip(),
            fields["serial"].strip(), _date(fields["notBefore"]), _date(fields["notAfter"]),
            any("CA:TRUE" in line for line in lines if "=" not in line),
        )


class Certificates:
    """The authorities of one simulated cloud and what they sign, below `DIR`."""

    def __init__(self, directory: Path, host_name: str, address: str):
        self.authority = directory / "ca.pem"
        self.device_authority = directory / "device-ca.pem"
        self._folder = directory / "pki"
        self._folder.mkdir(mode=0o700, exist_ok=True)
        self._host_name = host_name
        names = _alternative_names([host_name, "localhost", "127.0.0.1", address])
        self._configuration = self._folder / "openssl.cnf"
        write_atomically(self._configuration, CONFIGURATION.format(names=names))
        self._made: dict[frozenset[str], Path] = {}
        self._lock = threading.Lock()
        self._authority(self.authority, "Cloud simulator authority")

    def server(self, faults: frozenset[str]) -> tuple[Path, Path]:
        """The certificate with these faults and its key. Made on first use; a new one for each start."""
        with self._lock:
            if faults not in self._made:
                self._made[faults] = self._make_server(faults)
            certificate = self._made[faults]
        return certificate, certificate.with_suffix(".key")

    def ensure_device_authority(self) -> Path:
        """The authority that signs enrolled devices; made on first use."""
        with self._lock:
            self._authority(self.device_authority, "Cloud simulator devices")
        return self.device_authority

    def sign_device(self, request: bytes, device_id: str) -> bytes:
        """Signs a DER request for `device_id`, or for whom it names where that is empty; the answer is a DER PKCS#7
        with the certificate alone."""
        names = ["-subject", "-nameopt", "multiline,utf8,-esc_msb"]
        subject = _openssl(["req", "-inform", "DER", "-noout", *names], request, check=False)
        if subject is None:
            raise BadCertificate("the body is not a certificate signing request")
        common = re.search(r"^\s*commonName\s*= (.*)$", subject.decode(errors="replace"), re.MULTILINE)
        if common is None or common[1] != (device_id or common[1]):
            raise BadCertificate(f"the request does not name the device {device_id}")
        authority = self.ensure_device_authority()
        signer = ["-CA", str(authority), "-CAkey", str(self._key(authority))]
        extensions = ["-extfile", str(self._configuration), "-extensions", "device"]
        serial = "0x" + (b"\x01" + os.urandom(15)).hex()
        certificate = _openssl(
            ["x509", "-req", "-inform", "DER", "-days", "365", "-set_serial", serial, *signer, *extensions],
            request, check=False)
        if certificate is None:
            raise BadCertificate("the request is not signed with the key it is for")
        return _openssl(["crl2pkcs7", "-nocrl", "-certfile", "/dev/stdin", "-outform", "DER"], certificate)

    @staticmethod
    def name_and_serial(signed: bytes) -> tuple[str, int]:
        """The common name and the serial number of what `sign_device` answered."""
        certificate = DeviceCertificate.read(_openssl(["pkcs7", "-inform", "DER", "-print_certs"], signed).decode())
        name = re.search(r"(?:^|,)CN=((?:[^,\\]|\\.)*)", certificate.subject)
        return name[1] if name else "", int(certificate.serial, 16)

    def _key(self, authority: Path) -> Path:
        return self._folder / (authority.stem + ".key")

    def _authority(self, certificate: Path, name: str) -> None:
        if not certificate.exists():
            self._request("authority", name, self._key(certificate), certificate, ["-x509", "-days", "3650"])
            certificate.chmod(0o644)  # Devices read it, whatever the umask here is.

    def _make_server(self, faults: frozenset[str]) -> Path:
        certificate = self._folder / ("-".join(["server", *sorted(faults)]) + ".pem")
        key = certificate.with_suffix(".key")
        authority = self.authority
        if "unknown-authority" in faults:
            authority = self._folder / "unknown.pem"
            self._authority(authority, "Nobody knows this authority")
        section, name = ("other_host", "other-host.invalid") if "other-host" in faults else ("server", self._host_name)
        signer = ["-CA", str(authority), "-CAkey", str(self._key(authority))]
        if not faults & {"expired", "not-yet-valid"}:
            self._request(section, name, key, certificate, ["-x509", "-days", "365", *signer])
            return certificate
        year = 2020 if "expired" in faults else datetime.now(timezone.utc).year + 10
        request, dated = certificate.with_suffix(".csr"), self._folder / "dated.cnf"
        self._request(section, name, key, request, ["-new"])
        write_atomically(dated, DATED_CONFIGURATION.format(folder=self._folder))
        (self._folder / "index.txt").write_text("")
        _openssl([
            "ca", "-batch", "-notext", "-config", str(dated), "-extfile", str(self._configuration), "-extensions",
            section, "-cert", str(authority), "-keyfile", str(self._key(authority)), "-startdate",
            f"{year}0101000000Z", "-enddate", f"{year}0201000000Z", "-in", str(request), "-out", str(certificate)])
        return certificate

    def _request(self, section: str, name: str, key: Path, output: Path, options: list[str]) -> None:
        extensions = ["-extensions", section] if "-x509" in options else []
        # A common name holds 64 characters at most; where the host name is longer, the alternative names count.
        _openssl([
            "req", *options, "-config", str(self._configuration), *extensions, *NEW_KEY, "-keyout", str(key), "-out",
            str(output), "-subj", "/CN=" + name[:64].replace("\\", "\\\\").replace("/", "\\/")])


def rehash(directory: Path) -> None:
    """Makes the links by which OpenSSL finds the certificates in `directory`."""
    for path in directory.iterdir():
        if path.is_symlink() and not path.exists():
            path.unlink()  # `rehash` keeps it, and a certificate behind it is not found.
    _openssl(["rehash", str(directory)])


def _openssl(arguments: list[str], data: bytes = b"", check: bool = True) -> bytes | None:
    """Runs `openssl`; without `check` a failure is None."""
    done = subprocess.run([find_program("openssl", "openssl"), *arguments], input=data, capture_output=True)
    if done.returncode == 0:
        return done.stdout
    if check:
        raise CloudError(f"openssl {arguments[0]} failed: {done.stderr.decode(errors='replace').strip()}")
    return None


def _alternative_names(hosts: list[str]) -> str:
    names = []
    for host in hosts:
        try:
            names.append(f"IP:{ipaddress.ip_address(host)}")
        except ValueError:
            names.append(f"DNS:{host}")
    return ",".join(dict.fromkeys(names))


def _date(text: str) -> datetime:
    return datetime.strptime(text.strip(), "%Y-%m-%d %H:%M:%SZ").replace(tzinfo=timezone.utc)
