# The maintainer scripts of thin-edge.io's packages, which also exist for rpm, apk and ipk; those for apt are tried as packages.
passes tedge init
for shell in zsh bash fish; do passes tedge completions $shell; check test -s "$last/out"; done
passes sh -c 'tedge config get software.plugin.default || tedge config set software.plugin.default apt'
prints apt tedge config get software.plugin.default
passes sh -c 'tedge help >/dev/null'
passes tedge config upgrade
passes tedge refresh-bridges
passes tedge config set c8y.url "$CLOUD_HOST"
find_cloud
passes tedge cert create --device-id package-1
passes tedge connect c8y --offline
passes tedge config upgrade
passes tedge refresh-bridges
# The removal asks for each cloud.
for cloud in c8y az aws; do passes tedge disconnect $cloud; done
check test ! -e "$TEDGE_CONFIG_DIR/mosquitto-conf/c8y-bridge.conf"
