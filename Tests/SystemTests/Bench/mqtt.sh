#!/bin/bash
# Compares how many messages of 100 bytes 'tedge mqtt' and mosquitto's own clients publish and receive in a second, in
# turns, through one mosquitto on a free port. Prints a row for each direction and QoS; the median of the rounds counts.
# Ends with status 1 when a ratio is below the limit. Needs no root.
#
# usage: mqtt.sh [--tedge PATH] [--rounds N] [--messages N]
#   --tedge PATH    executable (default: .build/release/tedge)
#   --rounds N      how often each is run (default: 5)
#   --messages N    how many messages a round has, an even number (default: 100000)
set -eu
here=$(dirname "$(readlink -f "$0")")
tedge=$(dirname "$(dirname "$(dirname "$here")")")/.build/release/tedge
rounds=5 messages=100000
while [ $# -gt 0 ]; do
    [ $# -gt 1 ] || set -- --help ''
    case $1 in
        --tedge) tedge=$2 ;;
        --rounds) rounds=$2 ;;
        --messages) messages=$2 ;;
        *) sed -n '2,/^set /{s/^# \{0,1\}//p}' "$0" >&2 && exit 2 ;;
    esac
    shift 2
done

work=$(mktemp -d /tmp/tedge-bench-XXXXXX)
broker=
trap '[ -z "$broker" ] || { kill $broker; wait $broker || true; }; rm -rf "$work"' EXIT
trap 'exit 130' INT TERM HUP
export PATH=$PATH:/usr/sbin:/sbin TEDGE_CONFIG_DIR=$work/etc

port=$(/usr/bin/python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
mkdir "$work/etc"
printf '[mqtt.client]\nport = %s\n' "$port" >"$work/etc/tedge.toml"
# No message is dropped for want of room, and as many as each client likes are under way.
cat >"$work/mosquitto.conf" <<END
listener $port 127.0.0.1
allow_anonymous true
max_queued_messages 0
max_inflight_messages 1000
log_dest stderr
log_type subscribe
END
[ "$(id -u)" != 0 ] || echo 'user root' >>"$work/mosquitto.conf"
mosquitto -c "$work/mosquitto.conf" 2>>"$work/log" &
broker=$!
for ((i = 0; i < 100; i++)); do
    mosquitto_pub -p "$port" -t ready -n 2>/dev/null && break
    sleep 0.05
done
((i < 100)) || { echo 'bench: mosquitto does not start' >&2 && cat "$work/log" >&2 && exit 1; }
text=$(printf 'x%.0s' {1..100})
# mosquitto_pub numbers the lines in 16 bits and ends when the last number is acknowledged: at QoS 1 it cannot have more.
yes "$text" | head -n $((messages / 2)) >"$work/half" || true

# Waits until the broker has done with all clients.
connections() { ls "/proc/$broker/fd" | wc -l; }
sleep 0.2
idle=$(connections)
settle() { until [ "$(connections)" = "$idle" ]; do sleep 0.01; done; }

# $1: QoS. Each publishes all messages, or prints all it receives.
pub_mosquitto() {
    mosquitto_pub -p "$port" -t bench -q "$1" -l <"$work/half"
    mosquitto_pub -p "$port" -t bench -q "$1" -l <"$work/half"
}
pub_tedge() { "$tedge" mqtt pub bench "$text" -q "$1" --repeat "$messages" --sleep 0s; }
sub_mosquitto() { exec timeout 120 mosquitto_sub -p "$port" -t bench -q "$1" -C "$messages"; }
sub_tedge() { exec timeout 120 "$tedge" mqtt sub bench --no-topic -q "$1" -C "$messages"; }

# Prints the microseconds of a round. $1: pub or sub; $2: mosquitto or tedge; $3: QoS.
round() {
    local start subscriber seen
    settle
    if [ "$1" = pub ]; then
        start=${EPOCHREALTIME/./}
        "pub_$2" "$3"
    else
        seen=$(wc -l <"$work/log")
        "sub_$2" "$3" >"$work/received" &
        subscriber=$!
        until [ "$(wc -l <"$work/log")" -gt "$seen" ]; do sleep 0.01; done
        start=${EPOCHREALTIME/./}
        # The fastest publisher there is, for both.
        pub_tedge "$3"
        wait $subscriber
    fi
    echo $((${EPOCHREALTIME/./} - start))
    [ "$1" = pub ] || [ "$(grep -cx "$text" "$work/received")" = "$messages" ] || {
        echo "bench: of $messages messages $2 has not received all" >&2
        return 1
    }
}

median() { sort -n "$1" | awk '{ v[NR] = $1 } END { print (v[int((NR + 1) / 2)] + v[int(NR / 2) + 1]) / 2 }'; }

status=0
declare -A limits=([pub]=1.00 [sub]=1.10)
for direction in pub sub; do
    limit=${limits[$direction]}
    for qos in 0 1; do
        rm -f "$work/mosquitto" "$work/tedge"
        for ((i = 0; i < rounds; i++)); do
            if ((i % 2)); then order='tedge mosquitto'; else order='mosquitto tedge'; fi
            for one in $order; do round $direction $one $qos >>"$work/$one"; done
        done
        awk -v what="mqtt $direction, QoS $qos" -v theirs="$(median "$work/mosquitto")" -v ours="$(median "$work/tedge")" \
            -v name="mosquitto_$direction" -v messages="$messages" -v limit=$limit 'BEGIN {
            ratio = theirs / ours
            printf "%-20s %s %.0f/s  tedge %.0f/s  ratio %.2f  limit %s  %s\n", what, name, messages * 1e6 / theirs,
                messages * 1e6 / ours, ratio, limit, (limit <= ratio ? "ok" : "TOO SLOW")
            exit ratio < limit
        }' || status=1
    done
done
exit $status
