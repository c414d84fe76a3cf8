"""The device certificates a tenant trusts, and the directory in which the broker looks them up."""

import dataclasses
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path

from certificates import DeviceCertificate, rehash
from files import CloudError, read_json, write_atomically, write_json


class AlreadyTrusted(Exception):
    """The tenant has this certificate."""


@dataclass(frozen=True)
class TrustedCertificate:
    name: str
    status: str
    subject: str
    fingerprint: str
    pem: str


class TrustStore:
    """The trusted certificates below `DIR`; they outlive a stop and start in the same directory.

    Not for several threads at once.
    """

    def __init__(self, directory: Path):
        self.directory = directory / "trusted"
        self.directory.mkdir(exist_ok=True)
        self._file = directory / "trusted.json"
        self._device_authority: Path | None = None
        self._certificates = [TrustedCertificate(**fields) for fields in read_json(self._file, [])]

    @property
    def certificates(self) -> list[TrustedCertificate]:
        return list(self._certificates)

    def add(self, certificate: DeviceCertificate, name: str, status: str) -> bool:
        """Trusts `certificate`; true when the broker must forget an older one with the same subject first.

        OpenSSL finds the issuer of a self-signed certificate by its subject, takes the first with that name and
        keeps it: only the newest certificate of a subject is in the directory.
        """
        if any(known.fingerprint == certificate.fingerprint for known in self._certificates):
            raise AlreadyTrusted()
        renewed = any(known.subject == certificate.subject for known in self._enabled())
        self._certificates.append(
            TrustedCertificate(name, status, certificate.subject, certificate.fingerprint, certificate.pem))
        self._save()
        return renewed and status == "ENABLED"

    def remove(self, certificate: DeviceCertificate) -> None:
        """Trusts `certificate` no longer; the broker must forget it, too."""
        left = [known for known in self._certificates if known.fingerprint != certificate.fingerprint]
        if len(left) == len(self._certificates):
            raise CloudError("this certificate is not among the trusted ones")
        self._certificates = left
        self._save()

    def add_device_authority(self, authority: Path) -> None:
        """Trusts every certificate which that authority signs."""
        self._device_authority = authority
        self.write()

    def write(self) -> None:
        """Makes the directory match."""
        files = {known.subject: (known.fingerprint + ".pem", known.pem) for known in self._enabled()}
        wanted = dict(files.values())
        if self._device_authority is not None:
            wanted["device-authority.pem"] = self._device_authority.read_text()
        present = {path.name for path in self.directory.glob("*.pem")}
        for name in present - wanted.keys():
            (self.directory / name).unlink()
        for name in wanted.keys() - present:
            write_atomically(self.directory / name, wanted[name])
        if present != wanted.keys():
            rehash(self.directory)

    def _enabled(self) -> list[TrustedCertificate]:
        return [known for known in self._certificates if known.status == "ENABLED"]

    def _save(self) -> None:
        write_json(self._file, [dataclasses.asdict(known) for known in self._certificates])
        self.write()


def check_upload(certificate: DeviceCertificate) -> str | None:
    """Why a tenant refuses this certificate, if it does."""
    if not certificate.is_authority:
        return "the certificate is not one of an authority: basicConstraints lacks CA:TRUE"
    if certificate.not_after < datetime.now(timezone.utc):
        return f"the certificate expired on {certificate.not_after:%Y-%m-%d}"
    return None
