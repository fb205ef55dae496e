package dev.heddle.registry.usage;

import dev.heddle.registry.db.Columns;
import dev.heddle.registry.db.RegistryDatabase;
import java.time.Duration;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Inserts usage rows, several in a statement; those that are there already are left as they are.
 */
final class UsageRows {
  private static final int COLUMNS = 13;
  private static final String VALUES = "(" + "?, ".repeat(COLUMNS - 1) + "?)";

  private final RegistryDatabase db;

  UsageRows(RegistryDatabase db) {
    this.db = db;
  }

  void insert(List<UsageRow> batch) {
    Map<String, UsageRow> byRequest = new LinkedHashMap<>();
    batch.forEach(row -> byRequest.putIfAbsent(row.requestId(), row));
    db.write(jdbc -> insert(jdbc, byRequest.values()));
  }

  private static int insert(JdbcClient jdbc, Collection<UsageRow> rows) {
    var statement =
        jdbc.sql(
            """
            insert into usage_record
              (request_id, tenant_id, key_id, model, version_tenant_id, version_id, outcome,
               prompt_tokens, cached_tokens, completion_tokens, queued_micros, engine_micros,
               finished_at) values
            """
                + String.join(", ", Collections.nCopies(rows.size(), VALUES))
                + " on conflict (request_id) do nothing");
    for (UsageRow row : rows) {
      UsageRow.Served version = row.version();
      statement =
          statement
              .param(row.requestId())
              .param(row.tenantId())
              .param(row.keyId())
              .param(row.model())
              .param(version == null ? null : version.ownerId())
              .param(version == null ? null : version.versionId())
              .param(row.outcome())
              .param(row.promptTokens())
              .param(row.cachedTokens())
              .param(row.completionTokens())
              .param(micros(row.queued()))
              .param(micros(row.engine()))
              .param(Columns.parameter(row.finishedAt()));
    }
    return statement.update();
  }

  private static long micros(Duration duration) {
    return duration.toNanos() / 1000;
  }
}
