# Makes a token on the device, with a key in it, as the user that mosquitto runs as; run inside.
set -eu
usermod -aG softhsm mosquitto
mkdir -p /etc/tedge
install -m 400 -o mosquitto /dev/null /etc/tedge/pin
install -m 400 -o mosquitto /dev/null /etc/tedge/wrong
echo 123456 >/etc/tedge/pin
echo 987654 >/etc/tedge/wrong
runuser -u mosquitto -- softhsm2-util --init-token --free --label gateway --so-pin 11223344 --pin 123456
runuser -u mosquitto -- pkcs11-tool --module "$(ls /usr/lib/*/softhsm/libsofthsm2.so)" --login --pin 123456 \
    --token-label gateway --keypairgen --key-type EC:prime256v1 --id 01 --label device
