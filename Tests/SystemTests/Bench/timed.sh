#!/bin/bash
# Prints the seconds a command takes, as the device's clock sees it, after making sure that nothing of the last one is
# still going on; then looks whether the command did what it is for. Runs inside the device.
# $1: connected or disconnected, the state it must lead to; the rest: the command. The state is looked at, not trusted.
wanted=$1
shift
systemctl reset-failed mosquitto
systemctl is-active --quiet mosquitto || systemctl start mosquitto
until mosquitto_pub -t bench -m ready; do sleep 0.02; done
sleep 0.3

start=${EPOCHREALTIME/./}
"$@" >/tmp/bench.log 2>&1 </dev/null
status=$?
end=${EPOCHREALTIME/./}

connected() {
    [ -e /etc/tedge/mosquitto-conf/c8y-bridge.conf ] &&
        systemctl is-active --quiet mosquitto tedge-mapper-c8y tedge-agent &&
        systemctl is-enabled --quiet tedge-mapper-c8y tedge-agent
}
disconnected() {
    [ ! -e /etc/tedge/mosquitto-conf/c8y-bridge.conf ] && systemctl is-active --quiet mosquitto &&
        ! systemctl is-active --quiet tedge-mapper-c8y && ! systemctl is-enabled --quiet tedge-mapper-c8y
}
if [ $status -ne 0 ] || ! "$wanted"; then
    echo "bench: '$*' ended with status $status; $wanted: $("$wanted" && echo yes || echo no)" >&2
    cat /tmp/bench.log >&2
    exit 1
fi
echo $((end - start)) | sed 's/\(.*\)\(......\)$/\1.\2/; s/^\./0./'
