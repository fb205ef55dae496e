package dev.heddle.registry.access;

import dev.heddle.format.Digest;
import java.time.Instant;
import java.util.UUID;

/** A base model that adapters were made from; the same name with other weights is another one. */
public record BaseModel(UUID id, String name, Digest digest, Instant createdAt) {}
