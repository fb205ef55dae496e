package dev.heddle.console;

import dev.heddle.console.answers.AuditEntry;
import dev.heddle.console.answers.OwnTenant;
import dev.heddle.console.answers.PageOf;
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
    return pages.show(model, "overview", viewer);
  }

  /** The part that keeps itself up to date. */
  @GetMapping("/console/overview/now")
  String now(Model model, ServerWebExchange exchange) {
    Viewer viewer = viewers.of(exchange);
    describe(model, viewer);
    return pages.show(model, "overview", viewer) + " :: now";
  }

  /** The part that comes after the page: there may be much to add up. */
  @GetMapping("/console/overview/used")
  String used(Model model, ServerWebExchange exchange) {
    Viewer viewer = viewers.of(exchange);
    model.addAttribute("usage", mostUsed(viewer));
    return pages.show(model, "overview", viewer) + " :: used";
  }

  private void describe(Model model, Viewer viewer) {
    boolean all = viewer.operator() && viewer.acting() == null;
    @Nullable Asked<Status> status = all ? api.ask(viewer, "/api/v1/status", Status.class) : null;
    if (viewer.manages()) {
      Asked<OwnTenant> own = api.ask(viewer, "/api/v1/tenant", OwnTenant.class);
      Asked<PageOf<AuditEntry>> rejected = rejected(viewer);
      model.addAttribute("own", own.answer());
      model.addAttribute("rejected", rejected.answer().items());
    }
    if (status != null) {
      model.addAttribute("status", status.answer());
    }
  }

  private Asked<PageOf<AuditEntry>> rejected(Viewer viewer) {
    String path = "/api/v1/audit?action=version.reject&limit=5&since=" + recent();
    return api.askList(viewer, path, AuditEntry.class);
  }

  private List<UsageLine> mostUsed(Viewer viewer) {
    String path = "/api/v1/usage?group=month&order=generated&limit=8&from=" + recent();
    return api.list(viewer, path, UsageLine.class).items();
  }

  private static Instant recent() {
    return Instant.now().minus(RECENT).truncatedTo(ChronoUnit.SECONDS);
  }
}
