package dev.heddle.console.answers;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A version; its experts, import and proof are there where one version was asked for. */
public record Version(
    String adapter,
    int number,
    String name,
    String state,
    @Nullable String digest,
    @Nullable Long bytes,
    Instant createdAt,
    Instant changedAt,
    List<Violation> violations,
    @Nullable List<TunedLayer> tunedExperts,
    @Nullable Resident resident,
    @JsonProperty("import") @Nullable Import imported,
    @Nullable Proof proof) {
  /** Whether it can be called and published. */
  public boolean isReady() {
    return state.equals("READY");
  }
}
