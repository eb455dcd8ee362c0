import CTensor

/// One linear layer, its weights in 8 bits in the order that the processor's kernel takes.
///
/// `@unchecked Sendable`: written in `init` only.
final class QuantisedLayer: @unchecked Sendable {
    private let layer: UnsafeMutablePointer<tensor_layer>
    private let weights: UnsafeMutableRawPointer
    private let numbers: UnsafeMutablePointer<Float>
    private let shift: [Float]?
    private let isWide: Int32

    /// - Parameters:
    ///   - weights: `outputs` × `inputs`.
    ///   - shift: what its inputs are given less, because they are more alike in size without it.
    ///   - isWide: its inputs have more than 8 bits where that costs little.
    /// - Returns: nil when a number is not finite.
    init?(_ weights: [Float], biases: [Float], inputs: Int, shift: [Float]?, isWide: Bool, level: tensor_level) {
        let outputs = biases.count
        self.weights = .allocate(byteCount: inputs * outputs, alignment: 64)
        self.numbers = .allocate(capacity: 3 * outputs)
        self.layer = .allocate(capacity: 1)
        let packed = self.weights.bindMemory(to: Int8.self, capacity: inputs * outputs)
        let scales = self.numbers, sums = scales + outputs, added = sums + outputs
        added.initialize(from: biases, count: outputs)
        self.shift = shift
        self.isWide = tensor_is_wide(level, isWide ? 1 : 0)
        let isFinite = tensor_pack(level, weights, shift, Int32(inputs), Int32(outputs), self.isWide, packed, scales, sums, added)
        self.layer.initialize(
            to: tensor_layer(
                inputs: Int32(inputs), outputs: Int32(outputs), wide: self.isWide, weights: packed, scales: scales, sums: sums, biases: added))
        guard isFinite == 1 else { return nil }
    }

    deinit {
        self.layer.deallocate()
        self.weights.deallocate()
        self.numbers.deallocate()
    }

    /// `out` (`rows` × outputs) of `input` (`rows` × inputs); with GELU, which changes the input, of that.
    func apply(
        _ input: UnsafeMutablePointer<Float>, withGELU: Bool = false, rows: Int, to out: UnsafeMutablePointer<Float>, _ workspace: TransformerWorkspace,
        level: tensor_level
    ) {
        tensor_quantise(
            level, input, self.shift, Int32(rows), self.layer.pointee.inputs, withGELU ? 1 : 0, self.isWide, workspace.quanta, workspace.steps, workspace.least)
        tensor_apply(level, self.layer, workspace.quanta, workspace.steps, workspace.least, Int32(rows), out)
    }
}
