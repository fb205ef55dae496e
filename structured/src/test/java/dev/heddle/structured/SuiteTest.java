package dev.heddle.structured;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/**
 * The cases of the JSON-Schema-Test-Suite: a valid instance can be written, with its members in
 * some order; an invalid one in no order. Numbers are written without needless digits, strings
 * without needless escapes.
 */
class SuiteTest {
  /** Formats of which only common forms are written. */
  private static final List<String> NARROW =
      List.of("hostname.json", "email.json", "time.json", "date-time.json", "uri.json");

  private final List<String> wrong = new ArrayList<>();
  private int schemas;
  private int instances;

  @Test
  void every_case_of_the_subset() throws IOException {
    for (String draft : List.of("draft2020-12", "draft2019-09")) {
      for (Suite.Group group : Suite.groups(draft)) {
        check(group);
      }
    }
    assertThat(wrong).isEmpty();
    assertThat(schemas).isGreaterThan(500);
    assertThat(instances).isGreaterThan(2_000);
  }

  private void check(Suite.Group group) {
    Constraint constraint = group.compile();
    if (constraint == null && !group.isEmpty()) {
      return;
    }
    schemas++;
    for (JsonNode test : group.tests()) {
      instances++;
      boolean valid = test.get("valid").booleanValue();
      List<String> texts = orders(test.get("data"));
      boolean taken =
          constraint != null && texts.stream().anyMatch(t -> Bytes.takes(constraint, t));
      boolean narrow = NARROW.stream().anyMatch(group.file()::endsWith);
      if (taken != valid && !(valid && narrow)) {
        wrong.add(
            "%s: %s: %s is %s"
                .formatted(
                    group.file(), group.schema(), texts.getFirst(), taken ? "taken" : "refused"));
      }
    }
  }

  /** The value as it is written, with the members of its objects in every order. */
  private static List<String> orders(JsonNode value) {
    if (value.isString()) {
      return List.of(quoted(value.stringValue()));
    }
    if (value.isNumber()) {
      return List.of(NumberWriter.text(value.decimalValue()));
    }
    if (value.isArray()) {
      List<String> texts = List.of("");
      for (JsonNode item : value) {
        texts = product(texts, orders(item));
      }
      return texts.stream().map(t -> "[" + t + "]").toList();
    }
    if (value.isObject()) {
      List<List<String>> members = new ArrayList<>();
      value
          .properties()
          .forEach(m ->
              members.add(
                  orders(m.getValue()).stream().map(v -> quoted(m.getKey()) + ":" + v).toList()));
      List<String> texts = new ArrayList<>();
      permute(members, new ArrayList<>(), "", texts);
      return texts.stream().map(t -> "{" + t + "}").toList();
    }
    return List.of(value.toString());
  }

  private static void permute(
      List<List<String>> members, List<Integer> used, String text, List<String> texts) {
    if (used.size() == members.size()) {
      texts.add(text);
      return;
    }
    for (int i = 0; i < members.size(); i++) {
      boolean first = used.isEmpty();
      if (!used.contains(i) && (members.size() <= 5 || i == used.size())) {
        used.add(i);
        for (String member : members.get(i)) {
          permute(members, used, first ? member : text + "," + member, texts);
        }
        used.remove(Integer.valueOf(i));
      }
    }
  }

  private static List<String> product(List<String> before, List<String> after) {
    List<String> all = new ArrayList<>();
    for (String a : before) {
      for (String b : after) {
        all.add(a.isEmpty() ? b : a + "," + b);
      }
    }
    return all;
  }

  private static String quoted(String text) {
    StringBuilder quoted = new StringBuilder("\"");
    quoted.append(
        new String(
            new TextWriter(new NetworkBuilder(new Budget(StructureLimits.DEFAULT)), true)
                .encode(text),
            StandardCharsets.UTF_8));
    return quoted.append('"').toString();
  }
}
