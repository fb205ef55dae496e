package dev.heddle.it;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** One way to start the platform wrongly, and what its user has to be told. */
final class StartFailure {
  final String name;
  final Map<String, String> environment = new LinkedHashMap<>();
  final List<String> words = new ArrayList<>();
  final List<String> told = new ArrayList<>();
  boolean unprivileged;

  private StartFailure(String name) {
    this.name = name;
  }

  static StartFailure of(String name) {
    return new StartFailure(name);
  }

  StartFailure variable(String variable, Object value) {
    environment.put(variable, value.toString());
    return this;
  }

  StartFailure with(String... settings) {
    words.addAll(Arrays.asList(settings));
    return this;
  }

  /** Run without root's right to read and open everything. */
  StartFailure unprivileged() {
    unprivileged = true;
    return this;
  }

  StartFailure tells(Object... texts) {
    Arrays.stream(texts).map(Object::toString).forEach(told::add);
    return this;
  }
}
