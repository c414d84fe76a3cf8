import Testing

import X509

@Suite("Dates in the format of mail")
struct MailDateTests {
    @Test(
        "a moment is written with its day of the week, in UTC",
        arguments: [
            (0, "Thu, 01 Jan 1970 00:00:00 +0000"),
            (-1, "Wed, 31 Dec 1969 23:59:59 +0000"),
            (1_615_299_030, "Tue, 09 Mar 2021 14:10:30 +0000"),
            (951_782_400, "Tue, 29 Feb 2000 00:00:00 +0000"),
            (1_709_251_199, "Thu, 29 Feb 2024 23:59:59 +0000"),
            (2_147_483_648, "Tue, 19 Jan 2038 03:14:08 +0000"),
            (2_524_608_000, "Sat, 01 Jan 2050 00:00:00 +0000"),
            (4_107_456_000, "Sun, 28 Feb 2100 00:00:00 +0000"),
            (253_402_300_799, "Fri, 31 Dec 9999 23:59:59 +0000"),
        ] as [(Int64, String)])
    func moments(seconds: Int64, text: String) {
        #expect(RFC2822Date.text(seconds) == text)
    }

    @Test("each month and each day has its name")
    func names() {
        let texts = (0..<12).map { RFC2822Date.text(Int64($0) * 2_629_746 + 86_400 * 14) }
        let months = texts.map { $0.split(separator: " ")[2] }
        #expect(months == ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"])
        let days = (0..<7).map { RFC2822Date.text($0 * 86_400).prefix(4) }
        #expect(days == ["Thu,", "Fri,", "Sat,", "Sun,", "Mon,", "Tue,", "Wed,"])
    }

    @Test("a moment whose year the system cannot count is written in seconds", arguments: [Int64.max, .min])
    func impossible(seconds: Int64) {
        #expect(RFC2822Date.text(seconds) == "\(seconds) seconds after 1970")
    }

    @Test("a date of HTTP is read, and nothing else")
    func httpDates() {
        #expect(RFC2822Date.seconds(ofHTTPDate: "Tue, 09 Mar 2021 14:10:30 GMT") == 1_615_299_030)
        for text in [
            "", "Tue, 09 Mar 2021 14:10:30 +0000", "Tue, 09 Mrz 2021 14:10:30 GMT", "09 Mar 2021 14:10:30 GMT",
            "Tue, 09 Mar -2147483648 14:10:30 GMT", "Tue, 09 Mar 10000 14:10:30 GMT", "Tue, 0 Mar 2021 14:10:30 GMT",
            "Tue, 09 Mar 2021 -1:10:30 GMT", "Tue, 09 Mar 2021 14:60:30 GMT", "Tue, 09 Mar 2021 14:10:61 GMT",
        ] {
            #expect(RFC2822Date.seconds(ofHTTPDate: text) == nil, "\(text)")
        }
    }
}
