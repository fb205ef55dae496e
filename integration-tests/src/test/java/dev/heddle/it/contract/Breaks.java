package dev.heddle.it.contract;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/**
 * What a new document takes from clients that were written for an old one. Whatever they could send
 * they can still send, and whatever they could read is still there. A value more in an enumeration
 * of an answer is no break: clients have to expect that.
 */
public final class Breaks {
  private final JsonNode before;
  private final JsonNode after;
  private final List<String> found = new ArrayList<>();

  private Breaks(JsonNode before, JsonNode after) {
    this.before = before;
    this.after = after;
  }

  /** One line for each break, empty if there is none. */
  public static List<String> between(JsonNode before, JsonNode after) {
    Breaks breaks = new Breaks(before, after);
    breaks.paths();
    return breaks.found;
  }

  private void paths() {
    for (Map.Entry<String, JsonNode> path : before.path("paths").properties()) {
      for (Map.Entry<String, JsonNode> operation : path.getValue().properties()) {
        String place = operation.getKey() + " " + path.getKey();
        JsonNode now = after.path("paths").path(path.getKey()).path(operation.getKey());
        if (now.isMissingNode()) {
          found.add(place + ": removed");
        } else {
          operation(place, operation.getValue(), now);
        }
      }
    }
  }

  private void operation(String place, JsonNode old, JsonNode now) {
    scopes(place, old, now);
    parameters(place, old, now);
    body(place + " body", old.path("requestBody"), now.path("requestBody"));
    for (Map.Entry<String, JsonNode> response : old.path("responses").properties()) {
      String where = place + " " + response.getKey();
      JsonNode kept = now.path("responses").path(response.getKey());
      if (kept.isMissingNode()) {
        found.add(where + ": removed");
      } else {
        contents(
            where,
            Schemas.resolve(response.getValue(), before),
            Schemas.resolve(kept, after),
            new Schemas(before, after, found, false));
      }
    }
  }

  private void scopes(String place, JsonNode old, JsonNode now) {
    Set<JsonNode> kept = now.path("x-heddle-scopes").valueStream().collect(Collectors.toSet());
    if (kept.isEmpty()) {
      return; // open to everybody
    }
    if (old.path("x-heddle-scopes").isEmpty()) {
      found.add(place + ": needs a key now");
    }
    old.path("x-heddle-scopes")
        .valueStream()
        .filter(scope -> !kept.contains(scope))
        .forEach(scope -> found.add(place + ": the scope " + scope + " opens it no more"));
  }

  private void parameters(String place, JsonNode old, JsonNode now) {
    Map<String, JsonNode> was = parameters(old, before);
    Map<String, JsonNode> is = parameters(now, after);
    was.forEach((name, parameter) -> {
      if (!is.containsKey(name)) {
        found.add(place + " parameter " + name + ": removed");
      }
    });
    is.forEach((name, parameter) -> {
      JsonNode known = was.get(name);
      boolean required = parameter.path("required").asBoolean(false);
      if (required && (known == null || !known.path("required").asBoolean(false))) {
        found.add(place + " parameter " + name + ": required now");
      }
      if (known != null) {
        new Schemas(before, after, found, true)
            .compare(place + " parameter " + name, known.path("schema"), parameter.path("schema"));
      }
    });
  }

  private static Map<String, JsonNode> parameters(JsonNode operation, JsonNode document) {
    Map<String, JsonNode> parameters = new TreeMap<>();
    for (JsonNode parameter : operation.path("parameters")) {
      JsonNode resolved = Schemas.resolve(parameter, document);
      parameters.put(
          resolved.path("in").asString("") + " " + resolved.path("name").asString(""), resolved);
    }
    return parameters;
  }

  private void body(String place, JsonNode old, JsonNode now) {
    if (now.path("required").asBoolean(false) && !old.path("required").asBoolean(false)) {
      found.add(place + ": required now");
    }
    contents(place, old, now, new Schemas(before, after, found, true));
  }

  private void contents(String place, JsonNode old, JsonNode now, Schemas schemas) {
    for (Map.Entry<String, JsonNode> content : old.path("content").properties()) {
      JsonNode kept = now.path("content").path(content.getKey());
      if (kept.isMissingNode()) {
        found.add(place + ": " + content.getKey() + " removed");
      } else {
        schemas.compare(place, content.getValue().path("schema"), kept.path("schema"));
      }
    }
  }
}
