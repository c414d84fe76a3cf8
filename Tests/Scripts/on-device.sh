# What needs root and systemd, on one device: the packages' accounts, thin-edge.io's renewal units, a service manager that is a shell,
# probes of a supervisor, and a line that sudo runs. The device renewal-1 is registered with otp-renewal.

# The scripts before an installation make the account; init gives it the directories.
passes tedge init --user tedge --group tedge
check test "$(stat -c %U:%G:%a /etc/tedge/device-certs)" = tedge:tedge:775
passes tedge config set logs.path /data/tedge/log
passes tedge config set data.path /data/tedge/state
passes tedge init
check test "$(stat -c %U:%a /data/tedge/log /data/tedge/state | sort -u)" = tedge:775

passes tedge config set c8y.url example.cumulocity.com
passes tedge config set c8y.root_cert_path /cloud/ca.pem
passes tedge cert download c8y --device-id renewal-1 --one-time-password otp-renewal
passes tedge reconnect c8y
check systemctl is-active --quiet mosquitto tedge-mapper-c8y tedge-agent

# Renewal: a condition, a renewal, a reconnect. A condition that is not met is no failure.
cat >'/etc/systemd/system/renewer@.service' <<'UNIT'
[Service]
Type=oneshot
ExecCondition=/usr/bin/tedge cert needs-renewal %i
ExecStartPre=/usr/bin/tedge cert renew %i --ca c8y
ExecStart=/usr/bin/tedge reconnect %i
ExecStopPost=sh -c 'rm -f "$(tedge config get %i.device.cert_path).new"'
UNIT
systemctl daemon-reload
thumbprint() { tedge cert show | grep Thumbprint; }
before=$(thumbprint)
passes systemctl start renewer@c8y.service
check test "$(thumbprint)" = "$before"
# A cloud without a certificate or an address cannot tell: neither a failure nor a renewal.
passes systemctl start renewer@az.service
passes tedge config set certificate.validity.minimum_duration 3650d
passes systemctl start renewer@c8y.service
check test "$(thumbprint)" != "$before"
passes tedge connect c8y --test
passes tedge config unset certificate.validity.minimum_duration

# A shell drives the services, with the name inside a word.
use_shell() {
    printf '[init]\nname = "sh"\nis_available = ["/bin/sh", "-c", "systemctl --version"]\n'
    for verb in restart stop start enable disable is-active; do
        echo "$(echo $verb | tr - _) = [\"/bin/sh\", \"-c\", \"systemctl $verb {}\"]"
    done
} >/etc/tedge/system.toml
use_shell
passes tedge reconnect c8y
check systemctl is-active --quiet mosquitto tedge-mapper-c8y
passes tedge disconnect c8y
ends 3 systemctl is-active tedge-mapper-c8y
rm /etc/tedge/system.toml

# The line that is sent over ssh and run by sudo: no terminal, and nothing in the environment but the path.
passes env -i "PATH=$PATH" tedge reconnect c8y
check systemctl is-active --quiet mosquitto tedge-mapper-c8y

# What a supervisor asks, as a user without rights, and what it does then.
probe() { runuser -u operator -- timeout 60 "$@"; }
passes probe tedge config get c8y.url
passes probe tedge connect c8y --test
passes probe tedge mqtt pub -q 1 te/probe alive
systemctl stop mosquitto
ends 1 probe tedge connect c8y --test
passes tedge reconnect c8y
passes probe tedge connect c8y --test
passes tedge disconnect c8y

# The same shell on a device whose mosquitto does not read our files yet.
rm /etc/mosquitto/conf.d/tedge-*
use_shell
passes tedge connect c8y --offline
warned "run 'sudo tedge init'"
passes tedge init
passes tedge reconnect c8y
check test ! -s "$last/err"
passes tedge disconnect c8y
rm /etc/tedge/system.toml

# An image whose mosquitto reads our directory by a line, with a listener for the time before the first connect and one for
# containers.
check grep -q '^include_dir /etc/tedge/mosquitto-conf$' /etc/mosquitto/mosquitto.conf
printf 'listener 1884 10.99.0.1\nallow_anonymous true\n' >/etc/mosquitto/conf.d/containers.conf
cat >/etc/tedge/mosquitto-conf/tedge-mosquitto.conf <<'CONF'
per_listener_settings true
listener 1883 127.0.0.1
allow_anonymous true
CONF
systemctl restart mosquitto
passes tedge mqtt pub te/image/start 1
passes tedge init
passes tedge reconnect c8y
passes tedge mqtt pub te/image/connected 1
passes mosquitto_pub -h 10.99.0.1 -p 1884 -t te/container -m 1
check test -z "$(find /etc/mosquitto/conf.d -name 'tedge*')"
passes tedge disconnect c8y
