package dev.heddle.app.start;

import dev.heddle.app.config.HeddleProperties;
import dev.heddle.app.log.LogFormat;
import java.util.List;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.ConfigurableEnvironment;

/**
 * Checks what is cheap to check before anything is begun: the settings, the port, the data folder,
 * the model's configuration and the headers of its weights, the memory it will need. All faults are
 * found, and told together.
 */
public final class Preflight
    implements ApplicationContextInitializer<ConfigurableApplicationContext> {
  @Override
  public void initialize(ConfigurableApplicationContext context) {
    ConfigurableEnvironment environment = context.getEnvironment();
    environment.getConversionService().addConverter(new SizeText());
    List<Setting> settings = Setting.all();
    GivenSettings given = new GivenSettings(environment);
    Faults faults = new Faults(settings, given);
    UnknownNames.find(environment, settings, faults);
    HeddleProperties properties = new SettingsCheck(environment, settings, given).read(faults);
    check(properties, faults);
    if (!faults.lines().isEmpty()) {
      throw new StartRefusedException(faults.lines());
    }
    if (properties.log().isJson()) {
      LogFormat.toJson();
    }
  }

  /** Settings that are wrong themselves are left out: what comes of them says nothing new. */
  private static void check(HeddleProperties properties, Faults faults) {
    if (faults.areClean("host", "port")) {
      PortCheck.find(properties.host(), properties.port(), faults);
    }
    if (faults.areClean("data")) {
      FolderCheck.fault(properties).ifPresent(wrong -> faults.add("data", wrong));
    }
    ModelCheck.run(properties, faults);
  }
}
