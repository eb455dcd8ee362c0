extension TimeWindow {
    /// Unix milliseconds at which it begins; nil when it has no beginning that can be read.
    package var opening: Int64? { self.start.flatMap(Self.milliseconds) }
    /// Unix milliseconds after which it is over.
    package var closing: Int64? { self.end.flatMap(Self.milliseconds) }

    /// An RFC 3339 instant or date, as Unix milliseconds; a date begins at 00:00, and UTC is meant where no zone is given. Nil for anything else.
    package static func milliseconds(_ text: String) -> Int64? {
        var rest = text.utf8[...]
        func digits(_ count: Int) -> Int64? {
            guard rest.count >= count else { return nil }
            var value: Int64 = 0
            for _ in 0..<count {
                guard let byte = rest.popFirst(), (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
                value = value * 10 + Int64(byte - UInt8(ascii: "0"))
            }
            return value
        }
        func skip(_ characters: String) -> Bool {
            guard let byte = rest.first, characters.utf8.contains(byte) else { return false }
            rest.removeFirst()
            return true
        }
        guard let year = digits(4), skip("-"), let month = digits(2), skip("-"), let day = digits(2), (1...12).contains(month),
            (1...Self.days(in: month, of: year)).contains(day)
        else { return nil }
        let midnight = Self.days(to: year, month, day) * 86_400_000
        if rest.isEmpty { return midnight }
        guard skip("Tt "), let hour = digits(2), skip(":"), let minute = digits(2), hour < 24, minute < 60 else { return nil }
        var time = (hour * 60 + minute) * 60_000
        if skip(":") {
            guard let second = digits(2), second < 61 else { return nil }
            time += second * 1000
            if skip(".") {
                var scale: Int64 = 100
                var any = false
                while let digit = rest.first, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) {
                    time += Int64(digit - UInt8(ascii: "0")) * scale
                    scale /= 10
                    rest.removeFirst()
                    any = true
                }
                guard any else { return nil }
            }
        }
        if rest.isEmpty || skip("Zz") { return rest.isEmpty ? midnight + time : nil }
        let isWest = rest.first == UInt8(ascii: "-")
        guard skip("+-"), let zoneHour = digits(2), skip(":"), let zoneMinute = digits(2), rest.isEmpty, zoneHour < 24, zoneMinute < 60 else { return nil }
        let zone = (zoneHour * 60 + zoneMinute) * 60_000
        return midnight + time + (isWest ? zone : -zone)
    }

    private static func days(in month: Int64, of year: Int64) -> Int64 {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// Days since 1970-01-01, after Hinnant's algorithm, proleptic Gregorian.
    private static func days(to year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let year = month <= 2 ? year - 1 : year
        let era = year / 400
        let yearOfEra = year - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }
}
