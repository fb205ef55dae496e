package dev.heddle.registry.testing;

import dev.heddle.format.Digest;
import dev.heddle.format.model.ModelFolder;
import dev.heddle.format.testing.CheckpointWriter;
import dev.heddle.format.testing.Shapes;
import dev.heddle.registry.Actor;
import dev.heddle.registry.access.ApiKeys;
import dev.heddle.registry.access.BaseModel;
import dev.heddle.registry.access.BaseModels;
import dev.heddle.registry.access.Tenant;
import dev.heddle.registry.access.Tenants;
import dev.heddle.registry.adapter.Adapters;
import dev.heddle.registry.adapter.Aliases;
import dev.heddle.registry.adapter.Grants;
import dev.heddle.registry.adapter.Publishing;
import dev.heddle.registry.adapter.Version;
import dev.heddle.registry.adapter.VersionStates;
import dev.heddle.registry.adapter.Versions;
import dev.heddle.registry.audit.AuditLog;
import dev.heddle.registry.db.Columns;
import dev.heddle.registry.db.DatabaseSettings;
import dev.heddle.registry.db.Installation;
import dev.heddle.registry.db.RegistryDatabase;
import dev.heddle.registry.disk.FolderIdentity;
import dev.heddle.registry.garbage.GarbageCollector;
import dev.heddle.registry.replica.ReplicaSettings;
import dev.heddle.registry.replica.Replicas;
import dev.heddle.registry.store.DamageListener;
import dev.heddle.registry.store.LocalExpertStore;
import dev.heddle.registry.upload.AdapterIngest;
import dev.heddle.registry.upload.AdapterProof;
import dev.heddle.registry.upload.FileSink;
import dev.heddle.registry.upload.ResumableUploads;
import dev.heddle.registry.upload.Storage;
import dev.heddle.registry.upload.UploadArea;
import dev.heddle.registry.upload.UploadLimits;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** A whole registry in a fresh database and a folder, with a tiny random base model. */
public final class TestRegistry implements AutoCloseable {
  public static final Actor ACTOR = new Actor("test");
  public static final String BASE = "tiny";

  public final Path folder;
  public final ModelFolder model;
  public final RegistryDatabase db;
  public final Tenants tenants;
  public final Tenant tenant;
  public final BaseModel base;
  public final Replicas replicas;
  public final ApiKeys keys;
  public final Adapters adapters;
  public final Versions versions;
  public final VersionStates states;
  public final Publishing publishing;
  public final Aliases aliases;
  public final Grants grants;
  public final AuditLog audit;
  public final LocalExpertStore store;
  public final UploadArea uploads;
  public final ResumableUploads resumable;
  public final Storage storage;
  public final AdapterIngest ingest;
  public final GarbageCollector garbage;
  private final DatabaseSettings settings;

  private TestRegistry(Path folder, DatabaseSettings settings, UploadLimits limits) {
    this.folder = folder;
    this.settings = settings;
    Path path = folder.resolve("model");
    this.model =
        ModelFolder.open(
            Files.exists(path) ? path : CheckpointWriter.model(path, Shapes.tiny(), 1));
    this.db = RegistryDatabase.open(settings);
    this.tenants = new Tenants(db);
    this.tenant = tenants.ensureDefault();
    this.base = new BaseModels(db).register(BASE, model.digest());
    this.replicas =
        new Replicas(
            db,
            new ReplicaSettings(
                FolderIdentity.own(folder), "test", null, base.digest(), Duration.ofSeconds(2)));
    this.keys = new ApiKeys(db);
    this.adapters = new Adapters(db);
    this.versions = new Versions(db);
    this.states = new VersionStates(db, replicas.self());
    this.publishing = new Publishing(db);
    this.aliases = new Aliases(db);
    this.grants = new Grants(db);
    this.audit = new AuditLog(db);
    this.store =
        new LocalExpertStore(folder.resolve("experts"), Installation.id(db), DamageListener.NONE);
    this.uploads = new UploadArea(db, folder.resolve("uploads"), limits, replicas.self());
    this.resumable = new ResumableUploads(uploads, Duration.ofHours(1));
    this.storage = new Storage(db);
    this.ingest = new AdapterIngest(db, uploads, store, model, AdapterProof.NONE, replicas.self());
    ingest.recover();
    this.garbage = new GarbageCollector(db, store, Duration.ZERO, () -> true);
  }

