package dev.heddle.template;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Objects;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The files of goldens beside these tests. */
final class Goldens {
  private Goldens() {}

  static JsonNode read(String file) {
    try (InputStream in = Objects.requireNonNull(Goldens.class.getResourceAsStream(file))) {
      return JsonMapper.shared().readTree(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
