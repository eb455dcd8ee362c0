/// All series of one name.
struct PrometheusFamily {
    enum Kind: String { case counter, gauge, histogram }

    enum Series {
        case counter(PrometheusCounter)
        case gauge(PrometheusGauge)
        case histogram(PrometheusHistogram)
    }

    let kind: Kind
    let description: MetricDescription?
    /// By rendered labels (`method="GET",code="200"`), which also is what is written.
    var series: [String: Series] = [:]

    func append(name: String, constantLabels: String, to text: inout PrometheusText) {
        text.header(name: name, help: self.description?.help, kind: self.kind)
        for (labels, series) in self.series.sorted(by: { $0.key < $1.key }) {
            let all = constantLabels.isEmpty || labels.isEmpty ? constantLabels + labels : constantLabels + "," + labels
            switch series {
            case .counter(let counter): text.sample(name, all, counter.value)
            case .gauge(let gauge): text.sample(name, all, gauge.value)
            case .histogram(let histogram):
                let snapshot = histogram.snapshot
                let separator = all.isEmpty ? "" : ","
                var total: UInt64 = 0
                for (index, (bound, count)) in zip(histogram.bounds + [.infinity], snapshot.buckets).enumerated() {
                    total += count
                    text.sample(
                        name + "_bucket", "\(all)\(separator)le=\"\(text.bound(bound))\"", Double(total),
                        exemplar: snapshot.exemplars.isEmpty ? nil : snapshot.exemplars[index])
                }
                text.sample(name + "_sum", all, snapshot.sum)
                text.sample(name + "_count", all, Double(total))
            }
        }
    }
}
