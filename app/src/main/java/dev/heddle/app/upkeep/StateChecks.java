package dev.heddle.app.upkeep;

import dev.heddle.app.config.HeddleProperties;
import dev.heddle.app.config.PlatformFiles;
import dev.heddle.cli.ByteText;
import dev.heddle.registry.RegistryException;
import dev.heddle.registry.backup.StoreComparison;
import dev.heddle.registry.db.OwnerDatabase;
import dev.heddle.registry.store.BlobFiles;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Database and store, each by itself and against each other. */
final class StateChecks {
  private static final String DATABASE = "database";
  private static final String CLOCK = "clock";
  private static final String STORE = "store";
  private static final String BLOBS = "blobs";
  private static final Duration CLOCK_WARN = Duration.ofSeconds(2);
  private static final Duration CLOCK_FAIL = Duration.ofMinutes(1);
  private static final String COPIES =
      "restore a store of the same time as the database, or upload the versions again;"
          + " POST /api/v1/expert-store:verify names the versions";

  private final HeddleProperties properties;
  private final List<Finding> findings = new ArrayList<>();

  private StateChecks(HeddleProperties properties) {
    this.properties = properties;
  }

  static List<Finding> of(HeddleProperties properties) throws IOException {
    StateChecks checks = new StateChecks(properties);
    if (PlatformFiles.hasDatabase(properties)) {
      checks.withDatabase();
    } else {
      checks.add(Finding.ok(DATABASE, "embedded; the first start makes it"));
      checks.add(Finding.skip(BLOBS, "there is no database yet"));
    }
    return checks.findings;
  }

  private void add(Finding finding) {
    findings.add(finding);
  }

  private void withDatabase() throws IOException {
    try (PlatformFiles files = PlatformFiles.open(properties);
        OwnerDatabase db = files.connect()) {
      OwnerDatabase.State state = db.state();
      add(database(files.place(), state));
      add(clock(state.clockAhead()));
      if (state.schema() == null) {
        add(Finding.skip(BLOBS, "there is no schema yet"));
      } else {
        withStore(db);
      }
    } catch (IllegalStateException | RegistryException e) {
      add(
          Finding.fail(
              DATABASE,
              String.valueOf(e.getMessage()),
              "see \"When it does not start\" in docs/operations.md"));
      add(Finding.skip(BLOBS, "the database cannot be asked"));
    }
  }

  static Finding database(String place, OwnerDatabase.State state) {
    String found =
        "PostgreSQL %s, %s, schema %s"
            .formatted(state.server(), place, state.schema() == null ? "none yet" : state.schema());
    if (state.major() < OwnerDatabase.SERVER_MIN) {
      return Finding.fail(
          DATABASE, found, "Heddle takes PostgreSQL " + OwnerDatabase.SERVER_MIN + " or newer");
    }
    if (state.failed()) {
      return Finding.fail(
          DATABASE, found + ", a migration broke off", "restore the last backup, then start again");
    }
    if (state.newer()) {
      return Finding.fail(
          DATABASE, found + ", made by a newer Heddle", "use that Heddle, or a backup before it");
    }
    if (!state.maker()) {
      return Finding.fail(
          DATABASE,
          found + ", whose user can neither create roles nor finds heddle_app",
          "as a superuser: alter role USER createrole");
    }
    return state.pending() > 0 && state.schema() != null
        ? Finding.warn(
            DATABASE,
            found + ", " + state.pending() + " migrations to come",
            "take a backup; the next start migrates")
        : Finding.ok(DATABASE, found);
  }

  static Finding clock(Duration ahead) {
    String found = "the database's is %+.3f s ahead".formatted(ahead.toMillis() / 1e3);
    String action = "set both machines' clocks by NTP: keys and usage go by the database's";
    if (ahead.abs().compareTo(CLOCK_FAIL) > 0) {
      return Finding.fail(CLOCK, found, action);
    }
    return ahead.abs().compareTo(CLOCK_WARN) > 0
        ? Finding.warn(CLOCK, found, action)
        : Finding.ok(CLOCK, found);
  }

  private void withStore(OwnerDatabase db) throws IOException {
    try (BlobFiles store = PlatformFiles.blobs(properties)) {
      String owner = store.installation();
      String id = db.installation().toString();
      if (owner != null && !owner.equals(id)) {
        add(
            Finding.fail(
                STORE,
                "it belongs to the installation " + owner + ", the database is that of " + id,
                "connect the database and the store that belong together"));
        return;
      }
      add(Finding.ok(STORE, place() + (owner == null ? ", not used yet" : "")));
      add(blobs(StoreComparison.of(db, store)));
    } catch (RegistryException e) {
      add(
          Finding.fail(
              STORE,
              place() + ": " + e.getMessage(),
              "HEDDLE_STORE_S3_* say where the bucket is, and with which key"));
      add(Finding.skip(BLOBS, "the store cannot be asked"));
    }
  }

  private String place() {
    String bucket = properties.store().s3().bucket();
    return bucket == null || bucket.isBlank()
        ? properties.data().resolve("experts").toString()
        : "s3://" + bucket + "/" + properties.store().s3().prefix();
  }

  private static Finding blobs(StoreComparison compared) {
    String found =
        "%d needed, %d missing, %d of another size; %d (%s) needed by no ready version"
            .formatted(
                compared.needed(),
                compared.missing(),
                compared.wrongSize(),
                compared.orphans(),
                ByteText.of(compared.orphanBytes()));
    return compared.fits()
        ? Finding.ok(BLOBS, found)
        : Finding.fail(BLOBS, found + ": " + String.join(", ", compared.named()), COPIES);
  }
}
