#!/bin/bash
# Makes the device one that only has to be connected: directories, include line, certificate, mosquitto enabled and up.
# Runs inside the device. $1: device id.
set -e
certificates=/etc/tedge/device-certs
mkdir -p /etc/tedge/mosquitto-conf "$certificates"
chown -R tedge:tedge /etc/tedge
chown mosquitto:mosquitto "$certificates"
sed -i '1i include_dir /etc/tedge/mosquitto-conf' /etc/mosquitto/mosquitto.conf
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 365 -subj "/CN=$1/O=Bench/OU=Device" \
    -addext basicConstraints=CA:TRUE -keyout "$certificates/tedge-private-key.pem" \
    -out "$certificates/tedge-certificate.pem" 2>/dev/null
chown mosquitto:mosquitto "$certificates"/*
chmod 400 "$certificates/tedge-private-key.pem"
chmod 444 "$certificates/tedge-certificate.pem"
printf '[c8y]\nurl = "example.cumulocity.com"\nroot_cert_path = "/cloud/ca.pem"\n' >/etc/tedge/tedge.toml
systemctl enable --now mosquitto
