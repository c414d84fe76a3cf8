# The entry point of a demo's container, with spellings of older releases and a password on the command line.
passes tedge config set mqtt.bind.port 8883
passes tedge config unset mqtt.client.auth.key_file
passes tedge config set mqtt.bind.port "$BROKER_PORT"
passes tedge config set c8y.url "$CLOUD_HOST"
find_cloud
passes tedge config set c8y.root.cert_path "$CLOUD_ROOT"
warned c8y.root_cert_path
prints "$CLOUD_ROOT" tedge config get c8y.root_cert_path
passes tedge cert create --device-id entry-1
passes tedge cert upload c8y --user "$CLOUD_USER" --password "$CLOUD_PASSWORD"
warned 'A password on the command line can be read by everyone'
passes tedge connect c8y
# A second cloud besides: without an answer it is configured, and the script that looks at the status stops.
passes tedge config set aws.url "$CLOUD_HOST"
passes tedge config set aws.root_cert_path "$CLOUD_ROOT"
passes tedge connect aws --offline
passes tedge connect c8y --test
passes tedge disconnect aws
