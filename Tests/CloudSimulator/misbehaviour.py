"""What the simulated cloud can do wrong, and where."""

from dataclasses import dataclass

from files import CloudError

#: Server certificates that a device must not accept; for HTTPS and MQTT.
CERTIFICATES = ("expired", "not-yet-valid", "other-host", "unknown-authority")
#: Only the MQTT side.
MQTT = (
    "silent", "other-tenant", "untrusted", "unregistered", "twin-not-found", "twin-error", "other-twin",
    "other-reflection", "filtered",
)
#: Only the HTTPS side.
HTTPS = (
    "refuse-credentials", "forbid", "conflict", "not-found", "server-error", "redirect",
    "not-http", "not-json", "no-name", "chunked", "no-length",
)
#: Both sides.
BOTH = ("slow", "cut")

#: The words after the colon: one side, or one method of the HTTPS side.
SCOPES = ("mqtt", "https", "get", "post")
#: The method a misbehaviour is about, where none is given.
USUAL_METHOD = {"forbid": "post", "conflict": "post", "no-name": "get"}

ALL = (*MQTT, *HTTPS, *BOTH, *CERTIFICATES)


def allowed_scopes(name: str) -> tuple[str, ...]:
    if name in CERTIFICATES:
        return ("mqtt", "https")
    if name in MQTT:
        return ("mqtt",)
    return ("https", "get", "post") if name in HTTPS else SCOPES


@dataclass(frozen=True)
class Misbehaviours:
    """A set of `name` or `name:scope`, as `--misbehave` takes them."""

    chosen: frozenset[tuple[str, str]] = frozenset()

    @staticmethod
    def parse(words: list[str]) -> "Misbehaviours":
        """Reads comma lists; `none` alone is the empty set."""
        chosen: set[tuple[str, str]] = set()
        items = [item.strip() for word in words for item in word.split(",") if item.strip()]
        if items == ["none"]:
            return Misbehaviours()
        for item in items:
            name, _, scope = item.partition(":")
            if name not in ALL:
                raise CloudError(f"unknown misbehaviour '{name}'; choose from: {', '.join(sorted(ALL))}, or none alone")
            scopes = allowed_scopes(name)
            if ":" in item and scope not in scopes:
                raise CloudError(f"'{name}' cannot be limited to '{scope}'; choose from: {', '.join(scopes)}")
            chosen.add((name, scope))
        return Misbehaviours(frozenset(chosen))

    def mqtt(self, name: str) -> bool:
        """Whether the MQTT side does `name`."""
        return "mqtt" in allowed_scopes(name) and bool({(name, ""), (name, "mqtt")} & self.chosen)

    def https(self, name: str, method: str = "") -> bool:
        """Whether the HTTPS side does `name`; with `method`, on a request of that kind."""
        if name in MQTT:
            return False
        method = method.lower()
        scopes = {"https"} | ({method} if method else set())
        if USUAL_METHOD.get(name, method) == method:
            scopes.add("")
        return any((name, scope) in self.chosen for scope in scopes)

    def certificates(self, side: str) -> frozenset[str]:
        """The faults of the server certificate that `mqtt` or `https` shows."""
        does = self.mqtt if side == "mqtt" else self.https
        return frozenset(name for name in CERTIFICATES if does(name))

    def words(self) -> list[str]:
        """The set as `--misbehave` takes it, sorted."""
        return sorted(f"{name}:{scope}" if scope else name for name, scope in self.chosen)
