package dev.heddle.app.demo;

import dev.heddle.app.client.AdapterPush;
import dev.heddle.app.client.PlatformClient;
import java.io.PrintStream;
import java.net.URI;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * Registers and publishes the demo adapters over HTTP, where they are not there yet, and says how
 * to ask one.
 *
 * @param server address of the running platform, ending in a slash
 * @param adapters folder of the adapters' folders
 * @param key an admin key
 * @param keySource how a shell gets at that key, for the printed command
 * @param out where progress and the closing words go
 */
public record Demo(URI server, Path adapters, String key, String keySource, PrintStream out) {
  /** An adapter's name and its versions' folders, first to last. */
  private record Entry(String name, List<String> folders) {}

  private static final List<Entry> ENTRIES =
      List.of(
          new Entry("intent", List.of("intent", "intent-v2")),
          new Entry("sql", List.of("sql")),
          new Entry("dates", List.of("dates")),
          new Entry("german", List.of("german")),
          new Entry("triage", List.of("triage")),
          new Entry("redact", List.of("redact")),
          new Entry("tools", List.of("tools")));

  /**
   * Blocks until every adapter is published.
   *
   * @throws IllegalStateException if the platform refuses a step, with its answer
   */
  public void run() {
    try (PlatformClient client = new PlatformClient(server, key, null)) {
      // Listed, not looked up one by one: what is not there is no refusal.
      Set<String> known = new HashSet<>();
      client.list("adapters", adapter -> known.add(adapter.path("name").asString("")));
      for (Entry entry : ENTRIES) {
        register(client, entry, known.contains(entry.name()));
      }
    }
    out.printf(
        """

        Heddle is up at %1$s
        Admin key: %2$s
        Ask an adapter:

          curl -N %1$sv1/chat/completions \\
            -H "Authorization: Bearer %3$s" -H 'Content-Type: application/json' \\
            -d '{"model": "intent", "stream": true, "temperature": 0, "messages": [{"role": "user", "content": "turn on the lights in the kitchen"}]}'

        Other models: sql, dates, german, triage, redact, tools, intent@1, and the base model. Ctrl-C stops.
        """,
        server, keySource, shellKey());
    out.flush();
  }

  private void register(PlatformClient client, Entry entry, boolean known) {
    String adapter = "adapters/" + entry.name();
    AdapterPush push = new AdapterPush(client, AdapterPush.Watcher.NONE);
    for (long ready = known ? ready(client, adapter) : 0; ready < entry.folders().size(); ready++) {
      String folder = entry.folders().get((int) ready);
      JsonNode version = push.push(entry.name(), adapters.resolve(folder));
      out.println("demo: uploaded and checked " + version.path("name").asString(""));
    }
    // What the operator has published since the first start stays.
    if (client.get(adapter).path("published").asInt(0) == 0) {
      int latest = entry.folders().size();
      client.post(adapter + "/versions/" + latest + ":publish", null);
      out.println("demo: published " + entry.name() + "@" + latest);
    }
  }

  /** How many versions of the adapter are ready to be served. */
  private static long ready(PlatformClient client, String adapter) {
    return client
        .get(adapter + "/versions")
        .path("items")
        .valueStream()
        .filter(version -> version.path("state").asString("").equals("READY"))
        .count();
  }

  private String shellKey() {
    return keySource.startsWith("$") ? keySource : "$(cat " + keySource + ")";
  }
}
