package dev.heddle.app.start;

import dev.heddle.app.config.HeddleProperties;
import java.lang.reflect.Constructor;
import java.lang.reflect.Parameter;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.core.ResolvableType;

/**
 * One setting, as {@link HeddleProperties} declares it.
 *
 * @param name e.g. {@code heddle.serving.load-wait}
 * @param type what its text is turned into
 * @param standard what it is unless given; empty if it says so itself, or is left out then
 */
record Setting(String name, ResolvableType type, String standard) {
  static final String PREFIX = "heddle.";
  static final String ENVIRONMENT_PREFIX = "HEDDLE_";

  /** All there are, in the order of their declaration. */
  static List<Setting> all() {
    List<Setting> found = new ArrayList<>();
    collect(HeddleProperties.class, PREFIX, found);
    return found;
  }

  private static void collect(Class<?> type, String prefix, List<Setting> found) {
    Parameter[] parameters = constructor(type).getParameters();
    RecordComponent[] components = type.getRecordComponents();
    for (int i = 0; i < components.length; i++) {
      String name = prefix + dashed(components[i].getName());
      if (components[i].getType().isRecord()) {
        collect(components[i].getType(), name + ".", found);
        continue;
      }
      DefaultValue standard = parameters[i].getAnnotation(DefaultValue.class);
      found.add(
          new Setting(
              name,
              ResolvableType.forType(components[i].getGenericType()),
              standard == null ? "" : String.join(",", standard.value())));
    }
  }

  private static Constructor<?> constructor(Class<?> type) {
    Class<?>[] types =
        Arrays.stream(type.getRecordComponents())
            .map(RecordComponent::getType)
            .toArray(Class<?>[]::new);
    try {
      return type.getDeclaredConstructor(types);
    } catch (NoSuchMethodException e) {
      throw new IllegalStateException("every record has its constructor", e);
    }
  }

  private static String dashed(String name) {
    return name.replaceAll("([a-z0-9])([A-Z])", "$1-$2").toLowerCase(Locale.ROOT);
  }

  /** The name that the environment has for it, e.g. {@code HEDDLE_SERVING_LOAD_WAIT}. */
  String variable() {
    return name.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
  }

  /** Whether a variable of the environment means this setting, or an element of it. */
  boolean isVariable(String variable) {
    String own = isMany() ? variable.replaceFirst("_\\d+$", "") : variable;
    return own.equals(variable()) || own.equals(variable(name.replace("-", "")));
  }

  private static String variable(String name) {
    return name.toUpperCase(Locale.ROOT).replace('.', '_');
  }

  /** Whether a property's name, in whichever spelling, means this setting, or an element of it. */
  boolean isProperty(String property) {
    String own = isMany() ? property.replaceFirst("\\[\\d+]$", "") : property;
    return plain(own).equals(plain(name));
  }

  private static String plain(String property) {
    return property.toLowerCase(Locale.ROOT).replaceAll("[-_]", "");
  }

  /** Whether it has several values. */
  boolean isMany() {
    return Iterable.class.isAssignableFrom(type.toClass());
  }

  /** Whether nobody but its owner may see its value. */
  boolean isSecret() {
    return name.matches(".*(admin-key|secret-key|client-secret|session-secret|password)");
  }

  /** Names as a sentence has them. */
  static String variables(List<Setting> settings) {
    return settings.stream().map(Setting::variable).collect(Collectors.joining(", "));
  }
}
