package dev.heddle.app.client;

import dev.heddle.app.client.load.Lengths;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Lengths as {@link Lengths#of} reads them. */
final class LengthsText implements ITypeConverter<Lengths> {
  @Override
  public Lengths convert(String text) {
    try {
      return Lengths.of(text);
    } catch (IllegalArgumentException e) {
      throw new TypeConversionException(e.getMessage());
    }
  }
}
