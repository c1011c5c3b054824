/// A node as the router sees it.
struct Node: Sendable {
    let id: NodeID
    let address: NodeAddress
    var health: NodeHealth
    /// No source names it any more: it keeps its sessions until it dies, and is then forgotten.
    var isRetired = false
    /// Sessions given to it that its last report may not contain.
    private(set) var assigned = 0
    private var assignedBeforeProbe = 0

    init(id: NodeID, address: NodeAddress, threshold: Int) {
        self.id = id
        self.address = address
        health = NodeHealth(threshold: threshold)
    }

    /// Sessions it is thought to have, or `standard` more than assigned if it does not count them.
    func load(ifUncounted standard: Int = 0) -> Int { (health.report?.sessions ?? standard) + assigned }

    var takesSessions: Bool { health.state == .healthy && !isRetired }

    mutating func assign() {
        assigned += 1
    }

    mutating func probeStarted() {
        assignedBeforeProbe = assigned
    }

    mutating func probeAnswered(_ report: ProbeReport) -> HealthChange {
        let change = health.answered(report)
        // What was assigned while the probe was under way may or may not be in the report: count it once more.
        assigned -= assignedBeforeProbe
        assignedBeforeProbe = 0
        return change
    }
}
