package dev.heddle.app.api;

import dev.heddle.registry.Page;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One page of a list.
 *
 * @param next value of {@code after} for the next page; null on the last page
 */
public record PageView<T>(List<T> items, @Nullable String next) {
  public static <S, T> PageView<T> of(Page<S> page, Function<S, T> view) {
    return new PageView<>(page.items().stream().map(view).toList(), page.next());
  }
}
