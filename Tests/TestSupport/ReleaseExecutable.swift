import Glibc

/// The executable that ships: what `TEDGE_EXECUTABLE` names, else what `make build` made.
public let releaseExecutable: String = {
    if let given = getenv("TEDGE_EXECUTABLE") { return String(cString: given) }
    return packageDirectory + "/.build/release/tedge"
}()

/// The top directory of the package.
public let packageDirectory = String(#filePath.dropLast("/Tests/TestSupport/ReleaseExecutable.swift".count))
