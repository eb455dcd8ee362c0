import CTensor

/// The numbers of texts on their way through a model; one thread's.
final class TransformerWorkspace {
    let tokens: Int
    let states: UnsafeMutablePointer<Float>
    let changes: UnsafeMutablePointer<Float>
    let heads: UnsafeMutablePointer<Float>
    let inner: UnsafeMutablePointer<Float>
    let scratch: UnsafeMutablePointer<Float>
    let steps: UnsafeMutablePointer<Float>
    let least: UnsafeMutablePointer<Float>
    let quanta: UnsafeMutableRawPointer

    /// For so many tokens of all texts together.
    init(_ shape: TransformerShape, tokens: Int) {
        self.tokens = tokens
        self.states = .allocate(capacity: tokens * shape.width)
        self.changes = .allocate(capacity: tokens * shape.width)
        self.heads = .allocate(capacity: tokens * shape.width * 3)
        self.inner = .allocate(capacity: tokens * shape.inner)
        self.scratch = .allocate(capacity: Int(tensor_attention_scratch(Int32(tokens), Int32(shape.headSize))))
        self.steps = .allocate(capacity: tokens)
        self.least = .allocate(capacity: tokens)
        self.quanta = .allocate(byteCount: tokens * max(shape.inner, shape.width) * Int(tensor_quantum), alignment: 64)
    }

    deinit {
        for pointer in [self.states, self.changes, self.heads, self.inner, self.scratch, self.steps, self.least] { pointer.deallocate() }
        self.quanta.deallocate()
    }
}
