# tedge-rugpi-core: the first start of an image, and the check after its update.
ends 1 tedge cert show
passes tedge config set c8y.url "$CLOUD_HOST"
find_cloud
passes tedge cert create --device-id rugpi-1
passes tedge cert show
export C8Y_PASSWORD="$CLOUD_PASSWORD"
passes tedge cert upload c8y --user "$CLOUD_USER"
passes tedge connect c8y
passes tedge connect c8y --test
# Older spellings of keys that are not set: the script takes their absence for "no encryption".
for key in cafile keyfile certfile; do
    ends 1 tedge config get mqtt.client.auth.$key
    check test ! -s "$last/out"
done
