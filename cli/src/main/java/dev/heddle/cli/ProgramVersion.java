package dev.heddle.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;
import picocli.CommandLine.IVersionProvider;

/** Which Heddle this is. */
public final class ProgramVersion implements IVersionProvider {
  /** The release's number, e.g. {@code 0.1.0}. */
  public static String number() {
    try (InputStream in = ProgramVersion.class.getResourceAsStream("version.properties")) {
      Properties properties = new Properties();
      properties.load(in);
      return properties.getProperty("version");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** E.g. {@code heddle 0.1.0}. */
  public static String text() {
    return "heddle " + number();
  }

  @Override
  public String[] getVersion() {
    return new String[] {text()};
  }
}
