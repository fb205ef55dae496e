package dev.heddle.registry.adapter;

import dev.heddle.format.Digest;
import dev.heddle.format.Violation;
import dev.heddle.format.Violations;
import dev.heddle.format.adapter.AdapterManifest;
import dev.heddle.format.adapter.TunedExpert;
import dev.heddle.registry.Actor;
import dev.heddle.registry.ConflictException;
import dev.heddle.registry.audit.AuditLog;
import dev.heddle.registry.db.Jsonb;
import dev.heddle.registry.db.RegistryDatabase;
import dev.heddle.registry.replica.Start;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * The steps between a version's upload and its being ready; each is one transaction. From the
 * beginning of its validation on a version is its owner's: a step of anybody else is refused with
 * the conflict {@value #TAKEN}, also a late one of an owner whose work another replica has taken.
 */
public final class VersionStates {
  /** Code of the conflict with another replica that owns the validation now. */
  public static final String TAKEN = "version-taken";

  private final RegistryDatabase db;
  private final Validations validations;

  /**
   * @param self whose steps these are
   */
  public VersionStates(RegistryDatabase db, Start self) {
    this.db = db;
    this.validations = new Validations(self);
  }

  /**
   * Closes an upload: from here on its files do not change.
   *
   * @throws ConflictException {@code version-state} if it is not uploading, or not any more
   */
  public Version beginValidation(Actor actor, Version version) {
    version.require(VersionState.UPLOADING);
    return db.change(jdbc -> {
      Version closed =
          step(jdbc, actor, version, VersionState.VALIDATING, Map.of("by", actor.name()));
      validations.begin(jdbc, closed, actor);
      return closed;
    });
  }

  /** Says that all that a version needs is in the store: others can finish it from here on. */
  public void stored(Version version, StoredVersion stored) {
    db.write(jdbc -> {
      validations.stored(jdbc, version, stored);
      return version;
    });
  }

  /** Validations of processes that are gone, and those without an owner. */
  public List<CutValidation> cut() {
    return db.read(validations::cut);
  }

  /** Takes a validation over, if it is as it was read and its owner has not come back. */
  public boolean take(CutValidation cut) {
    return db.write(jdbc -> validations.take(jdbc, cut));
  }

  /** Whether the database may answer, now or later. */
  public boolean isOpen() {
    return db.isOpen();
  }

  /** Opens the upload again, after a validation that could not be finished. */
  public Version reopen(Version version) {
    version.require(VersionState.VALIDATING);
    return db.change(jdbc -> opened(jdbc, version));
  }

  /** Opens the upload again if it is closed; false if it is not. */
  public boolean reopenIfClosed(Version version) {
    return db.change(jdbc -> {
      Version now = VersionRows.get(jdbc, version.id());
      if (now.state() != VersionState.VALIDATING) {
        return false;
      }
      opened(jdbc, now);
      return true;
    });
  }

  private Version opened(JdbcClient jdbc, Version closed) {
    validations.end(jdbc, closed);
    return step(jdbc, Actor.SYSTEM, closed, VersionState.UPLOADING, Map.of());
  }

  /**
   * Opens all uploads whose validation was cut short by the end of an earlier process on this data
   * folder, and those without an owner; how many.
   */
  public int reopenCut() {
    return db.change(jdbc -> {
      validations.repair(jdbc);
      List<Version> cut = validations.takeEarlier(jdbc);
      cut.forEach(version -> opened(jdbc, version));
      return cut.size();
    });
  }

  /** Ends a version whose files are wrong. */
  public Version reject(Actor actor, Version version, List<Violation> report) {
    version.require(VersionState.VALIDATING);
    return db.change(jdbc -> {
      validations.end(jdbc, version);
      jdbc.sql("update adapter_version set report = cast(:report as jsonb) where id = :id")
          .param("report", Jsonb.write(Violations.bounded(report)))
          .param("id", version.id())
          .update();
      return step(jdbc, actor, version, VersionState.REJECTED, Map.of("violations", report.size()));
    });
  }

  /**
   * Makes a version callable. Every expert's blob is in the store already.
   *
   * @param stored what is in the store; its golden prompts were answered as they should be
   */
  public Version ready(
      Actor actor, Version version, AdapterManifest manifest, StoredVersion stored) {
    version.require(VersionState.VALIDATING);
    return db.change(jdbc -> {
      validations.end(jdbc, version);
      addBlobs(jdbc, stored.blobs());
      addExperts(jdbc, version, manifest.experts());
      stored.documents().forEach(document -> addDocument(jdbc, version, document));
      if (stored.golden() > 0) {
        Proofs.write(jdbc, version, stored.golden(), List.of());
      }
      jdbc.sql("update adapter_version set digest = :digest, bytes = :bytes where id = :id")
          .param("digest", manifest.digest().bytes())
          .param("bytes", manifest.bytes())
          .param("id", version.id())
          .update();
      return step(
          jdbc,
          actor,
          version,
          VersionState.READY,
          Map.of("digest", manifest.digest().hex(), "experts", manifest.experts().size()));
    });
  }

  /** In one order for all, so that two versions that share experts do not wait in a ring. */
  private static void addBlobs(JdbcClient jdbc, Map<Digest, Long> blobs) {
    List<Map.Entry<Digest, Long>> rows = List.copyOf(blobs.entrySet());
    jdbc.sql(
            """
            insert into expert_blob (digest, bytes)
            select * from unnest(:digests, :bytes) as blob (digest, bytes) order by digest
            on conflict do nothing
            """)
        .param("digests", bytes(rows.stream().map(Map.Entry::getKey)))
        .param("bytes", rows.stream().map(Map.Entry::getValue).toArray(Long[]::new))
        .update();
  }

  private static void addExperts(JdbcClient jdbc, Version version, List<TunedExpert> experts) {
    jdbc.sql(
            """
            insert into version_expert (version_id, tenant_id, layer, expert_column, digest)
            select :version, :tenant, * from unnest(:layers, :columns, :digests)
            """)
        .param("version", version.id())
        .param("tenant", version.tenantId())
        .param("layers", experts.stream().map(TunedExpert::layer).toArray(Integer[]::new))
        .param("columns", experts.stream().map(TunedExpert::column).toArray(Integer[]::new))
        .param("digests", bytes(experts.stream().map(TunedExpert::digest)))
        .update();
  }

  private static byte[][] bytes(Stream<Digest> digests) {
    return digests.map(Digest::bytes).toArray(byte[][]::new);
  }

  private static void addDocument(JdbcClient jdbc, Version version, VersionDocument document) {
    jdbc.sql(
            """
            insert into version_document (version_id, tenant_id, path, bytes, digest)
            values (:version, :tenant, :path, :bytes, :digest)
            """)
        .param("version", version.id())
        .param("tenant", version.tenantId())
        .param("path", document.path())
        .param("bytes", document.bytes())
        .param("digest", document.sha256().bytes())
        .update();
  }

  private static Version step(
      JdbcClient jdbc, Actor actor, Version from, VersionState to, Map<String, Object> details) {
    VersionRows.move(jdbc, from, to);
    Map<String, Object> after = new HashMap<>(details);
    after.put("state", to);
    UUID tenant = from.tenantId();
    String action = to == VersionState.REJECTED ? "version.reject" : "version.state";
    AuditLog.write(jdbc, actor, tenant, action, from.label(), Map.of("state", from.state()), after);
    return VersionRows.get(jdbc, from.id());
  }
}
