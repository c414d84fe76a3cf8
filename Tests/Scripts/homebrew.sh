# homebrew-tedge: the configuration is not at its usual place, and the option that says so stands wherever it does.
D=$WORK/brew/etc/tedge
unset TEDGE_CONFIG_DIR
passes tedge init --config-dir "$D" --user="$(id -un)" --group="$(id -gn)"
passes tedge --config-dir "$D" config upgrade
passes tedge --config-dir "$D" refresh-bridges
passes tedge config --config-dir "$D" set log.plugin_paths "$WORK/brew/log-plugins"
check grep -q log-plugins "$D/tedge.toml"
passes tedge config get log.plugin_paths --config-dir "$D"
said "$WORK/brew/log-plugins"
passes tedge config --config-dir="$D" list
# The directory of plugins is for whoever has named it.
passes tedge init --config-dir "$D"
check test ! -e "$WORK/brew/log-plugins"
for words in '' config 'config set' 'cert download c8y' 'connect' 'mqtt sub'; do
    # shellcheck disable=SC2086
    passes tedge $words --help
    check test ! -s "$last/err"
done
passes tedge help
passes tedge help connect
