package dev.heddle.app.client;

import dev.heddle.cli.Console;
import dev.heddle.cli.InputException;
import dev.heddle.registry.access.KeyText;
import dev.heddle.registry.disk.DurableFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** {@code keys}: a tenant's API keys. */
@Command(
    name = "keys",
    description = "Makes, lists, rotates and revokes API keys.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      KeysCommand.Create.class,
      KeysCommand.Ls.class,
      KeysCommand.Rotate.class,
      KeysCommand.Revoke.class
    })
public final class KeysCommand {
  /** {@code keys create}. */
  @Command(
      name = "create",
      description = "Makes a key and prints it, once: it is shown nowhere else.")
  public static final class Create extends PlatformCommand {
    @Option(names = "--label", required = true, description = "What the key is for.")
    @SuppressWarnings("NullAway.Init") // picocli sets it: it is required
    private String label;

    @Option(
        names = "--scopes",
        split = ",",
        paramLabel = "SCOPE",
        defaultValue = "inference",
        description = "Of inference, adapters, admin; inference unless given.")
    private List<String> scopes = List.of();

    @Option(
        names = "--expires",
        paramLabel = "DURATION",
        converter = DurationText.class,
        description = "After how long the key ends, e.g. 30d or 12h; never unless given.")
    private @Nullable Duration expires;

    public Create(Console console) {
      super(console);
    }

    @Override
    void run(PlatformClient client) {
      ObjectNode body = JsonNodeFactory.instance.objectNode().put("label", label);
      ArrayNode named = body.putArray("scopes");
      scopes.forEach(named::add);
      if (expires != null) {
        body.put("expires_at", Instant.now().plus(expires).toString());
      }
      JsonNode made = client.post("keys", body);
      console.note("key " + made.path("id").asString("") + ": keep it, it is not shown again");
      console.print(made.path("key").asString(""));
    }
  }

  /** {@code keys ls}. */
  @Command(name = "ls", description = "Lists keys; never their text.")
  public static final class Ls extends PlatformCommand {
    public Ls(Console console) {
      super(console);
    }

    @Override
    void run(PlatformClient client) {
      Table table = new Table("ID", "LABEL", "SCOPES", "LAST USED", "EXPIRES", "REVOKED");
      client.list(
          "keys",
          key ->
              table.add(
                  key.path("id").asString(""),
                  key.path("label").asString(""),
                  String.join(
                      ",", key.path("scopes").valueStream().map(JsonNode::asString).toList()),
                  key.path("last_used_at").asString(""),
                  key.path("expires_at").asString(""),
                  key.path("revoked_at").asString("")));
      table.lines().forEach(console::print);
    }
  }

  /** {@code keys rotate}. */
  @Command(
      name = "rotate",
      description = {
        "Replaces the key that this command uses: makes one with the same label, scopes and end,",
        "writes it to the key's file (mode 0600), or prints it if the key is in HEDDLE_KEY, and",
        "revokes the old one by the new one. Other copies of the old one open nothing from then on."
      })
  public static final class Rotate extends PlatformCommand {
    public Rotate(Console console) {
      super(console);
    }

    @Override
    void run(PlatformClient client) throws IOException {
      String old =
          KeyText.parse(key())
              .orElseThrow(() ->
                  new InputException(
                      "this key was configured: change HEDDLE_BOOTSTRAP_ADMIN_KEY, and start again"))
              .publicId();
      JsonNode known = client.get("keys/" + ApiPaths.segment(old));
      JsonNode made = client.post("keys", like(known));
      keep(made.path("key").asString(""));
      try (PlatformClient renewed = client(made.path("key").asString(""))) {
        renewed.delete("keys/" + ApiPaths.segment(old));
      }
      console.note("key " + made.path("id").asString("") + " has taken the place of " + old);
    }

    private static ObjectNode like(JsonNode known) {
      ObjectNode body = JsonNodeFactory.instance.objectNode();
      for (String field : List.of("label", "scopes", "expires_at")) {
        if (known.hasNonNull(field)) {
          body.set(field, known.path(field));
        }
      }
      return body;
    }

    /** Before the old one ends: whatever comes between, one of the two is in the file. */
    private void keep(String text) throws IOException {
      Path file = keyFile();
      if (file == null) {
        console.print(text);
      } else {
        DurableFiles.writeSecret(file, text + "\n");
      }
    }
  }

  /** {@code keys revoke}. */
  @Command(name = "revoke", description = "Ends a key: from the next request on it opens nothing.")
  public static final class Revoke extends PlatformCommand {
    @Parameters(paramLabel = "ID", description = "As listed.")
    @SuppressWarnings("NullAway.Init") // picocli sets it: it is required
    private String id;

    public Revoke(Console console) {
      super(console);
    }

    @Override
    void run(PlatformClient client) {
      client.delete("keys/" + ApiPaths.segment(id));
      console.note("key " + id + " is revoked");
    }
  }
}
