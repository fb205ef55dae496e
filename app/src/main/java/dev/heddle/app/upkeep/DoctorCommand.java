package dev.heddle.app.upkeep;

import dev.heddle.app.config.HeddleProperties;
import dev.heddle.app.start.CommandSettings;
import dev.heddle.cli.Console;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.core.JsonGenerator;

/** {@code doctor}: whether all that a platform needs is there and fits together. */
@Command(
    name = "doctor",
    description = {
      "Looks at settings, machine, model, database and store of experts, and says what to do. Takes",
      "the settings of serve and changes nothing; a platform may run meanwhile. Exit code 1 if",
      "something has failed."
    })
public final class DoctorCommand extends UpkeepCommand {
  @Option(names = "--json", description = "Prints one JSON object instead of lines.")
  private boolean json;

  @Option(
      names = "--read-model",
      description = "Reads every byte of the base model for its digest, which may take minutes.")
  private boolean readModel;

  public DoctorCommand(Console console) {
    super(console);
  }

  @Override
  int run(CommandSettings settings) throws IOException {
    List<Finding> findings = findings(settings);
    if (json) {
      printJson(findings);
    } else {
      findings.forEach(this::print);
    }
    return findings.stream().anyMatch(Finding::isFailure) ? 1 : 0;
  }

  private List<Finding> findings(CommandSettings settings) throws IOException {
    HeddleProperties properties = settings.properties();
    List<Finding> findings = new ArrayList<>();
    List<String> faults = settings.faults();
    findings.add(
        faults.isEmpty()
            ? Finding.ok("settings", "nothing is wrong with them")
            : Finding.fail("settings", String.join("; ", faults), "put them right"));
    findings.add(MachineChecks.java());
    findings.add(MachineChecks.folder(properties));
    findings.add(MachineChecks.disk(properties));
    findings.add(ModelCheckup.of(settings, readModel));
    if (settings.areClean("data", "database.", "store.")) {
      findings.addAll(StateChecks.of(properties));
    } else {
      findings.add(Finding.skip("database", "its settings are wrong"));
    }
    return findings;
  }

  private void print(Finding finding) {
    console.print(
        "%-4s  %-8s  %s%s"
            .formatted(
                word(finding),
                finding.check(),
                finding.message(),
                finding.action().isEmpty() ? "" : ". To do: " + finding.action()));
  }

  private static String word(Finding finding) {
    String word = finding.verdict().name();
    return finding.isFailure() ? word : word.toLowerCase(Locale.ROOT);
  }

  private void printJson(List<Finding> findings) {
    JsonGenerator out = console.json();
    out.writeStartObject();
    out.writeBooleanProperty("ok", findings.stream().noneMatch(Finding::isFailure));
    out.writeArrayPropertyStart("checks");
    for (Finding finding : findings) {
      out.writeStartObject();
      out.writeStringProperty("check", finding.check());
      out.writeStringProperty("verdict", finding.verdict().name().toLowerCase(Locale.ROOT));
      out.writeStringProperty("message", finding.message());
      out.writeStringProperty("action", finding.action());
      out.writeEndObject();
    }
    out.writeEndArray();
    out.writeEndObject();
    console.endJson(out);
  }
}
