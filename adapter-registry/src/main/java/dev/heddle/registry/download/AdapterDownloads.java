package dev.heddle.registry.download;

import dev.heddle.format.Digest;
import dev.heddle.format.adapter.AdapterManifest;
import dev.heddle.format.adapter.ExpertConfig;
import dev.heddle.format.adapter.TunedExpert;
import dev.heddle.format.model.ModelFolder;
import dev.heddle.format.model.ModelShape;
import dev.heddle.registry.ConflictException;
import dev.heddle.registry.UnavailableException;
import dev.heddle.registry.adapter.Version;
import dev.heddle.registry.adapter.VersionDocument;
import dev.heddle.registry.adapter.VersionState;
import dev.heddle.registry.adapter.Versions;
import dev.heddle.registry.db.RegistryDatabase;
import dev.heddle.registry.store.ExpertStore;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;

/** Opens stored versions for downloading. Safe for any thread; methods block. */
public final class AdapterDownloads {
  private final Versions versions;
  private final ExpertStore store;
  private final ModelFolder base;

  /**
   * @param base has the experts that an adapter tunes and leaves as they are, which are not stored
   */
  public AdapterDownloads(RegistryDatabase db, ExpertStore store, ModelFolder base) {
    this.versions = new Versions(db);
    this.store = store;
    this.base = base;
  }

  /**
   * Opens a version; none of its blobs are collected until the download is closed, even if it is
   * archived meanwhile.
   *
   * @throws dev.heddle.registry.NotFoundException {@code version-not-found}
   * @throws ConflictException {@code version-not-ready}, or {@code other-base} if it was made from
   *     another base model than the one that is served
   * @throws UnavailableException if the store does not answer
   */
  public AdapterDownload open(UUID tenant, String adapter, int number) {
    Version version = versions.get(tenant, adapter, number);
    List<VersionDocument> documents = versions.documents(version.id());
    List<Digest> blobs = new ArrayList<>();
    versions.experts(version.id()).forEach(expert -> blobs.add(expert.digest()));
    documents.forEach(document -> blobs.add(document.sha256()));
    ExpertStore.Hold hold = store.hold(blobs);
    try {
      // Looked at again under the hold: what is ready now has all its blobs, and keeps them.
      return open(versions.get(tenant, adapter, number), documents, hold);
    } catch (RuntimeException | Error e) {
      hold.close();
      throw e;
    } catch (IOException e) {
      hold.close();
      throw UnavailableException.store(version.label() + " cannot be read now", e);
    }
  }

  private AdapterDownload open(
      Version version, List<VersionDocument> documents, ExpertStore.Hold hold) throws IOException {
    Digest digest = version.digest();
    if (version.state() != VersionState.READY || digest == null) {
      throw new ConflictException(
          "version-not-ready",
          version.label() + " is " + version.state() + "; only a ready version can be downloaded");
    }
    AdapterManifest manifest = store.manifest(digest);
    if (!manifest.base().equals(base.digest())) {
      throw new ConflictException(
          "other-base",
          version.label() + " was made from another base model than the one that is served");
    }
    return new AdapterDownload(
        version, manifest, config(documents, manifest), documents, store, base, hold);
  }

  /** As it was uploaded; for a version from before that was kept, what it must have said. */
  private ExpertConfig config(List<VersionDocument> documents, AdapterManifest manifest)
      throws IOException {
    Optional<VersionDocument> uploaded =
        documents.stream().filter(d -> d.path().equals(ExpertConfig.FILE)).findFirst();
    if (uploaded.isEmpty()) {
      return config(manifest, base.shape());
    }
    try (Arena arena = Arena.ofConfined()) {
      return ExpertConfig.parse(
          store.document(uploaded.get().sha256(), arena).toArray(ValueLayout.JAVA_BYTE));
    }
  }

  private static ExpertConfig config(AdapterManifest manifest, ModelShape shape) {
    NavigableMap<Integer, List<Integer>> routed = new TreeMap<>();
    boolean shared = false;
    for (TunedExpert expert : manifest.experts()) {
      if (expert.column() < shape.experts().routed()) {
        routed.computeIfAbsent(expert.layer(), layer -> new ArrayList<>()).add(expert.column());
      } else {
        shared = true;
      }
    }
    return new ExpertConfig(routed, shared, false);
  }
}
