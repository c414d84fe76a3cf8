# meta-tedge: an image whose update is rolled back if the cloud cannot be reached afterwards. Its mosquitto has a listener already.
passes tedge init
passes tedge config set software.plugin.exclude '^(glibc|lib|kernel-|iptables-module).*'
prints '^(glibc|lib|kernel-|iptables-module).*' tedge config get software.plugin.exclude
passes tedge config set logs.path "$WORK/data/tedge/log"
passes tedge config set c8y.url "$CLOUD_HOST"
find_cloud
for key in mqtt.topic_root mqtt.device_topic_id data.path c8y.proxy.client.host; do passes tedge config get $key; done
passes tedge cert create --device-id firmware-1
export C8Y_PASSWORD="$CLOUD_PASSWORD"
passes tedge cert upload c8y --user "$CLOUD_USER"
passes tedge reconnect c8y
# What the verification decides on goes to its log, which is stderr.
passes sh -c 'tedge connect c8y --test >&2'
warned 'Connection check to c8y cloud is successful.'
passes tedge mqtt pub -q 1 -r te/device/main///cmd/health/check '{}'
passes tedge mqtt pub -q 1 -r te/device/main///cmd/health/check ''
# The new image cannot reach the cloud: its update is taken back.
cloud misbehave silent
ends 1 sh -c 'tedge connect c8y --test --timeout 1 >&2'
cloud misbehave none
passes sh -c 'tedge connect c8y --test >&2'
