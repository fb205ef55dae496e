package dev.heddle.registry.replica;

import dev.heddle.format.Digest;
import java.net.URI;
import java.time.Duration;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a process says of itself that does not change while it runs.
 *
 * @param id of its data folder, see {@link dev.heddle.registry.disk.FolderIdentity#own}
 * @param name what people call it, 1 to 200 characters
 * @param address where others reach it, null if they do not
 * @param base digest of the base model
 * @param beat how often it announces itself, 100 ms or more; it is gone after three times as long
 */
public record ReplicaSettings(
    UUID id, String name, @Nullable URI address, Digest base, Duration beat) {}
