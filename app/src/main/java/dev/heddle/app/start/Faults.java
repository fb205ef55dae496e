package dev.heddle.app.start;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Collects what keeps the platform from starting, each told of the setting at fault. */
final class Faults {
  private final List<Setting> settings;
  private final GivenSettings given;
  private final List<String> unknown = new ArrayList<>();
  private final Map<String, String> bySetting = new LinkedHashMap<>();

  Faults(List<Setting> settings, GivenSettings given) {
    this.settings = settings;
    this.given = given;
  }

  /** A line that names what is at fault itself. */
  void add(String line) {
    unknown.add(line);
  }

  /**
   * A fault of a setting.
   *
   * @param name e.g. {@code port} or {@code serving.load-wait}; case and dashes do not count
   */
  void add(String name, String fault) {
    bySetting.merge(setting(name), fault, (first, next) -> first + "; " + next);
  }

  /**
   * Whether nothing has been found wrong with any of these settings.
   *
   * @param names as {@link #add}, or with a dot at the end for all that begin so
   */
  boolean areClean(String... names) {
    for (String name : names) {
      String sought = name.endsWith(".") ? Setting.PREFIX + name : setting(name);
      boolean found =
          bySetting.keySet().stream()
              .anyMatch(at -> name.endsWith(".") ? at.startsWith(sought) : at.equals(sought));
      if (found) {
        return false;
      }
    }
    return true;
  }

  /** One line for each setting at fault, which says all that is wrong with it. */
  List<String> lines() {
    List<String> lines = new ArrayList<>(unknown);
    bySetting.forEach((property, wrong) -> lines.add(named(property) + ": " + wrong));
    return lines;
  }

  /** The whole name of a setting, as it is declared. */
  private String setting(String name) {
    String property = Setting.PREFIX + name;
    return settings.stream()
        .filter(setting -> setting.isProperty(property))
        .findFirst()
        .map(Setting::name)
        .orElse(property);
  }

  private String named(String property) {
    return settings.stream()
        .filter(setting -> setting.name().equals(property))
        .findFirst()
        .map(given::named)
        .orElse(property);
  }
}
