package dev.heddle.app.upkeep;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.app.upkeep.Finding.Verdict;
import dev.heddle.registry.db.OwnerDatabase;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What databases that tests do not have would be said to be. */
class StateChecksTest {
  @ParameterizedTest
  @CsvSource({
    "PT0.5S, OK, +0.500", "PT-1.9S, OK, -1.900", "PT3S, WARN, +3.000",
    "PT-30S, WARN, -30.000", "PT1H, FAIL, +3600.000", "PT-2M, FAIL, -120.000"
  })
  void a_clock_that_is_off_is_told_by_how_much(Duration ahead, Verdict verdict, String seconds) {
    Finding found = StateChecks.clock(ahead);
    assertThat(found.verdict()).isEqualTo(verdict);
    assertThat(found.message()).contains(seconds);
    assertThat(found.action().isEmpty()).isEqualTo(verdict == Verdict.OK);
  }

  private static Finding database(
      int major,
      @Nullable String schema,
      int pending,
      boolean newer,
      boolean failed,
      boolean maker) {
    return StateChecks.database(
        "db/heddle",
        new OwnerDatabase.State(
            major + ".1", major, schema, pending, newer, failed, Duration.ZERO, maker));
  }

  @Test
  void a_database_that_will_do() {
    assertThat(database(15, "12", 0, false, false, true))
        .isEqualTo(Finding.ok("database", "PostgreSQL 15.1, db/heddle, schema 12"));
    assertThat(database(18, null, 12, false, false, true).verdict()).isEqualTo(Verdict.OK);
    assertThat(database(18, "11", 1, false, false, true))
        .satisfies(found -> assertThat(found.verdict()).isEqualTo(Verdict.WARN))
        .satisfies(found -> assertThat(found.action()).contains("backup"));
  }

  @Test
  void a_database_that_will_not_do() {
    assertThat(database(14, "12", 0, false, false, true).action()).contains("PostgreSQL 15");
    assertThat(database(18, "13", 0, true, false, true).message()).contains("newer Heddle");
    assertThat(database(18, "12", 1, false, true, true).message()).contains("broke off");
    assertThat(database(18, null, 12, false, false, false).action()).contains("createrole");
  }
}
