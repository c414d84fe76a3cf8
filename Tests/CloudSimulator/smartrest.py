"""The client behind the broker: answers what devices of the three clouds ask."""

import csv
import json
import threading

import paho.mqtt.client as paho

import apart
from files import CloudError
from misbehaviour import Misbehaviours
from tenant import Tenant

#: How late a slow cloud answers.
SLOW_SECONDS = 3
#: What the broker would send us back of our own.
ANSWERS = ("s/e", "s/ds", "s/dat")
TWIN_REQUEST = "$iothub/twin/GET/"
TWIN_ANSWER = "$iothub/twin/res/"
TWIN = {"desired": {"$version": 1}, "reported": {"$version": 1}}
#: The host in the tokens of another tenant.
OTHER_TENANT = "other-tenant.cumulocity.com"


class Responder:
    """One connection to the broker's inner port."""

    def __init__(self, tenant: Tenant):
        self.misbehaviours = Misbehaviours()
        self._tenant = tenant
        self._client: paho.Client | None = None

    def connect(self, port: int) -> None:
        """Returns when every request from now on is seen."""
        subscribed = threading.Event()
        client = paho.Client(client_id="cloud-simulator", clean_session=True, protocol=paho.MQTTv311)
        client.on_connect = lambda *_: client.subscribe([(topic, 0) for topic in ("#", "$iothub/#", "$aws/#")])
        client.on_subscribe = lambda *_: subscribed.set()
        client.on_message = lambda _client, _data, message: self._heard(message)
        try:
            client.connect("127.0.0.1", port)
        except OSError as error:
            raise CloudError(f"the broker does not answer: {error}") from error
        client.loop_start()
        self._client = client
        if not subscribed.wait(5):
            raise CloudError("the broker does not confirm the subscription")

    def disconnect(self) -> None:
        if self._client is not None:
            self._client.disconnect()
            self._client.loop_stop()
            self._client = None

    def _heard(self, message: paho.MQTTMessage) -> None:
        place, topic = apart.split(message.topic)
        if topic in ANSWERS or topic.startswith(TWIN_ANSWER):
            return
        self._tenant.heard(message.topic)
        answers = self._answers(topic, message.payload.decode(errors="replace"))
        answers = [(place + answer, payload) for answer, payload in answers]
        if self.misbehaviours.mqtt("silent"):
            return
        if self.misbehaviours.mqtt("slow"):
            timer = threading.Timer(SLOW_SECONDS, self._publish, [answers])
            timer.daemon = True
            timer.start()
        else:
            self._publish(answers)

    def _publish(self, answers: list[tuple[str, str]]) -> None:
        client = self._client
        for topic, payload in answers if client is not None else []:
            client.publish(topic, payload)

    def _answers(self, topic: str, payload: str) -> list[tuple[str, str]]:
        """Topics and payloads that answer a message; also where nobody gets them, a device is created."""
        if topic == "s/us":
            return [answer for row in csv.reader(payload.splitlines()) for answer in self._smartrest(row)]
        if topic == "s/uat":
            other = self.misbehaviours.mqtt("other-tenant")
            return [("s/dat", f"71,{self._tenant.token(OTHER_TENANT if other else None)}")]
        if topic.startswith(TWIN_REQUEST):
            return self._twin(topic.removeprefix(TWIN_REQUEST))
        return []

    def _twin(self, request: str) -> list[tuple[str, str]]:
        """Answers `?$rid=NUMBER` with a status; only 200 brings the twin."""
        does = self.misbehaviours.mqtt
        if does("other-twin"):
            request += "0"
        for name, status in (("twin-not-found", 404), ("twin-error", 500)):
            if does(name):
                return [(f"{TWIN_ANSWER}{status}/{request}", "")]
        return [(f"{TWIN_ANSWER}200/{request}", json.dumps(TWIN))]

    def _smartrest(self, row: list[str]) -> list[tuple[str, str]]:
        """100 creates a device and is answered only where it exists; 123 asks for its number."""
        if row[:1] == ["100"]:
            device_id, device_type = (row[1:] + ["", ""])[:2]
            known = not self._tenant.create_device(device_id, device_type)
            return [("s/e", "41,100,Device already existing")] if known else []
        if row[:1] == ["123"]:
            return [("s/ds", f"124,{self._tenant.device_number()}")]
        return []
