# The units that renew: condition, renewal, reconnect, and what is removed in the end, with profiles too.
passes tedge config set c8y.url "$CLOUD_HOST"
find_cloud
cloud register renewal-1 otp-renewal
passes tedge cert download c8y --device-id renewal-1 --one-time-password otp-renewal
passes tedge connect c8y
ends 1 tedge cert needs-renewal c8y
passes tedge config set certificate.validity.minimum_duration 3650d
passes tedge cert needs-renewal c8y
export TEDGE_C8Y_PROXY_CLIENT_PORT="$CLOUD_PROXY_PORT"
passes tedge cert renew c8y --ca c8y
passes tedge reconnect c8y
passes sh -c 'rm -f "$(tedge config get c8y.device.cert_path).new"'
passes tedge connect c8y --test
# A cloud that is not set up: the condition cannot be met, so that the unit is skipped and not failed.
ends 1 tedge config get c8y.profiles.other.url
passes sh -c 'tedge cert needs-renewal c8y --profile other; test $? = 0 -o $? = 1 -o $? = 2'
