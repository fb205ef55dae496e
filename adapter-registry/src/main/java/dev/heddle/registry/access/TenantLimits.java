package dev.heddle.registry.access;

import dev.heddle.format.Violation;
import dev.heddle.registry.InvalidException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A tenant's share and what it may use; null is without limit, 0 nothing at all.
 *
 * @param weight share of the engine against other tenants that want it too, 1 to {@value
 *     #WEIGHT_MAX}
 * @param requestsPerMinute inference requests begun in a minute
 * @param tokensPerMinute prompt and completion tokens in a minute
 * @param concurrentSequences answers computed at once, each choice of a request counting
 * @param storedBytes logical size of what the tenant has uploaded, in bytes
 * @param residentSlots expert slots that the tenant's adapters may hold at once
 */
public record TenantLimits(
    int weight,
    @Nullable Long requestsPerMinute,
    @Nullable Long tokensPerMinute,
    @Nullable Integer concurrentSequences,
    @Nullable Long storedBytes,
    @Nullable Integer residentSlots) {
  public static final int WEIGHT_MAX = 1000;

  /** An equal share and no limit. */
  public static final TenantLimits NONE = new TenantLimits(1, null, null, null, null, null);

  /**
   * @throws InvalidException naming every value out of its range
   */
  public TenantLimits {
    List<Violation> violations = new ArrayList<>();
    if (weight < 1 || weight > WEIGHT_MAX) {
      violations.add(new Violation("limit", "weight", "is not 1 to " + WEIGHT_MAX));
    }
    requireNotNegative(violations, "requests_per_minute", requestsPerMinute);
    requireNotNegative(violations, "tokens_per_minute", tokensPerMinute);
    requireNotNegative(violations, "concurrent_sequences", concurrentSequences);
    requireNotNegative(violations, "stored_bytes", storedBytes);
    requireNotNegative(violations, "resident_slots", residentSlots);
    InvalidException.throwIfAny(violations);
  }

  /** Of a row that has the columns of {@link #asMap}. */
  public static TenantLimits of(ResultSet row) throws SQLException {
    return new TenantLimits(
        row.getInt("weight"),
        row.getObject("requests_per_minute", Long.class),
        row.getObject("tokens_per_minute", Long.class),
        row.getObject("concurrent_sequences", Integer.class),
        row.getObject("stored_bytes", Long.class),
        row.getObject("resident_slots", Integer.class));
  }

  private static void requireNotNegative(
      List<Violation> violations, String where, @Nullable Number value) {
    if (value != null && value.longValue() < 0) {
      violations.add(new Violation("limit", where, "is negative"));
    }
  }

  /** By the names of columns, as the audit trail has it. */
  Map<String, @Nullable Object> asMap() {
    Map<String, @Nullable Object> map = new LinkedHashMap<>();
    map.put("weight", weight);
    map.put("requests_per_minute", requestsPerMinute);
    map.put("tokens_per_minute", tokensPerMinute);
    map.put("concurrent_sequences", concurrentSequences);
    map.put("stored_bytes", storedBytes);
    map.put("resident_slots", residentSlots);
    return map;
  }
}
