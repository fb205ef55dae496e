package dev.heddle.app.residency;

import dev.heddle.format.Digest;
import dev.heddle.registry.adapter.AliasTarget;
import dev.heddle.runtime.InferenceRuntime;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/** Makes a stored version a resident one ahead of its first call. */
@Component
public final class AdapterActivator {
  private static final Logger log = LoggerFactory.getLogger(AdapterActivator.class);

  private final InferenceRuntime runtime;
  private final AdapterNames names;

  AdapterActivator(InferenceRuntime runtime, AdapterNames names) {
    this.runtime = runtime;
    this.names = names;
  }

  /**
   * Asks for the adapter's experts to be loaded, and returns at once. Where that fails, the first
   * request that names the adapter tries again and is told.
   */
  public void prefetch(Digest adapter) {
    Mono.fromFuture(() -> runtime.prefetch(adapter), true)
        .subscribe(
            nothing -> {},
            failure -> log.warn("{} could not be preloaded", names.of(adapter), failure),
            () -> log.info("{} is resident", names.of(adapter)));
  }

  /** As {@link #prefetch(Digest)}, for all that a name means from now on. */
  public void prefetch(List<AliasTarget> targets) {
    targets.forEach(target -> prefetch(target.digest()));
  }
}
