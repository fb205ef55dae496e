package dev.heddle.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.registry.db.RegistryDatabase;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a page of the console costs the database. {@link ConsoleSpeed} measures the times. */
class ConsoleCostTest {
  private static final PlatformFixture PLATFORM = PlatformFixture.get();
  private static final int STATEMENTS_MAX = 16;
  private static final List<String> PAGES =
      List.of(
          "/console",
          "/console/adapters",
          "/console/adapters/own-0",
          "/console/scoring",
          "/console/memory",
          "/console/playground",
          "/console/tenant",
          "/console/audit");

  @Test
  void a_page_costs_as_many_statements_with_many_adapters_as_with_few() {
    ManyAdapters fill = new ManyAdapters(PLATFORM);
    String few = PLATFORM.session(fill.tenant("cost-few"));
    fill.fill("cost-few", "own", 2, 1);
    String many = PLATFORM.session(fill.tenant("cost-many"));
    fill.fill("cost-many", "own", 30, 2);
    fill.use("cost-many", 2);
    for (String page : PAGES) {
      long least = Long.MAX_VALUE;
      for (int i = 0; i < 5; i++) {
        least = Math.min(least, statements(page, few));
      }
      assertThat(least).as(page).isLessThanOrEqualTo(STATEMENTS_MAX);
      // Others ask the database too, now and then: one quiet moment is enough.
      long again = Long.MAX_VALUE;
      for (int i = 0; i < 100 && again > least; i++) {
        again = statements(page, many);
      }
      assertThat(again).as(page).isLessThanOrEqualTo(least);
    }
  }

  private static long statements(String page, String cookie) {
    RegistryDatabase database = PLATFORM.bean(RegistryDatabase.class);
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(PLATFORM.url() + page)).header("Cookie", cookie).build();
    long before = database.statements();
    HttpResponse<String> response = PlatformFixture.send(request);
    long after = database.statements();
    assertThat(response.statusCode()).as(page).isEqualTo(200);
    return after - before;
  }
}
