#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Wall-clock time: Unix milliseconds where it is kept, RFC 3339 where it is read.
package enum Timestamp {
    package static func now() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }

    /// `2026-03-01T12:00:00.123Z`: UTC, always 24 characters. Years 0000 to 9999; what is beyond is written as the nearest of them.
    package static func text(_ milliseconds: Int64) -> String { self.text(milliseconds, withFraction: true) }

    /// `2026-03-01T12:00:00Z`: whole seconds.
    package static func secondsText(_ milliseconds: Int64) -> String { self.text(milliseconds, withFraction: false) }

    /// An RFC 3339 instant or date as Unix milliseconds; a date begins at 00:00, and UTC is meant where no zone is given. Nil for anything else.
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
            (1...self.days(in: month, of: year)).contains(day)
        else { return nil }
        let midnight = self.days(to: year, month, day) * 86_400_000
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

    // Written by hand: every step of every intent writes some.
    private static func text(_ milliseconds: Int64, withFraction: Bool) -> String {
        let milliseconds = min(max(milliseconds, -62_167_219_200_000), 253_402_300_799_999)
        let day = milliseconds.floored(by: 86_400_000)
        let time = milliseconds - day * 86_400_000
        let date = self.date(of: day)
        return String(unsafeUninitializedCapacity: 24) { buffer in
            var position = 0
            func put(_ value: Int64, _ digits: Int, _ mark: Character) {
                var divisor: Int64 = 1
                for _ in 1..<digits { divisor *= 10 }
                while divisor > 0 {
                    buffer[position] = UInt8(ascii: "0") + UInt8(value / divisor % 10)
                    position += 1
                    divisor /= 10
                }
                buffer[position] = mark.asciiValue ?? 0
                position += 1
            }
            put(date.year, 4, "-")
            put(date.month, 2, "-")
            put(date.day, 2, "T")
            put(time / 3_600_000, 2, ":")
            put(time / 60_000 % 60, 2, ":")
            put(time / 1000 % 60, 2, withFraction ? "." : "Z")
            if withFraction { put(time % 1000, 3, "Z") }
            return position
        }
    }

    // MARK: Calendar

    // Proleptic Gregorian, after Hinnant: years begin in March, so that the leap day is a year's last.

    private static func days(in month: Int64, of year: Int64) -> Int64 {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// Days since 1970-01-01.
    private static func days(to year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let year = month <= 2 ? year - 1 : year
        let era = year.floored(by: 400)
        let yearOfEra = year - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    private static func date(of day: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let days = day + 719_468
        let era = days.floored(by: 146_097)
        let dayOfEra = days - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    }
}

extension Int64 {
    fileprivate func floored(by divisor: Int64) -> Int64 {
        let (quotient, remainder) = self.quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? quotient - 1 : quotient
    }
}
