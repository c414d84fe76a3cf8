// The target has no interface: it only takes the place of ICU at link time.
