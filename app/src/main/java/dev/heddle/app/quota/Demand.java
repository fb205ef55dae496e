package dev.heddle.app.quota;

import dev.heddle.format.Digest;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The most that a request will use.
 *
 * @param tokens of its prompts, and max_tokens for each choice; &ge; 1
 * @param sequences choices over all prompts, &ge; 1
 * @param adapter what answers, null for the base model
 * @param slots expert slots that the adapter needs when nothing is shared; 0 for the base model
 */
public record Demand(
    UUID tenant, long tokens, int sequences, @Nullable Digest adapter, int slots) {}
