# tedge-services: each service calls 'tedge init ||:' before it starts, and tedgectl speaks to the init system that it finds.
mkdir -p "$WORK/bin"
cat >"$WORK/bin/tedgectl" <<SCRIPT
#!/bin/sh
case \$1 in
is_available) exec "$SERVICES" "$SERVICES_DIRECTORY" available ;;
is_active) exec "$SERVICES" "$SERVICES_DIRECTORY" is-active "\$2" ;;
*) exec "$SERVICES" "$SERVICES_DIRECTORY" "\$1" "\$2" ;;
esac
SCRIPT
chmod +x "$WORK/bin/tedgectl"
passes sh -c 'tedge init ||:'
{
    echo '[init]'
    echo 'name = "tedgectl"'
    echo "is_available = [\"$WORK/bin/tedgectl\", \"is_available\"]"
    for verb in restart stop start enable disable is_active; do
        echo "$verb = [\"$WORK/bin/tedgectl\", \"$verb\", \"{}\"]"
    done
} >"$TEDGE_CONFIG_DIR/system.toml"
passes tedge config set c8y.url "$CLOUD_HOST"
find_cloud
passes tedge cert create --device-id services-1
export C8Y_PASSWORD="$CLOUD_PASSWORD"
passes tedge cert upload c8y --user "$CLOUD_USER"
passes tedge connect c8y
said 'Checking if tedgectl is available.'
check "$WORK/bin/tedgectl" is_active mosquitto
check "$WORK/bin/tedgectl" is_active tedge-mapper-c8y
passes sh -c 'tedge init ||:'
passes tedge disconnect c8y
check sh -c "! $WORK/bin/tedgectl is_active tedge-mapper-c8y"

# thin-edge.io's own test of a service manager: a shell, and the service inside a word.
sed -i 's|\["\(.*tedgectl\)", "\(.*\)", "{}"\]|["/bin/sh", "-c", "\1 \2 {}"]|' "$TEDGE_CONFIG_DIR/system.toml"
check grep -q '^restart = \["/bin/sh", "-c", ".*tedgectl restart {}"\]$' "$TEDGE_CONFIG_DIR/system.toml"
passes tedge reconnect c8y
check "$WORK/bin/tedgectl" is_active tedge-mapper-c8y
sed -i 's|^stop = .*|stop = ["/bin/sh", "-c", "true"]|' "$TEDGE_CONFIG_DIR/system.toml"
ends 1 tedge reconnect c8y
warned "A placeholder '{}' is missing."
