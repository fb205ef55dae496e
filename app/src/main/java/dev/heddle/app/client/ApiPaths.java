package dev.heddle.app.client;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/** Paths of the API, made from names that a user typed. */
final class ApiPaths {
  private ApiPaths() {}

  static String adapter(String name) {
    return "adapters/" + segment(name);
  }

  static String versions(String adapter) {
    return adapter(adapter) + "/versions";
  }

  static String version(String adapter, int number) {
    return versions(adapter) + "/" + number;
  }

  static String segment(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
