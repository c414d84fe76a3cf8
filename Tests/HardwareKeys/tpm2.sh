# Makes a TPM on the device: swtpm, which tpm2-abrmd shares; run inside.
set -eu
mkdir -p /var/lib/swtpm /var/lib/other-swtpm
tpm() {
    swtpm socket --tpm2 --tpmstate "dir=$1" --server "type=tcp,port=$2,bindaddr=127.0.0.1" \
        --ctrl "type=tcp,port=$3,bindaddr=127.0.0.1" --flags not-need-init,startup-clear --daemon
}
# Not on the ports where tpm2-tss looks by itself.
tpm /var/lib/swtpm 2421 2422
tpm /var/lib/other-swtpm 2431 2432
cat >/etc/systemd/system/tpm2-abrmd.service <<'END'
[Service]
Type=dbus
BusName=com.intel.tss2.Tabrmd
ExecStart=/usr/sbin/tpm2-abrmd --tcti=swtpm:host=127.0.0.1,port=2421
User=tss
END
systemctl daemon-reload
systemctl restart tpm2-abrmd
