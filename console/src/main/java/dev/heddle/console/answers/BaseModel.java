package dev.heddle.console.answers;

import java.util.List;

/** What adapters are adapters of. */
public record BaseModel(
    String name,
    String digest,
    String family,
    String dtype,
    int maxContext,
    int layers,
    List<Integer> moeLayers,
    int routedExperts,
    int sharedExperts,
    int expertsPerToken) {}
