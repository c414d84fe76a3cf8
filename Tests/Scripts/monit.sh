# tedge-monit-setup: programs that monit runs every few seconds, each with a limit of time.
check test -z "$(timeout 5 tedge config get c8y.url 2>/dev/null)"
passes tedge config set c8y.url "$CLOUD_HOST"
find_cloud
check test -n "$(timeout 5 tedge config get c8y.url)"
passes tedge config list
said "c8y.url=$CLOUD_HOST"
for cloud in c8y az aws; do ends 1 timeout 60 tedge connect $cloud --test; done
passes tedge cert create --device-id monit-1
export C8Y_PASSWORD="$CLOUD_PASSWORD"
passes tedge cert upload c8y --user "$CLOUD_USER"
passes timeout 60 tedge reconnect c8y
passes timeout 60 tedge connect c8y --test
passes tedge mqtt pub -r -q 1 te/monit '{"pid": 1}'
# The probe listens until it is ended.
ends 124 timeout 1 tedge mqtt sub '#'
said '[te/monit] {"pid": 1}'
passes tedge mqtt pub -r -q 1 te/monit ''
