package dev.heddle.app.serving;

import dev.heddle.app.error.ApiException;
import dev.heddle.app.error.ErrorCode;
import dev.heddle.format.CodePoints;
import dev.heddle.registry.access.Principal;
import dev.heddle.registry.snapshot.RegistrySnapshot;
import dev.heddle.registry.snapshot.ResolvedModel;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Says what model names mean to a caller, by the latest snapshot of the registry. */
public final class ModelResolver {
  private final Supplier<RegistrySnapshot> snapshots;

  public ModelResolver(Supplier<RegistrySnapshot> snapshots) {
    this.snapshots = snapshots;
  }

  /**
   * What answers a request that names {@code name}.
   *
   * @param stickyKey keeps requests with the same key on one of several versions
   * @throws ApiException MODEL_NOT_FOUND, the same for absent and for not granted; the base model
   *     never answers in another's place
   */
  ResolvedModel resolve(Principal caller, String name, String stickyKey) {
    return find(caller, name, stickyKey).orElseThrow(() -> notFound(name));
  }

  /** As {@link #resolve}; empty where that throws. */
  Optional<ResolvedModel> find(Principal caller, String name, String stickyKey) {
    return snapshots.get().resolve(caller.tenantId(), name, stickyKey);
  }

  /**
   * What a name means: of several versions the one that answers most. Throws as {@link #resolve}.
   */
  ResolvedModel describe(Principal caller, String name) {
    return snapshots.get().resolve(caller.tenantId(), name).orElseThrow(() -> notFound(name));
  }

  /** Every name that the caller can call, the base model first. */
  List<ResolvedModel> list(Principal caller) {
    return snapshots.get().models(caller.tenantId());
  }

  private static ApiException notFound(String name) {
    String shown = CodePoints.brief(name, 200);
    return new ApiException(
        ErrorCode.MODEL_NOT_FOUND,
        "The model '" + shown + "' does not exist or you do not have access to it.",
        "model");
  }
}
