package dev.heddle.app.client;

import dev.heddle.cli.Console;
import dev.heddle.cli.InputException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** {@code tenants}: who shares a platform, and what each may use. */
@Command(
    name = "tenants",
    description = "Lists, adds and changes tenants. Needs a key of the scope admin.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {TenantsCommand.Ls.class, TenantsCommand.Add.class, TenantsCommand.Set.class})
public final class TenantsCommand {
  /** What {@code add} and {@code set} share. */
  abstract static class Change extends PlatformCommand {
    private static final String NONE = "none";

    @Parameters(paramLabel = "NAME", description = "The tenant.")
    @SuppressWarnings("NullAway.Init") // picocli sets it: it is required
    protected String name;

    @Option(
        names = "--weight",
        paramLabel = "N",
        description = "Its share of the engine against other tenants, 1 to 1000.")
    private @Nullable Integer weight;

    @Option(
        names = "--limit",
        split = ",",
        paramLabel = "WHAT=N",
        description =
            "What it may use: requests_per_minute, tokens_per_minute, concurrent_sequences, "
                + "stored_bytes, resident_slots; none for N takes a limit off.")
    private Map<String, String> limits = Map.of();

    Change(Console console) {
      super(console);
    }

    /** The request's body; the server says which limits there are. */
    protected ObjectNode body() {
      ObjectNode body = JsonNodeFactory.instance.objectNode();
      if (weight != null) {
        body.put("weight", weight);
      }
      if (limits.isEmpty()) {
        return body;
      }
      ObjectNode named = body.putObject("limits");
      List<String> faults = new ArrayList<>();
      limits.forEach((what, number) -> {
        if (number.equals(NONE)) {
          named.putNull(what);
        } else if (number.matches("\\d{1,18}")) {
          named.put(what, Long.parseLong(number));
        } else {
          faults.add("--limit " + what + ": '" + number + "' is no whole number, and not none");
        }
      });
      if (!faults.isEmpty()) {
        throw new InputException(faults);
      }
      return body;
    }
  }

  /** {@code tenants ls}. */
  @Command(name = "ls", description = "Lists the tenants and their limits.")
  public static final class Ls extends PlatformCommand {
    public Ls(Console console) {
      super(console);
    }

    @Override
    void run(PlatformClient client) {
      Table table =
          new Table(
              "NAME",
              "WEIGHT",
              "REQUESTS/MIN",
              "TOKENS/MIN",
              "SEQUENCES",
              "STORED BYTES",
              "SLOTS",
              "CREATED");
      client.list(
          "tenants",
          tenant -> {
            JsonNode limits = tenant.path("limits");
            table.add(
                AnswerFields.text(tenant, "name"),
                AnswerFields.text(tenant, "weight"),
                AnswerFields.text(limits, "requests_per_minute"),
                AnswerFields.text(limits, "tokens_per_minute"),
                AnswerFields.text(limits, "concurrent_sequences"),
                AnswerFields.text(limits, "stored_bytes"),
                AnswerFields.text(limits, "resident_slots"),
                AnswerFields.text(tenant, "created_at"));
          });
      table.lines().forEach(console::print);
    }
  }

  /** {@code tenants add}. */
  @Command(
      name = "add",
      description = "Adds a tenant. Then: keys create --tenant NAME makes its first key.")
  public static final class Add extends Change {
    public Add(Console console) {
      super(console);
    }

    @Override
    void run(PlatformClient client) {
      client.post("tenants", body().put("name", name));
      console.note("tenant " + name + " is there");
    }
  }

  /** {@code tenants set}. */
  @Command(
      name = "set",
      description = "Changes a tenant's weight and limits; what is not named stays.")
  public static final class Set extends Change {
    public Set(Console console) {
      super(console);
    }

    @Override
    void run(PlatformClient client) {
      ObjectNode body = body();
      if (body.isEmpty()) {
        throw new InputException("nothing to change: give --weight or --limit");
      }
      client.patch("tenants/" + ApiPaths.segment(name), body);
      console.note("tenant " + name + " is changed");
    }
  }
}
