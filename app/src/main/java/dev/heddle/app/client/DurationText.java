package dev.heddle.app.client;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A time as people write it, {@code 30d} or {@code 12h}, or as ISO 8601 does, {@code P30D}. */
final class DurationText implements ITypeConverter<Duration> {
  private static final Pattern SIMPLE = Pattern.compile("(\\d{1,9})\\s*([smhdw])");

  @Override
  public Duration convert(String text) {
    Matcher simple = SIMPLE.matcher(text.strip().toLowerCase(Locale.ROOT));
    if (simple.matches()) {
      return Duration.ofSeconds(Long.parseLong(simple.group(1)) * seconds(simple.group(2)));
    }
    try {
      return Duration.parse(text.strip());
    } catch (DateTimeParseException e) {
      throw new TypeConversionException("'" + text + "' is no time such as 30d, 12h or P30D");
    }
  }

  private static long seconds(String unit) {
    return switch (unit) {
      case "s" -> 1;
      case "m" -> 60;
      case "h" -> 3600;
      case "d" -> 86_400;
      default -> 7 * 86_400;
    };
  }
}
