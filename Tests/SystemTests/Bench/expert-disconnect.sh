#!/bin/bash
# What an expert types to take a device off Cumulocity. Runs inside the device.
set -e
rm /etc/tedge/mosquitto-conf/c8y-bridge.conf
systemctl restart mosquitto
systemctl disable --now tedge-mapper-c8y
systemctl disable --now tedge-agent
