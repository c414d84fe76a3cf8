"""Keeps devices apart on one broker: each has all topics for itself, as in the real cloud, below a prefix that it does not see.

Packets are those of MQTT 3.1 and 3.1.1, whole, as `gate` splits them.
"""

import struct

#: mosquitto allows a device what begins with this and its own name.
PREFIX = "apart/"
PUBLISH, SUBSCRIBE, UNSUBSCRIBE = 3, 8, 10


def place_of(device: str) -> str:
    """Where the topics of a device are. A name with characters that mean something in a topic is a ValueError."""
    if not device or any(sign in device for sign in "/+#"):
        raise ValueError(f"the name '{device}' can be no part of a topic")
    return f"{PREFIX}{device}/"


def split(topic: str) -> tuple[str, str]:
    """The place of a topic, empty if it is in none, and the topic as the device sees it."""
    if not topic.startswith(PREFIX):
        return "", topic
    device, _, rest = topic.removeprefix(PREFIX).partition("/")
    return place_of(device), rest


def moved_in(packet: bytes, place: str) -> bytes:
    """What the device sent, with its topics in its place."""
    kind, body = packet[0] >> 4, packet[1 + _length_size(packet):]
    prefix = place.encode()
    if kind == PUBLISH:
        topic, rest = _field(body)
        return _packet(packet[0], _packed(prefix + topic) + rest)
    if kind not in (SUBSCRIBE, UNSUBSCRIBE):
        return packet
    parts, rest = [body[:2]], body[2:]
    while rest:
        topic, rest = _field(rest)
        parts.append(_packed(prefix + topic))
        if kind == SUBSCRIBE:
            parts.append(rest[:1])
            rest = rest[1:]
    return _packet(packet[0], b"".join(parts))


def moved_out(packet: bytes, place: str) -> bytes:
    """What the broker sent, as the device sees it."""
    if packet[0] >> 4 != PUBLISH:
        return packet
    topic, rest = _field(packet[1 + _length_size(packet):])
    return _packet(packet[0], _packed(topic.removeprefix(place.encode())) + rest)


def length(number: int) -> bytes:
    """The remaining length of a packet (MQTT 3.1.1, 2.2.3)."""
    found = bytearray()
    while True:
        number, digit = divmod(number, 128)
        found.append(digit | (0x80 if number else 0))
        if not number:
            return bytes(found)


def _length_size(packet: bytes) -> int:
    return next(index for index, byte in enumerate(packet[1:5], 1) if not byte & 0x80)


def _packet(first: int, body: bytes) -> bytes:
    return bytes([first]) + length(len(body)) + body


def _field(data: bytes) -> tuple[bytes, bytes]:
    size, = struct.unpack(">H", data[:2])
    return data[2:2 + size], data[2 + size:]


def _packed(field: bytes) -> bytes:
    return struct.pack(">H", len(field)) + field
