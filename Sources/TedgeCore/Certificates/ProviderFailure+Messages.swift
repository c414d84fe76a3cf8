import X509

extension ProviderFailure {
    /// The reason of the failure.
    var id: ReasonID {
        switch kind {
        case .missing: .keyProviderMissing
        case .failed, .authorization: .keyProviderFailed
        case .badAddress: .keyAddressInvalid
        case .noTPM, .noPermission: .tpmUnreachable
        case .busyTPM: .tpmBusy
        case .otherTPM: .tpmKeyForeign
        case .noModule: .tokenModuleUnusable
        case .noToken: .tokenMissing
        case .noKey: .tokenKeyMissing
        case .noPIN, .unreadablePIN: .tokenPINMissing
        case .wrongPIN, .lastPIN: .tokenPINWrong
        case .lockedPIN: .tokenPINLocked
        }
    }

    // No hint removes a key or the file that stands for it: a key in a TPM or a token cannot be made a second time.

    /// What to do about it.
    ///
    /// - Parameter path: The file that stands for the key, if there is one.
    func hint(path: String?) -> String? {
        switch kind {
        case .missing:
            provider == .pkcs11
                ? "Run 'sudo apt install pkcs11-provider' (Debian has it from release 13 on), or install it by other means, then "
                    + "run the command again."
                : "Run 'sudo apt install tpm2-openssl', or install it by other means, then run the command again."
        case .failed:
            "Look at what 'openssl list -providers -provider default -provider \(provider.rawValue)' prints."
        case .badAddress:
            "Move the file away and have another one made: 'sudo tedge cert create-csr --key <address>'. The key in the token "
                + "stays."
        case .noTPM:
            "Look with 'ls -l /dev/tpm*' whether there is a TPM 2.0; some have to be switched on in the firmware. One that is "
                + "reached by other means is named in the variable TPM2OPENSSL_TCTI."
        case .noPermission: "Run the command with sudo, or as a user of the group 'tss'."
        case .busyTPM:
            "Use the TPM through a resource manager: /dev/tpmrm0 of the kernel, or tpm2-abrmd ('sudo apt install "
                + "tpm2-abrmd')."
        case .otherTPM:
            "Use the TPM that made the key. If that is gone, move certificate and key away and run 'sudo tedge cert create "
                + "--key tpm2 --device-id <id>'."
        case .authorization:
            "Use a key without a password, and a TPM whose owner has none. One that is locked after wrong passwords opens "
                + "again after a while."
        case .noModule:
            path == nil
                ? "Name the module with 'tedge config set device.cryptoki.module_path <file>', or with 'module-path' in the "
                    + "address of the key; or run 'sudo apt install p11-kit-modules', which knows all of them."
                : "Install the module. If it is another one, move \(path ?? "the file") away and have it made again with "
                    + "'module-path=<file>' in the address: 'sudo tedge cert create-csr --key <address>'."
        case .noToken:
            "Look with 'pkcs11-tool --list-token-slots' or 'p11tool --list-tokens' whether it is plugged in, and may be used "
                + "by this user."
        case .noKey:
            "Look with 'pkcs11-tool --login --list-objects' which keys there are, and correct 'object' or 'id'."
        case .noPIN:
            "Write the PIN to a file that only mosquitto's user may read, and add 'pin-source=file:<file>' to the address, "
                + "behind a '?'."
        case .unreadablePIN: "Put the PIN there, or correct 'pin-source' in the address of the key."
        case .wrongPIN:
            "Correct the PIN in its file before you try again: each wrong one brings the token nearer to its lock."
        case .lastPIN:
            "Correct the PIN in its file, and log in once with another program, such as 'pkcs11-tool --login --test'."
        case .lockedPIN:
            "Set a new PIN as the security officer, for example with 'pkcs11-tool --login --login-type so --init-pin'. The keys "
                + "stay."
        }
    }

    /// What to do so that mosquitto's user can use a key that root can use.
    func hint(brokerUser user: String) -> String? {
        switch kind {
        case .noTPM, .noPermission, .busyTPM: "Run 'sudo usermod -aG tss \(user)', then run the command again."
        case .unreadablePIN:
            "Run 'sudo chown \(user) <file>' for the file with the PIN; the directory must be open to this user too."
        case .noToken, .noModule, .noKey:
            "Give this user access to the token: for SoftHSM make the token as that user ('sudo runuser -u \(user) -- "
                + "softhsm2-util --init-token …') and run 'sudo usermod -aG softhsm \(user)'; for a smart card see that pcscd "
                + "lets the user in."
        default: hint(path: nil)
        }
    }
}
