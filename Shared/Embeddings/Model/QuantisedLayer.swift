import CTensor

/// One linear layer, its weights in 8 bits in the order that the processor's kernel takes.
///
/// `@unchecked Sendable`: written in `init` only.
final class QuantisedLayer: @unchecked Sendable {
    private let layer: UnsafeMutablePointer<tensor_layer>
    private let weights: UnsafeMutableRawPointer
    private let numbers: UnsafeMutablePointer<Float>

    /// `weights` is `outputs` × `inputs`; nil when a number is not finite.
    init?(_ weights: [Float], biases: [Float], inputs: Int, level: tensor_level) {
        let outputs = biases.count
        self.weights = .allocate(byteCount: inputs * outputs, alignment: 64)
        self.numbers = .allocate(capacity: 3 * outputs)
        self.layer = .allocate(capacity: 1)
        let packed = self.weights.bindMemory(to: Int8.self, capacity: inputs * outputs)
        let scales = self.numbers, sums = scales + outputs, added = sums + outputs
        let isFinite = tensor_pack(level, weights, Int32(inputs), Int32(outputs), packed, scales, sums)
        added.initialize(from: biases, count: outputs)
        self.layer.initialize(
            to: tensor_layer(inputs: Int32(inputs), outputs: Int32(outputs), weights: packed, scales: scales, sums: sums, biases: added))
        guard isFinite == 1, biases.allSatisfy(\.isFinite) else { return nil }
    }

    deinit {
        self.layer.deallocate()
        self.weights.deallocate()
        self.numbers.deallocate()
    }

    /// `out` of what `workspace` holds quantised.
    func apply(_ workspace: TransformerWorkspace, rows: Int, to out: UnsafeMutablePointer<Float>, level: tensor_level) {
        tensor_apply(level, self.layer, workspace.quanta, workspace.steps, workspace.least, Int32(rows), out)
    }
}
