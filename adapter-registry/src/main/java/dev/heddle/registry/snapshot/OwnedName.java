package dev.heddle.registry.snapshot;

import java.util.UUID;

/** A name and the tenant it belongs to. */
record OwnedName(UUID owner, String name) {}
