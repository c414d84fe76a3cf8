# tedge-container-bundle: the start of a container. Its user is no root, tedge.toml and mappers are links into a directory that
# outlives the container, and no service is up before this script has ended. container-1 is registered with otp-container.
mkdir -p "$WORK/data/mappers"
mv "$TEDGE_CONFIG_DIR/tedge.toml" "$WORK/data/tedge.toml"
ln -s "$WORK/data/tedge.toml" "$TEDGE_CONFIG_DIR/tedge.toml"
ln -s "$WORK/data/mappers" "$TEDGE_CONFIG_DIR/mappers"
mv "$TEDGE_CONFIG_DIR/system.toml" "$WORK/system.toml"
sed 's/"available"/"not-available"/' "$WORK/system.toml" >"$TEDGE_CONFIG_DIR/system.toml"

passes tedge config upgrade
passes tedge refresh-bridges
for key in agent.state.path device.key_path device.cert_path c8y.auth_method c8y.credentials_path; do
    passes tedge config get "$key"
done
ends 1 tedge config get c8y.url
export TEDGE_C8Y_URL="$CLOUD_HOST"
find_cloud
prints "$CLOUD_HOST" tedge config get c8y.url
prints "$CLOUD_HTTP" tedge config get c8y.http
passes tedge config set device.id container-1
passes tedge cert download c8y --device-id container-1 --one-time-password otp-container --retry-every 5s --max-timeout 300s
prints container-1 tedge config get device.id

# Nothing can start the services yet: all is configured. The loop around the command tries again, and goes on all the same.
ends 4 tedge reconnect c8y
said 'you will have to start the required services on your own'
check test -s "$TEDGE_CONFIG_DIR/mosquitto-conf/c8y-bridge.conf"
check test -L "$TEDGE_CONFIG_DIR/tedge.toml"
check test -L "$TEDGE_CONFIG_DIR/mappers"
check grep -q container-1 "$WORK/data/tedge.toml"

# The next start, with services that can be started.
mv "$WORK/system.toml" "$TEDGE_CONFIG_DIR/system.toml"
passes tedge config upgrade
passes tedge refresh-bridges
passes tedge cert show
passes tedge reconnect c8y
check test -L "$TEDGE_CONFIG_DIR/tedge.toml"

# Its renewal asks who has issued the certificate, and its operations make a request for another authority.
check test "$(tedge cert show c8y | grep -c '^Issuer:.*CN=')" = 1
ends 1 tedge cert needs-renewal c8y
passes timeout 10 tedge mqtt pub te/device/main///e/certificate_renewal '{"text": "renewed"}'
csr=$(tedge config get device.csr_path)
passes tedge cert create-csr
check test -s "$csr"
rm -f "$csr"
passes tedge cert create-csr --device-id container-1
check test -s "$csr"

# The image for tests.
passes tedge disconnect c8y
passes tedge cert remove
ends 1 tedge cert show
passes tedge cert create --device-id container-2
export C8Y_USER="$CLOUD_USER" C8Y_PASSWORD="$CLOUD_PASSWORD"
passes tedge cert upload c8y
passes tedge connect c8y
