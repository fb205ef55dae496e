package dev.heddle.app.start;

import dev.heddle.format.Violation;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.origin.Origin;
import org.springframework.boot.origin.PropertySourceOrigin;
import org.springframework.boot.origin.SystemEnvironmentOrigin;
import org.springframework.boot.origin.TextResourceOrigin;
import org.springframework.core.env.CommandLinePropertySource;
import org.springframework.core.env.ConfigurableEnvironment;

/** What the user has set, where, and how to say so: as it was typed, secrets hidden. */
final class GivenSettings {
  private static final int VALUE_MAX = 120;

  private final ConfigurableEnvironment environment;

  GivenSettings(ConfigurableEnvironment environment) {
    this.environment = environment;
  }

  /** The setting with its value, e.g. {@code HEDDLE_PORT=80}. */
  String named(Setting setting) {
    ConfigurationProperty given = given(setting);
    if (given == null) {
      return setting.variable()
          + (setting.standard().isEmpty() ? "" : " (unless set: " + setting.standard() + ")");
    }
    return switch (source(given.getOrigin())) {
      case SystemEnvironmentOrigin variable ->
          variable.getProperty() + "=" + shown(setting, given.getValue());
      case PropertySourceOrigin line
          when line.getPropertySource() instanceof CommandLinePropertySource<?> ->
          "--" + line.getPropertyName() + "=" + shown(setting, given.getValue());
      case TextResourceOrigin file ->
          setting.name() + "=" + shown(setting, given.getValue()) + " (" + place(file) + ")";
      case null, default -> setting.variable() + "=" + shown(setting, given.getValue());
    };
  }

  /** The value as it was typed; null if there is none. */
  @Nullable String value(Setting setting) {
    ConfigurationProperty given = given(setting);
    return given == null || given.getValue() == null ? null : given.getValue().toString();
  }

  private @Nullable ConfigurationProperty given(Setting setting) {
    ConfigurationPropertyName name = ConfigurationPropertyName.of(setting.name());
    List<ConfigurationPropertyName> names =
        setting.isMany() ? List.of(name, name.append("[0]")) : List.of(name);
    for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
      for (ConfigurationPropertyName each : names) {
        ConfigurationProperty found = source.getConfigurationProperty(each);
        if (found != null) {
          return found;
        }
      }
    }
    return null;
  }

  /** What an origin comes down to. */
  private static @Nullable Origin source(@Nullable Origin origin) {
    return origin instanceof PropertySourceOrigin outer && outer.getOrigin() != null
        ? outer.getOrigin()
        : origin;
  }

  private static String place(TextResourceOrigin file) {
    String name = file.getResource() == null ? null : file.getResource().getFilename();
    name = Objects.requireNonNullElse(name, "a file");
    return file.getLocation() == null
        ? name
        : name + ", line " + (file.getLocation().getLine() + 1);
  }

  private static String shown(Setting setting, @Nullable Object value) {
    if (setting.isSecret()) {
      return "(hidden)";
    }
    return Violation.printable(Secrets.hideInUrl(String.valueOf(value)), VALUE_MAX);
  }
}
