"""One tenant: its user, its devices, its tokens, and what it remembers of requests and messages."""

import base64
import binascii
import collections
import hashlib
import hmac
import json
import os
import threading
import time
from pathlib import Path

from files import read_json, write_json

#: How many requests and failed handshakes are remembered.
REMEMBERED = 1000
#: How long a device token is good for.
TOKEN_SECONDS = 3600


class Tenant:
    """Safe for several threads. Devices and registrations outlive a stop and start in the same directory."""

    def __init__(self, directory: Path, host_name: str, name: str, user: str, password: str):
        self.host_name = host_name
        self.name = name
        self.user = user
        self._password = password
        self._file = directory / "devices.json"
        self._lock = threading.Lock()
        known = read_json(self._file, {"devices": {}, "registered": {}})
        self._devices: dict[str, dict] = known["devices"]
        self._registered: dict[str, str] = known["registered"]
        self._requests: collections.deque = collections.deque(maxlen=REMEMBERED)
        self._failed_handshakes: collections.deque = collections.deque(maxlen=REMEMBERED)
        self._messages: collections.Counter = collections.Counter()
        self._secret = os.urandom(32)
        self._last_device = ""

    # Users

    def accepts(self, credentials: tuple[str, str] | None) -> bool:
        """Whether this is the user, with or without the tenant in front, and the password."""
        if credentials is None:
            return False
        user, password = (part.encode() for part in credentials)
        known = [name.encode() for name in (self.user, f"{self.name}/{self.user}")]
        return user in known and hmac.compare_digest(password, self._password.encode())

    # Devices

    def create_device(self, device_id: str, device_type: str) -> bool:
        """Remembers the device; false when it was known before."""
        with self._lock:
            self._last_device = device_id
            if device_id in self._devices:
                return False
            number = 1000 + len(self._devices)
            self._devices[device_id] = {"id": device_id, "type": device_type, "number": str(number)}
            self._save()
            return True

    def device_number(self) -> str:
        """What message 124 answers: the number of the device that was last heard of."""
        with self._lock:
            return self._devices.get(self._last_device, {}).get("number", "1000")

    def number(self, device_id: str) -> str | None:
        """The number of a device; None if there is none."""
        with self._lock:
            return self._devices.get(device_id, {}).get("number")

    def forget(self) -> None:
        """Knows no device any more; trusted certificates and registrations stay."""
        with self._lock:
            self._devices.clear()
            self._last_device = ""
            self._save()

    def register(self, device_id: str, one_time_password: str) -> None:
        """Lets the device enrol once with this password."""
        with self._lock:
            self._registered[device_id] = one_time_password
            self._save()

    def is_registered(self, credentials: tuple[str, str] | None) -> bool:
        with self._lock:
            return credentials is not None and self._registered.get(credentials[0]) == credentials[1]

    def enrolled(self, device_id: str) -> None:
        """The one-time password of the device is spent."""
        with self._lock:
            self._registered.pop(device_id, None)
            self._save()

    # Tokens

    def token(self, issuer: str | None = None) -> str:
        """A JSON Web Token as message 71 carries it: three parts, base64url without padding."""
        now = int(time.time())
        issuer = issuer or self.host_name
        claims = {
            "iss": issuer, "aud": issuer, "sub": f"device_{self._last_device}", "ten": self.name, "tfa": False,
            "iat": now, "nbf": now, "exp": now + TOKEN_SECONDS,
        }
        text = ".".join(_encode(json.dumps(part).encode()) for part in ({"alg": "HS256", "typ": "JWT"}, claims))
        return f"{text}.{self._signature(text)}"

    def issued(self, token: str) -> bool:
        """Whether `token` is one of ours and still good."""
        text, _, signature = token.rpartition(".")
        if not hmac.compare_digest(signature.encode(), self._signature(text).encode()):
            return False
        claims = json.loads(base64.urlsafe_b64decode(text.split(".")[1] + "=="))
        return claims["iss"] == self.host_name and claims["exp"] > time.time()

    def _signature(self, text: str) -> str:
        return _encode(hmac.new(self._secret, text.encode(), hashlib.sha256).digest())

    # What happened

    def heard(self, topic: str) -> None:
        with self._lock:
            self._messages[topic] += 1

    def requested(self, **facts: object) -> None:
        with self._lock:
            self._requests.append(facts)

    def handshake_failed(self, reason: str) -> None:
        with self._lock:
            self._failed_handshakes.append(reason)

    def report(self) -> dict:
        with self._lock:
            return {
                "devices": list(self._devices.values()),
                "registered": sorted(self._registered),
                "requests": list(self._requests),
                "failed_https_handshakes": list(self._failed_handshakes),
                "messages": dict(self._messages),
            }

    def _save(self) -> None:
        write_json(self._file, {"devices": self._devices, "registered": self._registered})


def basic_credentials(header: str | None) -> tuple[str, str] | None:
    """User and password of an `Authorization: Basic` header; the password may contain colons."""
    scheme, _, value = (header or "").strip().partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        user, colon, password = base64.b64decode(value.strip(), validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return (user, password) if colon else None


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
