package dev.heddle.registry.audit;

import dev.heddle.registry.db.Columns;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Which entries of the audit trail are wanted; null is any.
 *
 * @param tenant the one that entries concern
 * @param action as a whole, e.g. {@code adapter.publish}
 * @param subject as a whole, e.g. {@code intent@3}
 * @param since no earlier than this
 */
public record AuditFilter(
    @Nullable UUID tenant,
    @Nullable String action,
    @Nullable String subject,
    @Nullable Instant since) {
  /** Everything that concerns a tenant. */
  public static AuditFilter of(UUID tenant) {
    return new AuditFilter(tenant, null, null, null);
  }

  /** Only what is asked for stands in the condition, so that the right index serves it. */
  String condition() {
    List<String> conditions = new ArrayList<>(List.of("true"));
    if (tenant != null) {
      conditions.add("a.tenant_id = :tenant");
    }
    if (action != null) {
      conditions.add("a.action = :action");
    }
    if (subject != null) {
      conditions.add("a.subject = :subject");
    }
    if (since != null) {
      conditions.add("a.at >= :since");
    }
    return String.join(" and ", conditions);
  }

  Map<String, @Nullable Object> parameters() {
    Map<String, @Nullable Object> parameters = new HashMap<>();
    parameters.put("tenant", tenant);
    parameters.put("action", action);
    parameters.put("subject", subject);
    parameters.put("since", Columns.parameter(since));
    return parameters;
  }
}
