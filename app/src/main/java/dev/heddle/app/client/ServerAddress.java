package dev.heddle.app.client;

import java.net.URI;
import java.util.Map;
import java.util.Objects;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Where the platform is, as people write it: a URL, or an address and a port. */
final class ServerAddress implements ITypeConverter<URI> {
  @Override
  public URI convert(String text) {
    try {
      return of(text);
    } catch (IllegalArgumentException e) {
      throw new TypeConversionException(
          "'" + text + "' is no address such as http://127.0.0.1:8080 or 127.0.0.1:8080");
    }
  }

  /**
   * The address that the environment names: HEDDLE_SERVER, else what the platform itself listens on
   * by HEDDLE_HOST and HEDDLE_PORT.
   *
   * @throws IllegalArgumentException if that is no address
   */
  static URI of(Map<String, String> environment) {
    String server = environment.getOrDefault("HEDDLE_SERVER", "");
    if (!server.isBlank()) {
      return of(server);
    }
    String host = set(environment, "HEDDLE_HOST", "127.0.0.1");
    String reached = host.equals("0.0.0.0") ? "127.0.0.1" : host;
    return of(reached + ":" + set(environment, "HEDDLE_PORT", "8080"));
  }

  private static String set(Map<String, String> environment, String name, String standard) {
    String value = Objects.requireNonNullElse(environment.get(name), "");
    return value.isBlank() ? standard : value.strip();
  }

  private static URI of(String text) {
    String address = text.strip();
    URI server = URI.create(address.contains("://") ? address : "http://" + address);
    if (server.getHost() == null) {
      throw new IllegalArgumentException("no host in " + text);
    }
    return server;
  }
}
