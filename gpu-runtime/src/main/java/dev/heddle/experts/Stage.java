package dev.heddle.experts;

import dev.heddle.format.adapter.AdapterSource;
import java.util.Locale;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The way of an adapter into the slots. Each stage owns what it names, and can give it back. Made
 * by the step thread; any thread may read.
 */
sealed interface Stage {
  /** Waits for one of {@link ResidencyConfig#maxLoads}. */
  record Asked() implements Stage {}

  /** A loader opens its source. */
  record Opening() implements Stage {}

  /** Its experts are known; waits for slots and a row. */
  record Waiting(AdapterSource source, AdapterExperts experts) implements Stage {
    @Override
    public void release(Residency residency, Consumer<AdapterSource> closer) {
      closer.accept(source);
    }
  }

  /** Has its row, holds what others brought, and is promised the rest. */
  record Claimed(AdapterSource source, AdapterExperts experts, Seat seat) implements Stage {
    @Override
    public void release(Residency residency, Consumer<AdapterSource> closer) {
      residency.abandon(experts, seat);
      closer.accept(source);
    }
  }

  /** A loader fills its slots from the source, and closes it. */
  record Filling(AdapterExperts experts, Seat seat) implements Stage {
    @Override
    public void release(Residency residency, Consumer<AdapterSource> closer) {
      residency.abandon(experts, seat);
    }
  }

  /** Can answer. */
  record Resident(AdapterExperts experts, Seat seat, long sinceNanos) implements Stage {
    @Override
    public void release(Residency residency, Consumer<AdapterSource> closer) {
      residency.vacate(seat);
    }
  }

  /** Forgotten: dropped, evicted, or failed for a reason. */
  record Gone(@Nullable AdapterLoadException failure) implements Stage {}

  /** Its row and slots; null while it has none. */
  default @Nullable Seat seat() {
    return null;
  }

  /** Its experts; null while they are not known. */
  default @Nullable AdapterExperts experts() {
    return null;
  }

  /**
   * Gives back what the stage owns; the stage is over with that.
   *
   * @param closer closes a source, wherever that is to happen
   */
  default void release(Residency residency, Consumer<AdapterSource> closer) {}

  /** Its source is open or being opened: it counts against {@link ResidencyConfig#maxLoads}. */
  default boolean isLoading() {
    return switch (this) {
      case Opening _, Waiting _, Claimed _, Filling _ -> true;
      case Asked _, Resident _, Gone _ -> false;
    };
  }

  /** In words, for people. */
  default String text() {
    return getClass().getSimpleName().toLowerCase(Locale.ROOT);
  }
}
