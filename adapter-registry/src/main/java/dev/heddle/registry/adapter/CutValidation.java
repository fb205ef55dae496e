package dev.heddle.registry.adapter;

import dev.heddle.registry.Actor;
import dev.heddle.registry.replica.Start;
import org.jspecify.annotations.Nullable;

/**
 * A validation whose process is gone.
 *
 * @param actor who has completed the upload
 * @param owner that process, null if none is known
 * @param stored what it had put into the store, null if that was not all yet
 */
public record CutValidation(
    Version version, Actor actor, @Nullable Start owner, @Nullable StoredVersion stored) {}
