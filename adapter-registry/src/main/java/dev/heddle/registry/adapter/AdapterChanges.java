package dev.heddle.registry.adapter;

import dev.heddle.format.CodePoints;
import dev.heddle.format.Violation;
import dev.heddle.registry.InvalidException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The changes of an adapter; null leaves a field as it is.
 *
 * @param labels set one by one; others stay
 * @param labelsGone keys of those that are taken away
 */
public record AdapterChanges(
    @Nullable Visibility visibility,
    @Nullable String description,
    Map<String, String> labels,
    Set<String> labelsGone) {
  public static final AdapterChanges NONE = new AdapterChanges(null, null, Map.of(), Set.of());

  /** The longest description, in characters. */
  public static final int DESCRIPTION_MAX = 2000;

  /** The most labels an adapter has. */
  public static final int LABELS_MAX = 32;

  /** The longest value of a label, in characters. */
  public static final int LABEL_VALUE_MAX = 200;

  private static final Pattern LABEL_KEY = Pattern.compile("[a-z0-9][a-z0-9._/-]{0,62}");
  private static final Pattern CONTROL = Pattern.compile("[\\p{Cntrl}&&[^\\n\\t]]");

  public AdapterChanges {
    labels = Map.copyOf(labels);
    labelsGone = Set.copyOf(labelsGone);
  }

  Visibility visibility(Visibility before) {
    return visibility == null ? before : visibility;
  }

  String description(String before) {
    return description == null ? before : description;
  }

  /**
   * The labels after the change.
   *
   * @throws InvalidException naming all that breaks the rules, in the description too
   */
  Map<String, String> labels(Map<String, String> before) {
    List<Violation> violations = new ArrayList<>();
    if (description != null
        && (CodePoints.count(description) > DESCRIPTION_MAX
            || CONTROL.matcher(description).find())) {
      violations.add(
          new Violation(
              "description",
              "description",
              "has at most " + DESCRIPTION_MAX + " characters, none of them a control character"));
    }
    Map<String, String> after = new HashMap<>(before);
    after.keySet().removeAll(labelsGone);
    after.putAll(labels);
    labels.forEach((key, value) -> checkLabel(key, value, violations));
    if (after.size() > LABELS_MAX) {
      violations.add(
          new Violation("label-count", "labels", "an adapter has at most " + LABELS_MAX));
    }
    InvalidException.throwIfAny(violations);
    return after;
  }

  private static void checkLabel(String key, String value, List<Violation> violations) {
    if (!LABEL_KEY.matcher(key).matches()) {
      violations.add(
          new Violation(
              "label-key",
              "labels",
              "a key has 1 to 63 characters a-z, 0-9, '.', '_', '-', '/' and starts with a letter"
                  + " or digit"));
    } else if (CodePoints.count(value) > LABEL_VALUE_MAX || CONTROL.matcher(value).find()) {
      violations.add(
          new Violation(
              "label-value",
              "labels." + key,
              "has at most " + LABEL_VALUE_MAX + " characters, none of them a control character"));
    }
  }
}
