import Testing

@testable import TedgeCore

@Suite struct SecretTests {
    @Test("a secret keeps its bytes and shows none")
    func bytes() {
        let secret = Secret("hunter2".utf8)
        #expect(secret.withBytes { $0 } == Array("hunter2".utf8))
        #expect(!secret.isEmpty)
        #expect("\(secret) \(String(describing: secret))" == "(secret) (secret)")
        var dumped = ""
        dump(secret, to: &dumped)
        #expect(!dumped.contains("104") && !dumped.contains("hunter2"))
    }

    @Test("a secret is empty until something is appended")
    func append() {
        let secret = Secret()
        #expect(secret.isEmpty)
        secret.append(0)
        #expect(!secret.isEmpty)
        secret.append(255)
        #expect(secret.withBytes { $0 } == [0, 255])
    }

    @Test("a secret does not grow beyond its memory")
    func capacity() {
        let secret = Secret(repeatElement(7, count: 5000))
        #expect(secret.withBytes { $0.count } == 4096)
    }

    @Test("a wiped array is empty")
    func wipe() {
        var bytes: [UInt8] = [1, 2, 3]
        bytes.wipe()
        #expect(bytes.isEmpty)
        bytes.wipe()
        #expect(bytes.isEmpty)
    }
}
