package dev.heddle.app.start;

import dev.heddle.cli.NearestName;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.env.OriginTrackedMapPropertySource;
import org.springframework.core.env.CommandLinePropertySource;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;

/** Finds settings that nobody reads: mistyped ones, which would be ignored in silence. */
final class UnknownNames {
  private static final Logger log = LoggerFactory.getLogger(UnknownNames.class);

  /** Options of what Heddle is built on; they are passed on as they are. */
  private static final Pattern FOREIGN =
      Pattern.compile("(debug|trace|(spring|logging|server|management)\\..*)");

  /** Variables that the launcher, the command line and the tests read. */
  private static final Set<String> OTHER_VARIABLES =
      Set.of("HEDDLE_HEAP", "HEDDLE_JAVA_OPTS", "HEDDLE_SERVER", "HEDDLE_KEY", "HEDDLE_ONEDNN");

  /** Of the tests; and what Kubernetes sets in every pod for a Service that is called heddle. */
  private static final Pattern FOREIGN_VARIABLES =
      Pattern.compile("HEDDLE_(TEST_.*|SCHEMATHESIS|SERVICE_(HOST|PORT.*)|PORT_\\d+_.*)");

  private final List<Setting> settings;
  private final Faults faults;

  private UnknownNames(List<Setting> settings, Faults faults) {
    this.settings = settings;
    this.faults = faults;
  }

  /** Adds a line for each name that means nothing, with the one that is nearest. */
  static void find(ConfigurableEnvironment environment, List<Setting> settings, Faults faults) {
    UnknownNames unknown = new UnknownNames(settings, faults);
    for (PropertySource<?> source : environment.getPropertySources()) {
      if (source instanceof CommandLinePropertySource<?> line) {
        unknown.addOptions(line);
      } else if (source instanceof OriginTrackedMapPropertySource file) {
        unknown.addProperties(file);
      } else if (source
              .getName()
              .equals(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME)
          && source instanceof EnumerablePropertySource<?> variables) {
        unknown.addVariables(variables);
      }
    }
  }

  private void addOptions(CommandLinePropertySource<?> line) {
    Object words =
        line.getProperty(CommandLinePropertySource.DEFAULT_NON_OPTION_ARGS_PROPERTY_NAME);
    if (words != null) {
      Arrays.stream(words.toString().split(",", -1)).forEach(this::addWord);
    }
    for (String name : line.getPropertyNames()) {
      if (!FOREIGN.matcher(name).matches() && !isProperty(name)) {
        faults.add(
            "--"
                + name
                + ": there is no such option"
                + meant(name, s -> "--" + s.name() + "=VALUE"));
      }
    }
  }

  private void addWord(String word) {
    faults.add(
        word
            + ": settings are given as --heddle.NAME=VALUE"
            + meant(word, s -> "--" + s.name() + "=VALUE"));
  }

  private void addProperties(OriginTrackedMapPropertySource file) {
    for (String name : file.getPropertyNames()) {
      if (name.startsWith(Setting.PREFIX) && !isProperty(name)) {
        faults.add(name + ": there is no such setting" + meant(name, Setting::name));
      }
    }
  }

  private void addVariables(EnumerablePropertySource<?> variables) {
    for (String name : variables.getPropertyNames()) {
      if (name.startsWith(Setting.ENVIRONMENT_PREFIX)
          && !OTHER_VARIABLES.contains(name)
          && !FOREIGN_VARIABLES.matcher(name).matches()
          && settings.stream().noneMatch(setting -> setting.isVariable(name))) {
        addVariable(name);
      }
    }
  }

  /** Other programs may have variables of this prefix: only what is nearly a setting is a fault. */
  private void addVariable(String name) {
    List<String> known = settings.stream().map(Setting::variable).toList();
    Optional<Setting> meant =
        NearestName.to(bare(name), known.stream().map(UnknownNames::bare).toList())
            .flatMap(
                near -> settings.stream().filter(s -> bare(s.variable()).equals(near)).findFirst());
    if (meant.isPresent()) {
      faults.add(name + ": there is no such setting; did you mean " + meant.get().variable() + "?");
    } else {
      log.warn("{} is not a setting and is ignored", name);
    }
  }

  private boolean isProperty(String name) {
    return settings.stream().anyMatch(setting -> setting.isProperty(name));
  }

  /** Looks among whole names, and among their last parts, which is what people leave out. */
  private String meant(String name, Function<Setting, String> shown) {
    String bare = bare(name);
    List<String> ends = settings.stream().map(UnknownNames::end).toList();
    List<String> whole =
        settings.stream().map(s -> s.name().substring(Setting.PREFIX.length())).toList();
    return NearestName.to(bare, whole)
        .map(whole::indexOf)
        .or(() -> NearestName.to(bare, ends).map(ends::indexOf))
        .map(at -> "; did you mean " + shown.apply(settings.get(at)) + "?")
        .orElse("; ./heddle serve --help lists all");
  }

  private static String bare(String name) {
    return name.replaceFirst("^-*(?i:heddle[._])?", "").replaceFirst("=.*", "");
  }

  private static String end(Setting setting) {
    return setting.name().substring(setting.name().lastIndexOf('.') + 1);
  }
}
