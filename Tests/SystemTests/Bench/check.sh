#!/bin/bash
# Times, in turns, the round trip of mosquitto_rr, the start of tedge, and tedge's connection check on a connected device.
# Prints the seconds of each, one round a line. Runs inside the device. $1: device id, $2: device type, $3: rounds.
set -e
seconds() {
    local start end
    # The stand-in's own connection acknowledges its last answer after up to 40 ms; nobody shall wait for that.
    sleep 0.1
    start=${EPOCHREALTIME/./}
    "$@" >/dev/null
    end=${EPOCHREALTIME/./}
    printf '%d.%06d ' $(((end - start) / 1000000)) $(((end - start) % 1000000))
}
until [ "$(mosquitto_sub -W 5 -C 1 -t te/device/main/service/mosquitto-c8y-bridge/status/health)" = 1 ]; do :; done
for ((i = 0; i < $3; i++)); do
    seconds mosquitto_rr -W 10 -t c8y/s/us -e c8y/s/e -m "100,$1,$2"
    seconds tedge config get c8y.url
    seconds tedge connect c8y --test
    echo
done
