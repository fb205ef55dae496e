package dev.heddle.app.request;

import dev.heddle.app.error.ApiException;
import dev.heddle.app.error.ErrorCode;
import dev.heddle.format.CodePoints;
import dev.heddle.format.Json;
import dev.heddle.format.Violation;
import dev.heddle.format.Violations;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The fields of one JSON object. Faults are collected, not thrown, so that a caller hears of all of
 * them at once ({@link #throwFaults}); a faulty field reads as its default meanwhile. A field that
 * is null counts as absent, as OpenAI's clients expect. Used by one thread.
 */
public final class Fields {
  /** Violation code of a field that is known, but whose feature is not built. */
  private static final String UNSUPPORTED = "unsupported-parameter";

  private static final String INVALID = "invalid-parameter";

  private final ObjectNode object;
  private final String prefix;
  private final Violations faults;

  public Fields(ObjectNode object) {
    this(object, "", new Violations());
  }

  private Fields(ObjectNode object, String prefix, Violations faults) {
    this.object = object;
    this.prefix = prefix;
    this.faults = faults;
  }

  /** Whether the field is there, be it null. */
  public boolean has(String name) {
    return object.has(name);
  }

  /** Faults every field that is none of these: a mistyped one must not pass for an absent one. */
  public void allowOnly(String... names) {
    Set<String> known = Set.of(names);
    for (String name : object.propertyNames()) {
      if (!known.contains(name)) {
        if (isFull()) {
          return;
        }
        fault(name, "is not known here");
      }
    }
  }

  /** The field's value, null if it is absent or null. */
  public @Nullable JsonNode find(String name) {
    JsonNode value = object.get(name);
    return value == null || value.isNull() ? null : value;
  }

  /**
   * The fields of an object inside this one, null if it is absent; faults go to this one's list.
   */
  public @Nullable Fields object(String name) {
    JsonNode value = find(name);
    if (value == null) {
      return null;
    }
    if (value instanceof ObjectNode inner) {
      return new Fields(inner, prefix + name + ".", faults);
    }
    fault(name, "must be an object");
    return null;
  }

  /** The fields of {@code element}, which stands at {@code place} such as {@code messages[0]}. */
  public Fields element(String place, ObjectNode element) {
    return new Fields(element, prefix + place + ".", faults);
  }

  public @Nullable String string(String name) {
    JsonNode value = find(name);
    return value == null ? null : text(name, value);
  }

  /** A string that must be there and not be empty. */
  public String requiredString(String name) {
    if (find(name) == null) {
      fault(name, "is required");
      return "";
    }
    String value = string(name);
    if (value != null && value.isEmpty()) {
      fault(name, "must not be empty");
    }
    return value == null ? "" : value;
  }

  /** The value as text that can be tokenised; {@code place} names it in a fault. */
  public @Nullable String text(String place, JsonNode value) {
    if (!value.isString()) {
      fault(place, "must be a string");
      return null;
    }
    String text = value.stringValue();
    if (hasLoneSurrogate(text)) {
      fault(place, "holds half of a surrogate pair, which is no character");
      return null;
    }
    return text;
  }

  public boolean bool(String name, boolean otherwise) {
    JsonNode value = find(name);
    if (value == null) {
      return otherwise;
    }
    if (!value.isBoolean()) {
      fault(name, "must be true or false");
      return otherwise;
    }
    return value.booleanValue();
  }

  /** An integer in [least, most], null if absent. */
  public @Nullable Integer integer(String name, int least, int most) {
    Long value = integer64(name, least, most);
    return value == null ? null : value.intValue();
  }

  public int integer(String name, int least, int most, int otherwise) {
    Integer value = integer(name, least, most);
    return value == null ? otherwise : value;
  }

  /** A 64-bit integer in [least, most], null if absent. */
  public @Nullable Long integer64(String name, long least, long most) {
    JsonNode given = find(name);
    if (given == null) {
      return null;
    }
    JsonNode value = Json.integral(given);
    if (!value.isIntegralNumber()) {
      fault(name, "must be an integer");
      return null;
    }
    if (!value.canConvertToLong() || value.longValue() < least || value.longValue() > most) {
      fault(name, "must be between " + least + " and " + most + ", is " + brief(value));
      return null;
    }
    return value.longValue();
  }

  public float number(String name, float least, float most, float otherwise) {
    JsonNode value = find(name);
    if (value == null) {
      return otherwise;
    }
    Float number = number(name, value, least, most);
    return number == null ? otherwise : number;
  }

  /** A number in [least, most]; null, and a fault at {@code place}, if it is not. */
  public @Nullable Float number(String place, JsonNode value, float least, float most) {
    if (!value.isNumber()) {
      fault(place, "must be a number");
      return null;
    }
    double number = value.doubleValue();
    if (!(number >= least && number <= most)) {
      fault(place, "must be between " + least + " and " + most + ", is " + brief(value));
      return null;
    }
    return (float) number;
  }

  /** Faults the field unless it is absent or harmless: its feature is known, but not built. */
  public void unsupported(String name, Predicate<JsonNode> harmless) {
    unsupported(name, harmless, "is not supported by this server");
  }

  /**
   * As {@link #unsupported(String, Predicate)}.
   *
   * @param why continues "'name' …"
   */
  public void unsupported(String name, Predicate<JsonNode> harmless, String why) {
    JsonNode value = find(name);
    if (value != null && !harmless.test(value)) {
      faults.add(UNSUPPORTED, prefix + name, why);
    }
  }

  /** Notes that the field at {@code place} is wrong; {@code what} continues "'place' …". */
  public void fault(String place, String what) {
    faults.add(INVALID, prefix + place, what);
  }

  /** Whether as many faults are noted as are told: a reader of a long list stops then. */
  public boolean isFull() {
    return faults.isFull();
  }

  /**
   * @throws ApiException naming the first faults and counting the rest, if there is one
   */
  public void throwFaults() {
    if (faults.isEmpty()) {
      return;
    }
    List<Violation> found = faults.list();
    boolean unsupported = found.stream().allMatch(f -> f.code().equals(UNSUPPORTED));
    throw new ApiException(
        unsupported ? ErrorCode.UNSUPPORTED_PARAMETER : ErrorCode.INVALID_REQUEST,
        found.stream()
            .map(f -> f.where().isEmpty() ? f.message() : "'" + f.where() + "' " + f.message())
            .collect(Collectors.joining("; ", "", ".")),
        found.getFirst().where(),
        found,
        null);
  }

  private static boolean hasLoneSurrogate(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isHighSurrogate(c)
          && i + 1 < text.length()
          && Character.isLowSurrogate(text.charAt(i + 1))) {
        i++;
      } else if (Character.isSurrogate(c)) {
        return true;
      }
    }
    return false;
  }

  private static String brief(JsonNode value) {
    return CodePoints.brief(value.toString(), 40);
  }
}
