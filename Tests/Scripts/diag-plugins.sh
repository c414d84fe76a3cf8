# The diag plugins of thin-edge.io: what they call, on a device with our command alone.
passes tedge --version
ends 1 tedge config get c8y.url
passes tedge config set c8y.url "$CLOUD_HOST"
find_cloud
passes tedge config get c8y.url
passes tedge config list --all
passes tedge config get logs.path
passes tedge cert create --device-id diag-1
passes tedge connect c8y --offline
passes tedge mqtt pub -r diag/state '{}'
passes tedge mqtt sub '#' --duration 1s --retained-only
said '[diag/state] {}'
passes tedge mqtt sub '#' --duration 1s
passes tedge mqtt pub -r diag/state ''
# These are of thin-edge.io's program: they say so and what to do instead, and end as wrong usage.
ends 2 tedge bridge inspect c8y
warned "'tedge bridge' belongs to thin-edge.io"
warned 'tedge doctor'
ends 2 tedge http get /te/v1/entities
warned "'tedge http' belongs to thin-edge.io"
warned 'curl'
check test ! -s "$last/out"
