package dev.heddle.app.start;

import java.math.BigDecimal;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.springframework.core.convert.converter.Converter;
import org.springframework.util.unit.DataSize;

/** Sizes as people write them: {@code 12GB}, {@code 12G}, {@code 12GiB}, {@code 1.5 g}, bytes. */
final class SizeText implements Converter<String, DataSize> {
  private static final Pattern SIZE =
      Pattern.compile("(-?\\d+(?:\\.\\d+)?)\\s*([kmgt]?)(?:i?b)?", Pattern.CASE_INSENSITIVE);
  private static final String UNITS = "kmgt";

  @Override
  public DataSize convert(String text) {
    Matcher size = SIZE.matcher(text.strip());
    if (!size.matches()) {
      throw new IllegalArgumentException("'" + text + "' is not a size");
    }
    int power = UNITS.indexOf(size.group(2).toLowerCase(Locale.ROOT)) + 1;
    int shift = size.group(2).isEmpty() ? 0 : 10 * power;
    return DataSize.ofBytes(
        new BigDecimal(size.group(1))
            .multiply(BigDecimal.valueOf(1L << shift))
            .toBigInteger()
            .longValueExact());
  }
}
