# The chart: a user without rights, settings from the environment, the broker in another pod, no service manager.
# pod-1 is registered with otp-pod.
rm -f "$TEDGE_CONFIG_DIR/system.toml" "$TEDGE_CONFIG_DIR/tedge.toml"
printf '[init]\nname = "none"\nis_available = ["/bin/false"]\n' >"$TEDGE_CONFIG_DIR/system.toml"
for verb in restart stop start enable disable is_active; do
    echo "$verb = [\"/bin/false\", \"{}\"]" >>"$TEDGE_CONFIG_DIR/system.toml"
done
export TEDGE_C8Y_URL="$CLOUD_HOST" TEDGE_C8Y_HTTP="$CLOUD_HTTP" TEDGE_C8Y_MQTT="$CLOUD_MQTT"
export TEDGE_C8Y_ROOT_CERT_PATH="$CLOUD_ROOT" TEDGE_MQTT_CLIENT_HOST=127.0.0.1 TEDGE_MQTT_CLIENT_PORT="$BROKER_PORT"
export TEDGE_MQTT_BIND_PORT="$BROKER_PORT" TEDGE_SUDO_ENABLE=false TEDGE_HTTP_CLIENT_HOST=127.0.0.1
export TEDGE_C8Y_PROXY_CLIENT_HOST=127.0.0.1
mkdir -p "$WORK/certificates"
export TEDGE_DEVICE_CERT_PATH="$WORK/certificates/tedge.crt" TEDGE_DEVICE_KEY_PATH="$WORK/certificates/tedge.key"
ends 1 tedge cert show
passes tedge cert download c8y --device-id pod-1 --one-time-password otp-pod --retry-every 10s
passes tedge cert show
ends 1 tedge cert needs-renewal c8y
check test ! -e "$TEDGE_CONFIG_DIR/tedge.toml"
# One that is due is renewed, and what becomes of it is not looked at.
due() { TEDGE_CERTIFICATE_VALIDITY_MINIMUM_DURATION=3650d "$@"; }
passes due tedge cert needs-renewal c8y
TEDGE_C8Y_PROXY_CLIENT_PORT="$CLOUD_PROXY_PORT" passes due tedge cert renew
# Nothing is started here, so that nothing is proven: the broker's pod reads the files.
ends 4 tedge reconnect c8y
check test -s "$TEDGE_CONFIG_DIR/mosquitto-conf/c8y-bridge.conf"
# A start of the next image: nothing has changed, so that there is nothing to restart.
passes tedge refresh-bridges
passes tedge disconnect c8y
ends 4 tedge connect c8y
# What the container goes on with is of thin-edge.io's program.
ends 2 tedge run all c8y
warned "'tedge run' belongs to thin-edge.io"
