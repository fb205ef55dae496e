package dev.heddle.console;

import dev.heddle.console.answers.Adapter;
import dev.heddle.console.answers.PageOf;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.server.ServerWebExchange;

/** The list of adapters, and where new ones are dropped. */
@Controller
final class AdaptersPage {
  private static final int SIZE = 25;

  private final Viewers viewers;
  private final Api api;
  private final Pages pages;

  AdaptersPage(Viewers viewers, Api api, Pages pages) {
    this.viewers = viewers;
    this.api = api;
    this.pages = pages;
  }

  @GetMapping("/console/adapters")
  String adapters(
      @RequestParam(defaultValue = "") String prefix,
      @RequestParam(defaultValue = "") String label,
      @RequestParam(required = false) @Nullable String after,
      Model model,
      ServerWebExchange exchange) {
    Viewer viewer = viewers.of(exchange);
    Uris path =
        Uris.of("/api/v1/adapters")
            .with("limit", SIZE)
            .with("prefix", prefix)
            .with("label", label)
            .with("after", after);
    PageOf<Adapter> page = api.list(viewer, path.toString(), Adapter.class);
    model.addAttribute("adapters", page.items());
    model.addAttribute("next", page.next());
    model.addAttribute("prefix", prefix);
    model.addAttribute("label", label);
    return pages.show(model, "adapters", viewer);
  }
}
