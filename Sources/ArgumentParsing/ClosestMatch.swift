/// The candidate that a mistyped word most likely means; nil if none is close.
///
/// In this order: a candidate with one letter inserted, left out, replaced or swapped with its neighbour; the only candidate that
/// begins with the word; the candidate with the fewest such edits, which are at most a third of the letters. Words of one letter
/// are no misspellings of each other. Letter case does not count. Of equally close candidates the first wins.
public func closestMatch(to word: String, in candidates: some Sequence<String>) -> String? {
    guard !word.isEmpty, word.utf8.count <= 256 else { return nil }
    let typed = Array(word.lowercased())
    var best: (candidate: String, distance: Int)?
    var beginning: [String] = []
    for candidate in candidates {
        let letters = Array(candidate.lowercased())
        if letters.starts(with: typed) { beginning.append(candidate) }
        let shorter = min(typed.count, letters.count)
        let limit = shorter < 2 ? 0 : max(1, shorter / 3)
        guard abs(typed.count - letters.count) <= limit else { continue }
        let distance = editDistance(typed, letters)
        if distance <= limit, distance < best?.distance ?? .max { best = (candidate, distance) }
    }
    if let best, best.distance <= 1 || beginning.count != 1 { return best.candidate }
    return beginning.count == 1 ? beginning[0] : nil
}

/// The number of insertions, deletions, replacements and swaps of neighbours between two words (optimal string alignment:
/// no part is edited twice).
func editDistance(_ first: [Character], _ second: [Character]) -> Int {
    var beforeLast: [Int] = []
    var last = Array(0...second.count)
    for row in first.indices {
        var current = [row + 1]
        for column in second.indices {
            let isSame = first[row] == second[column]
            var cost = min(last[column + 1] + 1, current[column] + 1, last[column] + (isSame ? 0 : 1))
            if row > 0, column > 0, first[row] == second[column - 1], first[row - 1] == second[column] {
                cost = min(cost, beforeLast[column - 1] + 1)
            }
            current.append(cost)
        }
        (beforeLast, last) = (last, current)
    }
    return last[second.count]
}
