package dev.heddle.console;

import dev.heddle.console.answers.OwnTenant;
import dev.heddle.console.answers.Residency;
import dev.heddle.console.answers.Status;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.server.ServerWebExchange;

/** Who sits in the slots, and what one more would cost. */
@Controller
final class MemoryPage {
  private final Viewers viewers;
  private final Api api;
  private final Pages pages;

  MemoryPage(Viewers viewers, Api api, Pages pages) {
    this.viewers = viewers;
    this.api = api;
    this.pages = pages;
  }

  @GetMapping("/console/memory")
  String memory(Model model, ServerWebExchange exchange) {
    Viewer viewer = viewers.of(exchange);
    describe(model, viewer);
    return pages.show(model, "memory", viewer);
  }

  /** The part that keeps itself up to date. */
  @GetMapping("/console/memory/slots")
  String slots(Model model, ServerWebExchange exchange) {
    Viewer viewer = viewers.of(exchange);
    describe(model, viewer);
    return pages.show(model, "memory", viewer) + " :: slots";
  }

  private void describe(Model model, Viewer viewer) {
    Asked<OwnTenant> own = api.ask(viewer, "/api/v1/tenant", OwnTenant.class);
    if (viewer.operator()) {
      Viewer operator = viewer.at(null);
      Asked<Residency> residency = api.ask(operator, "/api/v1/residency", Residency.class);
      Asked<Status> status = api.ask(operator, "/api/v1/status", Status.class);
      model.addAttribute("residency", residency.answer());
      model.addAttribute("status", status.answer());
    }
    model.addAttribute("own", own.answer());
  }
}
