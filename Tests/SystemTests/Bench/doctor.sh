#!/bin/bash
# Prints the seconds until the first line of the doctor's report on a healthy device, and until its end, one round a line.
# Runs inside the device. $1: rounds.
set -e
for ((i = 0; i < $1; i++)); do
    start=${EPOCHREALTIME/./}
    first=
    # It ends with 1 if it finds a problem; then there is nothing to compare.
    exec 3< <(tedge doctor c8y && echo healthy)
    while read -r line <&3; do
        last=$line
        [ -n "$first" ] || first=$((${EPOCHREALTIME/./} - start))
    done
    end=$((${EPOCHREALTIME/./} - start))
    [ "$last" = healthy ] || { tedge doctor c8y >&2 && exit 1; }
    awk "BEGIN { print $first / 1e6, $end / 1e6 }"
done
