#!/bin/bash
# What an expert types to put a known device on Cumulocity, the two files being prepared; nothing is waited for.
# Runs inside the device. $1: directory of the two files, $2: device id, $3: device type.
set -e
health=te/device/main/service/mosquitto-c8y-bridge/status/health

cp "$1/tedge-mosquitto.conf" "$1/c8y-bridge.conf" /etc/tedge/mosquitto-conf/
systemctl restart mosquitto

# The first value may be the retained 0 of a bridge that is still connecting.
while read -r value; do
    [ "$value" = 1 ] && break
done < <(exec mosquitto_sub -t "$health")
kill $!
[ "$value" = 1 ]

mosquitto_rr -W 10 -t c8y/s/us -e c8y/s/e -m "100,$2,$3"

systemctl enable --now tedge-mapper-c8y
systemctl enable --now tedge-agent
