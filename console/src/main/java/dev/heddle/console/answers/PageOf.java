package dev.heddle.console.answers;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A part of a list; {@code next} is null at the end. */
public record PageOf<T>(List<T> items, @Nullable String next) {}
