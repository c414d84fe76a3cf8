# tedge-standalone: everything below one directory, with a start script of its own.
prints "$(tedge --version | cut -d' ' -f2)" sh -c 'tedge --version | cut -d" " -f2'
check test -n "$(tedge --version | cut -d' ' -f2)"
passes tedge init
passes tedge init --user "$(id -un)" --group "$(id -gn)"
passes tedge config set c8y.auth_method certificate
passes tedge config set c8y.auth_method basic
passes tedge config set c8y.auth_method certificate
check test -z "$(tedge config get c8y.url 2>/dev/null)"
passes tedge config set c8y.url "$CLOUD_HOST"
find_cloud
passes tedge config set device.id standalone-1
passes tedge cert create --device-id standalone-1
C8Y_PASSWORD="$CLOUD_PASSWORD"
export C8Y_PASSWORD
passes tedge cert upload c8y --user "$CLOUD_USER"
said 'Certificate uploaded successfully.'
export C8Y_USER="$CLOUD_USER"
passes tedge cert upload c8y --user ''
passes tedge config upgrade
passes tedge refresh-bridges
passes tedge reconnect c8y
passes tedge reconnect c8y --offline
passes tedge connect c8y --test
prints '' tedge mqtt pub --qos 1 te/device/main///e/startup '{"text": "started"}'
passes tedge disconnect c8y

# The same device by its one-time password.
passes tedge cert remove
cloud register standalone-1 otp-standalone
passes tedge cert download c8y --device-id standalone-1 --one-time-password otp-standalone --retry-every 5s --max-timeout 300s
passes tedge reconnect c8y
