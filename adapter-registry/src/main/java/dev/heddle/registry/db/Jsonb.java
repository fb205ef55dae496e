package dev.heddle.registry.db;

import dev.heddle.format.Violation;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** Values of {@code jsonb} columns; written with {@code cast(:x as jsonb)}. */
public final class Jsonb {
  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  private Jsonb() {}

  /** Maps, lists, records, strings, numbers as JSON; null stays null. */
  public static @Nullable String write(@Nullable Object value) {
    return value == null ? null : MAPPER.writeValueAsString(value);
  }

  /** What {@link #write} wrote. */
  public static <T> T read(String json, TypeReference<T> type) {
    return MAPPER.readValue(json, type);
  }

  /** A version's report. */
  public static List<Violation> violations(String json) {
    return read(json, new TypeReference<List<Violation>>() {});
  }
}
