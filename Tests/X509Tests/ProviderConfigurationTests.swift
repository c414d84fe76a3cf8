import Testing

@testable import X509

@Suite("The configuration of OpenSSL with providers")
struct ProviderConfigurationTests {
    @Test("for a token: the default provider comes first, and the module is not closed at the end")
    func token() {
        #expect(
            ProviderConfiguration([.pkcs11], modulePath: "/usr/lib/m$.so").text() == """
                openssl_conf = tedge_init

                [tedge_init]
                providers = tedge_providers

                [tedge_providers]
                default = tedge_default
                pkcs11 = tedge_pkcs11

                [tedge_default]
                activate = 1

                [tedge_pkcs11]
                pkcs11-module-path = /usr/lib/m\\$.so
                pkcs11-module-quirks = no-deinit
                activate = 1

                """)
    }

    @Test("for a TPM: it makes signatures, and nothing else is preferred there")
    func tpm() {
        #expect(
            ProviderConfiguration([.tpm2], tcti: "tabrmd:bus_name=com.intel.tss2.Tabrmd").text() == """
                openssl_conf = tedge_init

                [tedge_init]
                providers = tedge_providers
                alg_section = tedge_algorithms

                [tedge_providers]
                default = tedge_default
                tpm2 = tedge_tpm2

                [tedge_default]
                activate = 1

                [tedge_tpm2]
                tcti = tabrmd:bus_name=com.intel.tss2.Tabrmd
                activate = 1

                [tedge_algorithms]
                default_properties = ?tpm2.signature=yes

                """)
    }

    @Test("the device's own configuration counts as before: its sections get more lines, and its properties stay")
    func base() {
        let own = """
            # openssl_conf = commented
            openssl_conf = openssl_init  # the section
            [ openssl_init ]
            providers = provider_sect
            alg_section = algorithms
            ssl_conf = ssl_sect
            [provider_sect]
            default = default_sect
            [algorithms]
            default_properties = fips=yes
            """
        let text = ProviderConfiguration([.tpm2, .pkcs11]).text(
            over: SystemConfiguration(path: "/etc/ssl/openssl.cnf", text: own))
        #expect(text.hasPrefix("openssl_conf = openssl_init\n.include /etc/ssl/openssl.cnf\n\n[openssl_init]\n"))
        #expect(text.contains("[openssl_init]\nproviders = provider_sect\nalg_section = algorithms\n"))
        #expect(
            text.contains("[provider_sect]\ndefault = tedge_default\ntpm2 = tedge_tpm2\npkcs11 = tedge_pkcs11\n"))
        #expect(text.contains("[algorithms]\ndefault_properties = fips=yes,?tpm2.signature=yes\n"))
    }

    @Test("a configuration without these sections gets sections of ours")
    func empty() {
        let base = SystemConfiguration(path: "/etc/ssl/openssl.cnf", text: "[req]\nproviders = nothing\n")
        #expect(base.initialization == "tedge_init" && base.providers == "tedge_providers")
        let text = ProviderConfiguration([.pkcs11]).text(over: base)
        #expect(text.hasPrefix("openssl_conf = tedge_init\n.include "))
    }
}

@Suite("What a TPM says")
struct ProviderFailureTests {
    @Test(
        "response codes are told apart, with and without the number of what they are about and the layer",
        arguments: [
            (0x902, ProviderFailure.Kind.busyTPM), (0xB0902, .busyTPM), (0x1DF, .otherTPM), (0x2DF, .otherTPM),
            (0x18B, .otherTPM), (0x98E, .authorization), (0x9A2, .authorization), (0x921, .authorization),
        ] as [(UInt32, ProviderFailure.Kind)])
    func codes(code: UInt32, kind: ProviderFailure.Kind) {
        #expect(ProviderFailure.kind(ofTPM: code) == kind)
    }

    @Test("a code without a meaning here is none", arguments: [0x100, 0x0, 0x12F] as [UInt32])
    func other(code: UInt32) { #expect(ProviderFailure.kind(ofTPM: code) == nil) }

    // As tpm2-tss 3.2.1 writes them.
    @Test(
        "the log of tpm2-tss says why there is no TPM",
        arguments: [
            (
                "ERROR:esys:src/tss2-esys/api/Esys_Load.c:112:Esys_Load() Esys Finish ErrorCode (0x000001df) \n",
                .otherTPM
            ),
            (
                "ERROR:esys:src/Esys_CreatePrimary.c:399:Esys_CreatePrimary() Esys Finish ErrorCode (0x00000902) \n",
                .busyTPM
            ),
            (
                "ERROR:tcti:src/tss2-tcti/tcti-device.c:452:Tss2_Tcti_Device_Init() Failed to open specified TCTI device file "
                    + "/dev/tpmrm0: No such file or directory \n", .noTPM
            ),
            (
                "ERROR:tcti:tcti-device.c:452:I() Failed to open device file /dev/tpmrm0: Permission denied \n",
                .noPermission
            ),
            (
                "ERROR:tcti:tcti-device.c:452:I() Failed to open device file /dev/tpm0: Device or resource busy \n",
                .busyTPM
            ),
            (
                "ERROR:tcti:io.c:107:write_all() failed to write to fd 3: Cannot allocate memory\nERROR:esys:E.c:72:E() Error in "
                    + "async function ErrorCode (0x000a000a)\n", .busyTPM
            ),
            ("", nil), ("WARNING:esys: something else\n", nil),
        ] as [(String, ProviderFailure.Kind?)])
    func log(text: String, kind: ProviderFailure.Kind?) {
        #expect(ProviderFailure.kind(inLog: text) == kind)
    }

    @Test("of the log the line is shown that names the device, without the place in the sources")
    func line() {
        let log = """
            ERROR:tcti:tcti-device.c:452:Tss2_Tcti_Device_Init() Failed to open specified TCTI device file /dev/tpm0: No such file \

            ERROR:tcti:src/tss2-tcti/tctildr.c:428:Tss2_TctiLdr_Initialize_Ex() Failed to instantiate TCTI \

            """
        #expect(
            KeyProviders.lastLine(of: log) == "Failed to open specified TCTI device file /dev/tpm0: No such file")
        #expect(
            KeyProviders.lastLine(of: "ERROR:esys:a.c:1:f() Esys Finish ErrorCode (0x000001df) \n")
                == "Esys Finish ErrorCode (0x000001df)")
        #expect(KeyProviders.lastLine(of: "") == "")
    }

    @Test("no sentence has the words of another kind")
    func sentences() {
        let all = ProviderFailure.Kind.allCases.map { "\(ProviderFailure(.pkcs11, $0, "x"))" }
        #expect(Set(all).count == all.count)
    }
}
