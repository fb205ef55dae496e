package dev.heddle.app.api.tenants;

import com.fasterxml.jackson.annotation.JsonIgnore;
import dev.heddle.app.request.Fields;
import dev.heddle.registry.access.TenantLimits;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Limits to change. Null removes a limit. Absent fields stay as they are.
 *
 * @param given names of the fields that are present, null or not
 */
record LimitsChange(
    @Schema(minimum = "0") @Nullable Long requestsPerMinute,
    @Schema(minimum = "0") @Nullable Long tokensPerMinute,
    @Schema(minimum = "0") @Nullable Integer concurrentSequences,
    @Schema(minimum = "0") @Nullable Long storedBytes,
    @Schema(minimum = "0") @Nullable Integer residentSlots,
    @JsonIgnore @Schema(hidden = true) Set<String> given) {
  private static final String REQUESTS = "requests_per_minute";
  private static final String TOKENS = "tokens_per_minute";
  private static final String SEQUENCES = "concurrent_sequences";
  private static final String BYTES = "stored_bytes";
  private static final String SLOTS = "resident_slots";
  private static final String[] NAMES = {REQUESTS, TOKENS, SEQUENCES, BYTES, SLOTS};

  static LimitsChange read(Fields fields) {
    fields.allowOnly(NAMES);
    return new LimitsChange(
        fields.integer64(REQUESTS, 0, Long.MAX_VALUE),
        fields.integer64(TOKENS, 0, Long.MAX_VALUE),
        fields.integer(SEQUENCES, 0, Integer.MAX_VALUE),
        fields.integer64(BYTES, 0, Long.MAX_VALUE),
        fields.integer(SLOTS, 0, Integer.MAX_VALUE),
        Arrays.stream(NAMES).filter(fields::has).collect(Collectors.toUnmodifiableSet()));
  }

  TenantLimits apply(TenantLimits before) {
    return new TenantLimits(
        before.weight(),
        given.contains(REQUESTS) ? requestsPerMinute : before.requestsPerMinute(),
        given.contains(TOKENS) ? tokensPerMinute : before.tokensPerMinute(),
        given.contains(SEQUENCES) ? concurrentSequences : before.concurrentSequences(),
        given.contains(BYTES) ? storedBytes : before.storedBytes(),
        given.contains(SLOTS) ? residentSlots : before.residentSlots());
  }
}
