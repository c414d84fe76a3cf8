# What every script begins with. It ends at the first command that does not end or print as expected, and says which.
set -eu
last=$(mktemp -d)
trap 'rm -rf "$last"' EXIT

# report WORDS: ends the script, and shows the last command.
report() {
    { echo "$*"; echo '--- stdout'; cat "$last/out"; echo '--- stderr'; cat "$last/err"; } >&2
    exit 1
}

# ends STATUS COMMAND...: the command ends with this status. What it prints is in $last/out and $last/err.
ends() {
    wanted=$1 status=0
    shift
    "$@" >"$last/out" 2>"$last/err" </dev/null || status=$?
    [ "$status" = "$wanted" ] || report "'$*' ended with $status, not $wanted."
}

# passes COMMAND...
passes() { ends 0 "$@"; }

# prints TEXT COMMAND...: the command succeeds, and prints this on stdout and nothing on stderr.
prints() {
    text=$1
    shift
    ends 0 "$@"
    [ "$(cat "$last/out")" = "$text" ] && [ ! -s "$last/err" ] || report "'$*' did not print '$text' alone."
}

# warned TEXT, said TEXT: the last command had this on stderr, or on stdout.
warned() { grep -qF -e "$1" "$last/err" || report "There is no '$1' on stderr."; }
said() { grep -qF -e "$1" "$last/out" || report "There is no '$1' on stdout."; }

# check COMMAND...: what holds now.
check() { "$@" || report "It does not hold: $*"; }

# The settings by which a device finds the stand-in cloud.
find_cloud() {
    tedge config set c8y.http "$CLOUD_HTTP"
    tedge config set c8y.mqtt "$CLOUD_MQTT"
    tedge config set c8y.root_cert_path "$CLOUD_ROOT"
}
