# c8y-tedge: a script on another machine sends each line over ssh: no terminal, an empty environment but for what it sets.
passes env -i "PATH=$PATH" tedge --version
passes env -i "PATH=$PATH" tedge cert download c8y --help
said '--one-time-password'
ends 1 tedge connect c8y --test
passes tedge disconnect c8y
passes tedge config set c8y.url "$CLOUD_HOST"
find_cloud
passes tedge cert create --device-id ssh-1
check test "$(tedge cert show | grep -c Thumbprint)" = 1
passes tedge connect c8y --offline
export C8Y_PASSWORD="$CLOUD_PASSWORD"
passes tedge cert upload c8y --user "$CLOUD_USER"
# The script finds out where the commands of the system are, and hands that on to sudo.
passes env -i "PATH=$PATH" "TEDGE_CONFIG_DIR=$TEDGE_CONFIG_DIR" tedge reconnect c8y
passes tedge connect c8y --test
passes tedge config unset mqtt.bind.address
passes tedge reconnect c8y
