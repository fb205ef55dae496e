package dev.heddle.it.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import tools.jackson.databind.JsonNode;

/** Answers that came whole, against the rows that the platform has written. Safe for any thread. */
final class Usage {
  /** A row is written within a second of the answer's end: so much a kill may lose. */
  private static final long LOST_NANOS = Duration.ofMillis(1200).toNanos();

  private static final Duration WRITTEN_WITHIN = Duration.ofSeconds(10);

  private record Counted(String tokens, long at) {}

  private final Map<String, Counted> answers = new ConcurrentHashMap<>();

  void answered(JsonNode answer) {
    JsonNode usage = answer.path("usage");
    answers.put(
        answer.path("id").stringValue(),
        new Counted(
            usage.path("prompt_tokens") + "+" + usage.path("completion_tokens"),
            System.nanoTime()));
  }

  /** The platform was killed at this moment: what was answered just before may be lost. */
  void killed() {
    long now = System.nanoTime();
    answers.values().removeIf(answer -> now - answer.at() < LOST_NANOS);
  }

  int size() {
    return answers.size();
  }

  /** Each answer has its row, with its tokens; the sums are those of the rows. */
  void check(Place place) {
    Map<String, String> expected =
        answers.entrySet().stream()
            .collect(Collectors.toMap(Map.Entry::getKey, each -> each.getValue().tokens()));
    Awaitility.await()
        .atMost(WRITTEN_WITHIN)
        .untilAsserted(() -> assertThat(rows(place)).containsAllEntriesOf(expected));
    assertThat(
            number(
                place,
                """
                select (select coalesce(sum(requests), 0) from usage_hour)
                  - (select count(*) from usage_record)
                """))
        .as("sums by the hour against rows")
        .isZero();
  }

  private static Map<String, String> rows(Place place) throws SQLException {
    Map<String, String> rows = new HashMap<>();
    try (Connection connection = place.look();
        Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "select request_id, prompt_tokens || '+' || completion_tokens from usage_record")) {
      while (row.next()) {
        rows.put(row.getString(1), row.getString(2));
      }
    }
    return rows;
  }

  private static long number(Place place, String query) {
    try (Connection connection = place.look();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      row.next();
      return row.getLong(1);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}
