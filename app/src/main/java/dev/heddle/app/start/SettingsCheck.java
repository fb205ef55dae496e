package dev.heddle.app.start;

import dev.heddle.app.config.HeddleProperties;
import jakarta.validation.ConstraintViolation;
import jakarta.validation.Validation;
import jakarta.validation.ValidatorFactory;
import jakarta.validation.constraints.AssertTrue;
import java.net.URI;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.StreamSupport;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.PropertySourcesPlaceholdersResolver;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.util.unit.DataSize;

/**
 * Reads all settings and says what is wrong with each: with its text, or, where that can be read,
 * with what it means beside the others.
 */
final class SettingsCheck {
  private static final String KUBERNETES =
      "Kubernetes sets this for a Service called heddle: have the pod set enableServiceLinks:"
          + " false, or HEDDLE_PORT itself";

  private final ConfigurableEnvironment environment;
  private final List<Setting> settings;
  private final GivenSettings given;

  SettingsCheck(ConfigurableEnvironment environment, List<Setting> settings, GivenSettings given) {
    this.environment = environment;
    this.settings = settings;
    this.given = given;
  }

  /**
   * The settings, those that cannot be read left at what they are unless given.
   *
   * @param faults gets everything that is wrong
   */
  HeddleProperties read(Faults faults) {
    Set<ConfigurationPropertyName> unreadable = new HashSet<>();
    Binder each = binder(new HashSet<>());
    for (Setting setting : settings) {
      try {
        each.bind(setting.name(), Bindable.of(setting.type()));
      } catch (BindException e) {
        unreadable.add(ConfigurationPropertyName.of(setting.name()));
        faults.add(setting.name().substring(Setting.PREFIX.length()), expected(setting));
      }
    }
    HeddleProperties properties = binder(unreadable).bindOrCreate("heddle", HeddleProperties.class);
    try (ValidatorFactory validators = Validation.buildDefaultValidatorFactory()) {
      for (ConstraintViolation<?> violation : validators.getValidator().validate(properties)) {
        note(violation, faults);
      }
    }
    return properties;
  }

  private Binder binder(Set<ConfigurationPropertyName> without) {
    List<ConfigurationPropertySource> sources =
        StreamSupport.stream(ConfigurationPropertySources.get(environment).spliterator(), false)
            .map(source -> source.filter(name -> !without.contains(name)))
            .toList();
    return new Binder(
        sources,
        new PropertySourcesPlaceholdersResolver(environment),
        environment.getConversionService());
  }

  /** A rule that was broken, told of the setting at fault. */
  private static void note(ConstraintViolation<?> violation, Faults faults) {
    String path = violation.getPropertyPath().toString();
    String message = violation.getMessage();
    if (violation.getConstraintDescriptor().getAnnotation() instanceof AssertTrue) {
      int colon = message.indexOf(": ");
      path = path.substring(0, path.lastIndexOf('.') + 1) + message.substring(0, colon);
      message = message.substring(colon + 2);
    }
    faults.add(path, message);
  }

  /** What a value would have to look like that cannot be read. */
  private String expected(Setting setting) {
    String text = String.valueOf(given.value(setting)).strip();
    Class<?> type = setting.type().toClass();
    if (text.isEmpty()) {
      return "is empty; give a value, or leave it out";
    }
    if (setting.name().equals("heddle.port")) {
      return port(text);
    }
    if (type == DataSize.class) {
      return "must be a size such as 800MB, 12GB or 12G";
    }
    if (type == Duration.class) {
      return "must be a time such as 500ms, 30s, 5m, 24h or 30d";
    }
    if (type == boolean.class || type == Boolean.class) {
      return "must be true or false";
    }
    if (type == int.class) {
      return "must be a whole number of at most " + Integer.MAX_VALUE;
    }
    return type == URI.class ? "must be a URL such as http://10.0.0.1:9000" : "cannot be read";
  }

  private static String port(String text) {
    if (text.startsWith("tcp://")) {
      return KUBERNETES;
    }
    return text.matches(".*:\\d+")
        ? "must be the port alone, "
            + text.substring(text.lastIndexOf(':') + 1)
            + "; the address goes into HEDDLE_HOST"
        : "must be a port, 0 to 65535";
  }
}
