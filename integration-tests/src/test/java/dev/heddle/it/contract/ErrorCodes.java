package dev.heddle.it.contract;

import dev.heddle.app.error.ErrorCode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Every {@code code} that an answer of management may have, as the sources name them. */
final class ErrorCodes {
  private record Source(Pattern pattern, String suffix) {}

  private static final List<Source> REASONS =
      List.of(
          new Source(literalOf("ConflictException"), ""),
          new Source(literalOf("Refusal"), ""), // of a database's constraint
          new Source(literalOf("NotFoundException"), "_not_found"),
          new Source(
              Pattern.compile(
                  "extends RegistryException \\{[^}]*?super\\(\\s*\"([a-z][a-z-]*)\"",
                  Pattern.DOTALL),
              ""));

  private ErrorCodes() {}

  static Set<String> all(Path repository) {
    Set<String> codes = new TreeSet<>();
    Arrays.stream(ErrorCode.values()).map(ErrorCode::code).forEach(codes::add);
    for (String module : List.of("adapter-registry", "app")) {
      try (Stream<Path> sources = Files.walk(repository.resolve(module).resolve("src/main/java"))) {
        sources.filter(file -> file.toString().endsWith(".java")).forEach(file -> add(file, codes));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return codes;
  }

  private static void add(Path source, Set<String> codes) {
    String text;
    try {
      text = Files.readString(source);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    for (Source reason : REASONS) {
      Matcher matcher = reason.pattern().matcher(text);
      while (matcher.find()) {
        codes.add(matcher.group(1).replace('-', '_') + reason.suffix());
      }
    }
  }

  private static Pattern literalOf(String type) {
    return Pattern.compile("new " + type + "\\(\\s*\"([a-z][a-z-]*)\"\\s*,");
  }
}
