# An industrial router: the system is read-only, so that everything is below one directory, mosquitto's include_dir too.
D=$WORK/app
export TEDGE_CONFIG_DIR="$D/etc/tedge"
passes tedge config set logs.path "$D/log"
passes tedge config set data.path "$D/data"
passes tedge init --user "$(id -un)" --group "$(id -gn)"
check test -d "$D/log"
check test -d "$D/data"
check test -d "$TEDGE_CONFIG_DIR/mosquitto-conf"
cp "$SYSTEM_TOML" "$TEDGE_CONFIG_DIR/system.toml"
echo "include_dir $TEDGE_CONFIG_DIR/mosquitto-conf" >"$BROKER_CONFIGURATION"
passes tedge config set mqtt.bind.port "$BROKER_PORT"
passes tedge config set mqtt.client.port "$BROKER_PORT"
ends 1 tedge cert show
passes tedge cert create --device-id router-1
ends 1 tedge config get c8y.url
passes tedge config set c8y.url "$CLOUD_HOST"
passes tedge config get c8y.url
find_cloud
export C8Y_USER="$CLOUD_USER" C8Y_PASSWORD="$CLOUD_PASSWORD"
passes tedge cert upload c8y
passes tedge connect c8y
passes tedge connect c8y --test
passes tedge disconnect c8y
