package dev.heddle.registry.usage;

import dev.heddle.registry.InvalidException;
import dev.heddle.registry.Page;
import dev.heddle.registry.db.Columns;
import dev.heddle.registry.db.RegistryDatabase;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.core.simple.JdbcClient.StatementSpec;

/**
 * Usage by hour, day or month. A report has what was recorded up to a second ago. It is made of
 * whole hours: a time within an hour means the beginning of the next one. Blocks; safe for any
 * thread.
 */
public final class UsageReports {
  /** The most lines that {@link #all} gives. */
  public static final int LINES_MAX = 100_000;

  /** No name has this character. */
  private static final String SEPARATOR = "~";

  private static final Pattern CURSOR =
      Pattern.compile("([0-9]{4}-[0-9T:-]{1,20}Z)~([a-z0-9._-]{1,63})~([a-z0-9._/@-]{0,200})");

  private static final String AFTER =
      """
      where cast(:period as timestamptz) is null
        or (period, tenant, model) > (cast(:period as timestamptz), :afterTenant, :afterModel)
      order by period, tenant, model limit :rows
      """;

  private static final String MOST =
      "order by completion_tokens desc, period, tenant, model limit :rows";

  /** By ids, for which the sums have an index. */
  private static final String OF_ADAPTER =
      """
      and u.version_id in (
        select w.id from adapter_version w
          join adapter b on b.id = w.adapter_id join tenant s on s.id = w.tenant_id
        where s.name = :owner and b.name = :adapter)
      """;

  private static final String ADAPTER =
      "case when v.tenant_id = u.tenant_id then '' else o.name || '/' end || a.name";

  private record Cursor(Instant period, String tenant, String model) {}

  private final RegistryDatabase db;

  public UsageReports(RegistryDatabase db) {
    this.db = db;
  }

  /** Lines in the order of periods, tenants and models. */
  public Page<UsageLine> page(UsageQuery query, Page.Request page) {
    return page.page(lines(query, cursor(page.after()), page.rows()), UsageReports::cursor);
  }

  /**
   * The whole report.
   *
   * @throws InvalidException {@code report-size} if it has more than {@value #LINES_MAX} lines
   */
  public List<UsageLine> all(UsageQuery query) {
    List<UsageLine> lines = lines(query, null, LINES_MAX + 1);
    if (lines.size() > LINES_MAX) {
      throw new InvalidException(
          "report-size",
          "from",
          "and 'to' are too far apart: the report has more than " + LINES_MAX + " lines");
    }
    return lines;
  }

  /**
   * The lines that generated most tokens, the most first.
   *
   * @param lines how many at most
   */
  public List<UsageLine> most(UsageQuery query, int lines) {
    return db.read(
        jdbc -> sums(jdbc, query, MOST).param("rows", lines).query(UsageReports::map).list());
  }

  private List<UsageLine> lines(UsageQuery query, @Nullable Cursor after, int rows) {
    return db.read(jdbc ->
        sums(jdbc, query, AFTER)
            .param("period", Columns.parameter(after == null ? null : after.period()))
            .param("afterTenant", after == null ? "" : after.tenant())
            .param("afterModel", after == null ? "" : after.model())
            .param("rows", rows)
            .query(UsageReports::map)
            .list());
  }

  private static StatementSpec sums(JdbcClient jdbc, UsageQuery query, String rest) {
    String model =
        switch (query.by()) {
          case VERSION -> "(coalesce(" + ADAPTER + " || '@' || v.number, ''))";
          case ADAPTER -> "(coalesce(" + ADAPTER + ", ''))";
          case TENANT -> "''";
        };
    String adapter = query.adapter() == null ? "" : OF_ADAPTER;
    return jdbc.sql(sums(adapter, model) + rest)
        .param("unit", query.period().unit())
        .param("from", Columns.parameter(query.from()))
        .param("to", Columns.parameter(query.to()))
        .param("tenant", query.tenant())
        .params(names(query.adapter()));
  }

  /**
   * Hours added up by ids first, so that few rows look for their names.
   *
   * @param adapter a condition on {@code u.version_id}, or nothing
   * @param model what a line is about, from the versions, adapters and owners
   */
  private static String sums(String adapter, String model) {
    return """
    with added as (
      select date_trunc(:unit, u.hour, 'UTC') as period, u.tenant_id, u.version_tenant_id,
        u.version_id, sum(u.requests) as requests, sum(u.prompt_tokens) as prompt_tokens,
        sum(u.cached_tokens) as cached_tokens, sum(u.completion_tokens) as completion_tokens,
        sum(u.queued_micros) as queued_micros, sum(u.engine_micros) as engine_micros
      from usage_hour u
      where u.hour >= :from and u.hour < :to
        and (cast(:tenant as uuid) is null or u.tenant_id = cast(:tenant as uuid))
        %s
      group by 1, 2, 3, 4),
    sums as (
      select u.period, t.name collate "C" as tenant, %s collate "C" as model,
        cast(sum(u.requests) as bigint) as requests,
        cast(sum(u.prompt_tokens) as bigint) as prompt_tokens,
        cast(sum(u.cached_tokens) as bigint) as cached_tokens,
        cast(sum(u.completion_tokens) as bigint) as completion_tokens,
        cast(sum(u.queued_micros) as bigint) as queued_micros,
        cast(sum(u.engine_micros) as bigint) as engine_micros
      from added u
        join tenant t on t.id = u.tenant_id
        left join adapter_version v on v.tenant_id = u.version_tenant_id and v.id = u.version_id
        left join adapter a on a.id = v.adapter_id
        left join tenant o on o.id = v.tenant_id
      group by 1, 2, 3)
    select * from sums
    """
        .formatted(adapter, model);
  }

  private static Map<String, String> names(UsageQuery.@Nullable OfAdapter adapter) {
    return adapter == null ? Map.of() : Map.of("owner", adapter.owner(), "adapter", adapter.name());
  }

  private static UsageLine map(ResultSet row, int n) throws SQLException {
    String model = row.getString("model");
    return new UsageLine(
        Columns.instant(row, "period"),
        row.getString("tenant"),
        model.isEmpty() ? null : model,
        row.getLong("requests"),
        row.getLong("prompt_tokens"),
        row.getLong("cached_tokens"),
        row.getLong("completion_tokens"),
        Duration.of(row.getLong("queued_micros"), ChronoUnit.MICROS),
        Duration.of(row.getLong("engine_micros"), ChronoUnit.MICROS));
  }

  private static String cursor(UsageLine line) {
    String model = line.model() == null ? "" : line.model();
    return line.period() + SEPARATOR + line.tenant() + SEPARATOR + model;
  }

  private static @Nullable Cursor cursor(@Nullable String after) {
    if (after == null) {
      return null;
    }
    Matcher parts = CURSOR.matcher(after);
    if (!parts.matches()) {
      throw Page.Request.badCursor();
    }
    try {
      return new Cursor(Instant.parse(parts.group(1)), parts.group(2), parts.group(3));
    } catch (DateTimeParseException e) {
      throw Page.Request.badCursor();
    }
  }
}
