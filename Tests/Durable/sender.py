"""Sends numbers to the cloud with QoS 1, some a second, and prints each when mosquitto has confirmed it.

It sends again what was not confirmed, with a session of its own, as a program does that must lose nothing."""

import os
import sys
import time

sys.path.append("/usr/lib/python3/dist-packages")
import paho.mqtt.client as paho

END, PAUSE = f"{sys.argv[2]}/sender-ends", f"{sys.argv[2]}/sender-pauses"
pause = 1 / float(sys.argv[1])
numbers = {}


def confirmed(_client, _data, message):
    if message in numbers:
        print(numbers.pop(message), flush=True)


client = paho.Client(client_id="sender", clean_session=False)
client.on_publish = confirmed
client.max_inflight_messages_set(20)
client.reconnect_delay_set(1, 1)
client.connect("127.0.0.1", 1883)
client.loop_start()
number = 0
while not os.path.exists(END):
    number += 1
    numbers[client.publish("c8y/s/us", f"200,durable,n,{number}", qos=1).mid] = number
    time.sleep(pause)
    while os.path.exists(PAUSE):
        time.sleep(0.02)
deadline = time.monotonic() + 20
while numbers and time.monotonic() < deadline:
    time.sleep(0.1)
