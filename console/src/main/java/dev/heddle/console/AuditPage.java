package dev.heddle.console;

import dev.heddle.console.answers.AuditEntry;
import dev.heddle.console.answers.PageOf;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.server.ServerWebExchange;

/** Who changed what, and when. */
@Controller
final class AuditPage {
  private final Viewers viewers;
  private final Api api;
  private final Pages pages;

  AuditPage(Viewers viewers, Api api, Pages pages) {
    this.viewers = viewers;
    this.api = api;
    this.pages = pages;
  }

  @GetMapping("/console/audit")
  String audit(
      @RequestParam(defaultValue = "") String action,
      @RequestParam(defaultValue = "") String subject,
      @RequestParam(defaultValue = "") String since,
      @RequestParam(required = false) @Nullable String after,
      Model model,
      ServerWebExchange exchange) {
    Viewer viewer = viewers.of(exchange);
    Uris path =
        Uris.of("/api/v1/audit")
            .with("limit", 50)
            .with("action", action)
            .with("subject", subject)
            .with("since", since.isBlank() ? null : since + "T00:00:00Z")
            .with("after", after);
    PageOf<AuditEntry> page = api.list(viewer, path.toString(), AuditEntry.class);
    model.addAttribute("entries", page.items());
    model.addAttribute("next", page.next());
    model.addAttribute("action", action);
    model.addAttribute("subject", subject);
    model.addAttribute("since", since);
    return pages.show(model, "audit", viewer);
  }
}
