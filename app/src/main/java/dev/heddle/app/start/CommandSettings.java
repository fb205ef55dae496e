package dev.heddle.app.start;

import dev.heddle.app.config.HeddleProperties;
import java.util.List;
import org.springframework.boot.context.config.ConfigDataEnvironmentPostProcessor;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.convert.ApplicationConversionService;
import org.springframework.core.env.SimpleCommandLinePropertySource;
import org.springframework.core.env.StandardEnvironment;

/**
 * The settings that a platform would have here, for commands that need no platform: from the
 * command line, the environment, and {@code application.yaml}.
 */
public final class CommandSettings {
  private final List<Setting> settings = Setting.all();
  private final GivenSettings given;
  private final Faults faults;
  private final HeddleProperties properties;

  /**
   * Reads them.
   *
   * @param words as {@code --heddle.port=8081}
   */
  public CommandSettings(List<String> words) {
    StandardEnvironment environment = new StandardEnvironment();
    ApplicationConversionService conversions = new ApplicationConversionService();
    conversions.addConverter(new SizeText());
    environment.setConversionService(conversions);
    ConfigurationPropertySources.attach(environment);
    environment
        .getPropertySources()
        .addFirst(new SimpleCommandLinePropertySource(words.toArray(String[]::new)));
    ConfigDataEnvironmentPostProcessor.applyTo(environment);
    given = new GivenSettings(environment);
    faults = new Faults(settings, given);
    UnknownNames.find(environment, settings, faults);
    properties = new SettingsCheck(environment, settings, given).read(faults);
  }

  /** Those that are wrong are as they are unless given. */
  public HeddleProperties properties() {
    return properties;
  }

  /** What is wrong with the settings themselves, a line for each. */
  public List<String> faults() {
    return faults.lines();
  }

  /**
   * Whether nothing is wrong with these.
   *
   * @param names e.g. {@code port}, or {@code store.} for all that begin so
   */
  public boolean areClean(String... names) {
    return faults.areClean(names);
  }

  /** What is wrong with the base model's files, or with the memory it would have. */
  public List<String> modelFaults() {
    Faults found = new Faults(settings, given);
    ModelCheck.run(properties, found);
    return found.lines();
  }
}
