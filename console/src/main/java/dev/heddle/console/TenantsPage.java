package dev.heddle.console;

import dev.heddle.console.answers.Key;
import dev.heddle.console.answers.OwnTenant;
import dev.heddle.console.answers.PageOf;
import dev.heddle.console.answers.Tenant;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.server.ServerWebExchange;

/** Tenants, and each one's keys, limits and usage. */
@Controller
final class TenantsPage {
  private final Viewers viewers;
  private final Api api;
  private final Pages pages;

  TenantsPage(Viewers viewers, Api api, Pages pages) {
    this.viewers = viewers;
    this.api = api;
    this.pages = pages;
  }

  @GetMapping("/console/tenants")
  String tenants(
      @RequestParam(required = false) @Nullable String after,
      Model model,
      ServerWebExchange exchange) {
    Viewer viewer = viewers.of(exchange).at(null);
    String path = Uris.of("/api/v1/tenants").with("limit", 50).with("after", after).toString();
    PageOf<Tenant> page = api.list(viewer, path, Tenant.class);
    model.addAttribute("tenants", page.items());
    model.addAttribute("next", page.next());
    return pages.show(model, "tenants", viewer);
  }

  /** One of them, for the operator. */
  @GetMapping("/console/tenants/{name}")
  String tenant(@PathVariable String name, Model model, ServerWebExchange exchange) {
    Viewer viewer = viewers.of(exchange);
    String path = Uris.of("/api/v1/tenants/%s", name).toString();
    Asked<Tenant> tenant = api.ask(viewer.at(null), path, Tenant.class);
    String template = show(model, viewer.at(name));
    model.addAttribute("tenant", tenant.answer());
    return template;
  }

  /** The viewer's own. */
  @GetMapping("/console/tenant")
  String own(Model model, ServerWebExchange exchange) {
    return show(model, viewers.of(exchange));
  }

  private String show(Model model, Viewer viewer) {
    Asked<OwnTenant> own = api.ask(viewer, "/api/v1/tenant", OwnTenant.class);
    Asked<PageOf<Key>> keys = api.askList(viewer, "/api/v1/keys?limit=200", Key.class);
    model.addAttribute("own", own.answer());
    model.addAttribute("keys", keys.answer().items());
    String template = pages.show(model, "tenants", viewer);
    return template.replace("tenants", "tenant");
  }
}
