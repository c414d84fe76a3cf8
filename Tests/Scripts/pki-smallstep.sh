# tedge-pki-smallstep: certificates of a small authority for everything between the components on one device.
for pair in "device.key_path $WORK/pki/tedge.key" "device.cert_path $WORK/pki/tedge.crt" "http.ca_path $WORK/pki" \
    "http.client.auth.key_file $WORK/pki/agent.key" "http.client.auth.cert_file $WORK/pki/agent.crt" \
    "mqtt.client.auth.ca_dir $WORK/pki" "mqtt.client.auth.cert_file $WORK/pki/tedge.crt" \
    "mqtt.client.auth.key_file $WORK/pki/tedge.key" "c8y.proxy.ca_path $WORK/pki"; do
    # shellcheck disable=SC2086
    passes tedge config set $pair
    prints "${pair#* }" tedge config get "${pair%% *}"
done
mkdir -p "$WORK/pki"
passes tedge cert create --device-id pki-1
check test -s "$(tedge config get device.cert_path)"
# The script asks whether the broker takes its certificate; without a broker that has TLS the answer is no, at once or at the limit.
tried=0
timeout 5 tedge mqtt pub tls-client-test test >"$last/out" 2>"$last/err" || tried=$?
check test "$tried" -ne 0
for key in ca_dir cert_file key_file; do passes tedge config unset mqtt.client.auth.$key; done
passes tedge config set c8y.url "$CLOUD_HOST"
find_cloud
export C8Y_PASSWORD="$CLOUD_PASSWORD"
passes tedge cert upload c8y --user "$CLOUD_USER"
passes tedge connect c8y
passes timeout 5 tedge mqtt pub tls-client-test test
