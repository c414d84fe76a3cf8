# tedge-demo-container: its bootstrap can be run any number of times.
passes tedge config set c8y.url "$CLOUD_HOST"
find_cloud
check test "$(tedge config list | grep '^c8y.url=')" = "c8y.url=$CLOUD_HOST"
passes tedge cert create --device-id demo-1
export C8Y_USER="$CLOUD_USER" C8Y_PASSWORD="$CLOUD_PASSWORD"
passes tedge cert upload c8y
for round in 1 2; do
    passes sh -c 'tedge connect c8y --test >/dev/null 2>&1 || tedge connect c8y'
done
# Another name for the same container.
passes tedge disconnect c8y
passes tedge cert remove
passes tedge config set c8y.device.id demo-2
passes tedge cert create --device-id demo-2
check test "$(tedge config get c8y.device.id)" = demo-2
passes tedge cert upload c8y
passes tedge reconnect c8y
