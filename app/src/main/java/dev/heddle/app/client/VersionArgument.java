package dev.heddle.app.client;

import dev.heddle.cli.InputException;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A version as a user names it: {@code adapter@3}. */
record VersionArgument(String adapter, int number) {
  static final class Converter implements ITypeConverter<VersionArgument> {
    @Override
    public VersionArgument convert(String text) {
      try {
        return of(text);
      } catch (InputException e) {
        throw new TypeConversionException(String.valueOf(e.getMessage()));
      }
    }
  }

  /**
   * @throws InputException if it is none
   */
  static VersionArgument of(String text) {
    int at = text.lastIndexOf('@');
    try {
      return new VersionArgument(text.substring(0, at), Integer.parseInt(text.substring(at + 1)));
    } catch (IndexOutOfBoundsException | NumberFormatException e) {
      throw new InputException("'" + text + "' is not a version such as intent@3");
    }
  }
}
