// The target has no interface: it only takes the place of a data object at link time.
