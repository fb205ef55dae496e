package dev.heddle.console;

import dev.heddle.console.answers.AuditEntry;
import dev.heddle.console.answers.OwnTenant;
import dev.heddle.console.answers.Status;
import dev.heddle.console.answers.UsageLine;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.server.ServerWebExchange;
import tools.jackson.databind.JsonNode;

/** How it goes now, and what needs somebody. */
@Controller
final class OverviewPage {
  private static final Duration RECENT = Duration.ofHours(24);

  private final Viewers viewers;
  private final Api api;
  private final Pages pages;

  OverviewPage(Viewers viewers, Api api, Pages pages) {
    this.viewers = viewers;
    this.api = api;
    this.pages = pages;
  }

  @GetMapping("/console")
  String overview(Model model, ServerWebExchange exchange) {
    Viewer viewer = viewers.of(exchange);
    describe(model, viewer);
    if (viewer.manages()) {
      model.addAttribute("usage", usage(viewer));
    }
    return pages.show(model, "overview", viewer);
  }

  /** The part that keeps itself up to date. */
  @GetMapping("/console/overview/now")
  String now(Model model, ServerWebExchange exchange) {
    Viewer viewer = viewers.of(exchange);
    describe(model, viewer);
    return pages.show(model, "overview", viewer) + " :: now";
  }

  private void describe(Model model, Viewer viewer) {
    if (viewer.operator() && viewer.acting() == null) {
      model.addAttribute("status", api.get(viewer, "/api/v1/status", Status.class));
    }
    if (viewer.manages()) {
      model.addAttribute("own", api.get(viewer, "/api/v1/tenant", OwnTenant.class));
      model.addAttribute("rejected", rejected(viewer));
    }
  }

  private List<AuditEntry> rejected(Viewer viewer) {
    Instant since = Instant.now().minus(RECENT).truncatedTo(ChronoUnit.SECONDS);
    String path = "/api/v1/audit?action=version.state&limit=100&since=" + since;
    return api.list(viewer, path, AuditEntry.class).items().stream()
        .filter(entry -> isRejection(entry.after()))
        .limit(5)
        .toList();
  }

  private static boolean isRejection(@Nullable JsonNode after) {
    return after != null && after.path("state").asString("").equals("REJECTED");
  }

  /** What was used in the last day, most used first. */
  private List<UsageLine> usage(Viewer viewer) {
    Instant from = Instant.now().minus(RECENT).truncatedTo(ChronoUnit.SECONDS);
    String path = "/api/v1/usage?group=month&limit=100&from=" + from;
    return api.list(viewer, path, UsageLine.class).items().stream()
        .sorted((a, b) -> Long.compare(b.completionTokens(), a.completionTokens()))
        .limit(8)
        .toList();
  }
}
