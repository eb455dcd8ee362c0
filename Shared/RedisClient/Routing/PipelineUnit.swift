/// What stays together in a pipeline: a single command, or a transaction from `MULTI` to `EXEC`.
struct PipelineUnit: Equatable {
    /// Indexes into the pipeline.
    let commands: Range<Int>
    let slot: Int?
    var isTransaction: Bool { self.commands.count > 1 }

    /// - Parameter isSharded: whether commands have to be told apart by slots at all.
    static func units(of pipeline: [RedisCommand], isSharded: Bool) throws(RedisError) -> [PipelineUnit] {
        var units: [PipelineUnit] = []
        var start: Int?
        var slot: Int?
        for (index, command) in pipeline.enumerated() {
            let own = isSharded ? try command.slot() : nil
            switch (command.name, start) {
            case ("MULTI", nil):
                (start, slot) = (index, nil)
            case ("EXEC", let first?), ("DISCARD", let first?):
                units.append(PipelineUnit(commands: first..<index + 1, slot: slot))
                start = nil
            case (_, .some):
                if let own, let slot, own != slot {
                    throw RedisError(.refused, "CROSSSLOT the keys of one transaction lie in different hash slots; give them a common {tag}")
                }
                slot = slot ?? own
            case (_, nil):
                units.append(PipelineUnit(commands: index..<index + 1, slot: own))
            }
        }
        if let start { units.append(PipelineUnit(commands: start..<pipeline.count, slot: slot)) }
        return units
    }
}