  public static TestRegistry in(Path folder) {
    return in(folder, UploadLimits.DEFAULT);
  }

  public static TestRegistry in(Path folder, UploadLimits limits) {
    return new TestRegistry(folder, TestDatabase.fresh(), limits);
  }

  /** What lies in a folder and its database, of this process or another. */
  public static TestRegistry open(Path folder, DatabaseSettings settings) {
    return new TestRegistry(folder, settings, UploadLimits.DEFAULT);
  }

  /** The same data as a new process would find them. */
  public TestRegistry restart() {
    close();
    return new TestRegistry(folder, settings, UploadLimits.DEFAULT);
  }

  /** A random adapter of the base model, the same for the same seed. */
  public Path adapterFolder(long seed) {
    Path path = folder.resolve("adapter-" + seed);
    return Files.exists(path) ? path : CheckpointWriter.adapter(path, model, seed);
  }

  /** Whether the database refuses changes from now on, as a standby or one on a full disk does. */
  public void readOnly(boolean on) {
    try (Connection owner =
            DriverManager.getConnection(
                settings.url(), settings.owner().name(), settings.owner().password());
        Statement statement = owner.createStatement()) {
      String role = "alter role %s in database %s set default_transaction_read_only = %s";
      statement.execute(role.formatted(settings.app().name(), owner.getCatalog(), on));
      statement.execute( // sessions that are there keep what they began with
          "select pg_terminate_backend(pid) from pg_stat_activity"
              + " where datname = current_database() and pid <> pg_backend_pid()");
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Begins a version and uploads a folder's files. */
  public Version upload(Tenant owner, String name, Path adapter) {
    Version version = versions.create(ACTOR, owner.id(), name, base);
    filesOf(adapter).forEach(file -> put(version, file.getFileName().toString(), read(file)));
    return version;
  }

  /** A ready version. */
  public Version ready(Tenant owner, String name, long seed) {
    return ingest.complete(ACTOR, upload(owner, name, adapterFolder(seed)));
  }

  /** A ready version that is what the name means. */
  public Version published(Tenant owner, String name, long seed) {
    Version version = ready(owner, name, seed);
    publishing.publish(ACTOR, owner.id(), name, version.number());
    return version;
  }

  public void put(Version version, String path, byte[] bytes) {
    try (FileSink sink = uploads.open(version, path, bytes.length)) {
      sink.write(ByteBuffer.wrap(bytes));
      sink.commit(null);
    }
  }

  /** The files, folders left out, below a folder. */
  public static List<Path> filesOf(Path folder) {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(Files::isRegularFile).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Experts and manifests in the store. */
  public List<Path> blobs() {
    return filesOf(folder.resolve("experts")).stream()
        .filter(p -> p.getFileName().toString().length() == 64)
        .toList();
  }

  /** What the ready versions need of the store. */
  public Set<Digest> neededBlobs() {
    return db.read(jdbc ->
        jdbc.sql(
                """
                select digest from adapter_version where state = 'READY'
                union select p.digest from adapter_version v
                  join (select version_id, digest from version_expert
                        union all select version_id, digest from version_document) p
                    on p.version_id = v.id
                where v.state = 'READY'
                """)
            .query((row, n) -> Columns.digest(row, "digest"))
            .set());
  }

  /** Bytes of uploads, whole or not. */
  public List<Path> uploadedBytes() {
    return filesOf(folder.resolve("uploads")).stream()
        .filter(p -> !Set.of("lock", "installation").contains(p.getFileName().toString()))
        .toList();
  }

  private static byte[] read(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    garbage.close();
    uploads.close();
    store.close();
    replicas.close();
    db.close();
    model.close();
  }
}
