package dev.heddle.it.contract;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/** Compares two documents' schemas, of what is sent or of what is answered. */
final class Schemas {
  private final JsonNode before;
  private final JsonNode after;
  private final List<String> found;
  private final boolean sent;
  private final Set<String> compared = new HashSet<>();

  /**
   * @param sent whether clients write what the schemas describe; they read it otherwise
   */
  Schemas(JsonNode before, JsonNode after, List<String> found, boolean sent) {
    this.before = before;
    this.after = after;
    this.found = found;
    this.sent = sent;
  }

  static JsonNode resolve(JsonNode node, JsonNode document) {
    String reference = node.path("$ref").asString("");
    return reference.isEmpty() ? node : resolve(document.at(reference.substring(1)), document);
  }

  void compare(String place, JsonNode oldSchema, JsonNode newSchema) {
    String pair = oldSchema.path("$ref").asString("") + " " + newSchema.path("$ref").asString("");
    if (!pair.isBlank() && !compared.add(pair)) {
      return; // a schema that holds itself, or was told of already
    }
    JsonNode old = resolve(oldSchema, before);
    JsonNode now = resolve(newSchema, after);
    types(place, old, now);
    limits(place, old, now);
    properties(place, old, now);
    if (old.has("items")) {
      compare(place + "[]", old.path("items"), now.path("items"));
    }
    if (old.path("additionalProperties").isObject()) {
      compare(place + "{}", old.path("additionalProperties"), now.path("additionalProperties"));
    }
    for (String kind : List.of("allOf", "anyOf", "oneOf")) {
      alternatives(place, kind, old.path(kind), now.path(kind));
    }
  }

  private void types(String place, JsonNode old, JsonNode now) {
    Set<String> was = texts(old.path("type"));
    Set<String> is = texts(now.path("type"));
    Set<String> missing = sent ? minus(was, is) : minus(is, was);
    if (!is.isEmpty() && !was.isEmpty() && !missing.isEmpty()) {
      found.add(place + ": type was " + was + ", is " + is);
    } else if (sent && was.isEmpty() && !is.isEmpty()) {
      found.add(place + ": only " + is + " now");
    } else if (!sent && is.isEmpty() && !was.isEmpty()) {
      found.add(place + ": no longer " + was + " alone");
    }
    Set<String> values = texts(now.path("enum"));
    Set<String> dropped = minus(texts(old.path("enum")), values);
    if (sent && !values.isEmpty() && (!old.has("enum") || !dropped.isEmpty())) {
      found.add(place + ": takes only " + values + " now");
    }
  }

  private void limits(String place, JsonNode old, JsonNode now) {
    if (!sent) {
      return;
    }
    for (String least : List.of("minimum", "exclusiveMinimum", "minLength", "minItems")) {
      if (now.path(least).asDouble(-Double.MAX_VALUE)
          > old.path(least).asDouble(-Double.MAX_VALUE)) {
        found.add(place + ": " + least + " is " + now.path(least));
      }
    }
    for (String most : List.of("maximum", "exclusiveMaximum", "maxLength", "maxItems")) {
      if (now.path(most).asDouble(Double.MAX_VALUE) < old.path(most).asDouble(Double.MAX_VALUE)) {
        found.add(place + ": " + most + " is " + now.path(most));
      }
    }
    for (String rule : List.of("pattern", "format")) {
      if (now.has(rule) && !now.path(rule).equals(old.path(rule))) {
        found.add(place + ": " + rule + " is " + now.path(rule));
      }
    }
  }

  private void properties(String place, JsonNode old, JsonNode now) {
    for (Map.Entry<String, JsonNode> property : old.path("properties").properties()) {
      String where = place + "." + property.getKey();
      JsonNode kept = now.path("properties").path(property.getKey());
      if (kept.isMissingNode()) {
        found.add(where + ": removed");
      } else {
        compare(where, property.getValue(), kept);
      }
    }
    Set<String> was = texts(old.path("required"));
    Set<String> is = texts(now.path("required"));
    Stream<String> changed = (sent ? minus(is, was) : minus(was, is)).stream().sorted();
    changed
        .filter(name -> sent || now.path("properties").has(name))
        .forEach(
            name -> found.add(place + "." + name + (sent ? ": required now" : ": may be absent")));
  }

  private void alternatives(String place, String kind, JsonNode old, JsonNode now) {
    boolean fewer = now.size() < old.size();
    boolean more = now.size() > old.size();
    boolean all = kind.equals("allOf");
    if ((sent && (all ? more : fewer && !now.isEmpty())) || (!sent && (all ? fewer : more))) {
      found.add(place + ": " + kind + " has " + now.size() + " parts, had " + old.size());
    }
    for (int i = 0; i < Math.min(old.size(), now.size()); i++) {
      compare(place, old.get(i), now.get(i));
    }
  }

  private static Set<String> texts(JsonNode node) {
    return node.isArray()
        ? node.valueStream().map(value -> value.asString("null")).collect(Collectors.toSet())
        : node.isString() ? Set.of(node.stringValue()) : Set.of();
  }

  private static Set<String> minus(Set<String> all, Set<String> without) {
    Set<String> rest = new HashSet<>(all);
    rest.removeAll(without);
    return rest;
  }
}
