# A script that is run on a device of which nothing is known but the tenant and a one-time password.
passes tedge config set c8y.url "$CLOUD_HOST"
find_cloud
passes tedge config set device.id zero-1
ends 1 tedge cert download c8y --device-id zero-1 --one-time-password -wrong --url "$CLOUD_HTTP" --max-timeout 0s
cloud register zero-1 otp-zero
passes tedge cert download c8y --device-id zero-1 --one-time-password otp-zero --url "$CLOUD_HTTP"
passes tedge reconnect c8y
passes tedge connect c8y --test
# The password is spent, and so is the need for it: the script is run again and stops here.
ends 1 tedge cert download c8y --device-id zero-1 --one-time-password otp-zero --url "$CLOUD_HTTP"
warned 'A certificate already exists'
