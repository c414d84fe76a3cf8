import Testing

@testable import TedgeCore

@Suite struct ChildEnvironmentTests {
    @Test("no variable of a secret setting is passed on, whatever its spelling and profile")
    func secrets() throws {
        let profile = try ProfileName(parsing: "edge_1")
        for key in SettingTable.keys where key.isSecret {
            let names = [SettingName(key)] + (key.cloud == nil ? [] : [SettingName(key, profile: profile)])
            for variable in names.flatMap(\.variables) {
                #expect(ChildEnvironment.of([variable: "1"]).isEmpty, "\(variable)")
            }
        }
        #expect(
            ChildEnvironment.of(["TEDGE_AZURE_DEVICE_KEY_PIN": "1", "TEDGE_C8Y_PROFILES_X_DEVICE_KEY_PIN": "1"]).isEmpty
        )
    }

    @Test(
        "passwords, mistyped variables of settings and addresses with a secret are not passed on",
        arguments: [
            "C8Y_PASSWORD": "p", "C8YPASS": "p", "DEVICE_ONE_TIME_PASSWORD": "p", "TEDGE_PROXY_PASWORD": "p",
            "TEDGE_DEVICE_KEY_URI": "pkcs11:object=k?pin-value=1", "TEDGE_PROXY_ADDRESS": "http://a:b@host",
        ])
    func others(_ name: String, _ value: String) {
        #expect(ChildEnvironment.of([name: value]).isEmpty)
    }

    @Test("everything else is passed on")
    func rest() {
        let environment = [
            "PATH": "/bin", "TEDGE_CONFIG_DIR": "/etc/tedge", "TEDGE_CLOUD_PROFILE": "x", "C8Y_USER": "alice",
            "TEDGE_C8Y_URL": "example.com", "TEDGE_DEVICE_KEY_URI": "pkcs11:object=k", "HTTP_PROXY": "p",
        ]
        #expect(ChildEnvironment.of(environment) == environment)
    }
}
