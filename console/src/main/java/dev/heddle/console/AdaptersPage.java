package dev.heddle.console;

import dev.heddle.console.answers.Adapter;
import dev.heddle.console.answers.PageOf;
import dev.heddle.console.answers.Residency;
import java.util.ArrayList;
import java.util.List;
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
    model.addAttribute("resident", resident(viewer, page.items()));
    return pages.show(model, "adapters", viewer);
  }

  /** Those of the versions that names on the page mean that are in the slots; for operators. */
  private List<String> resident(Viewer viewer, List<Adapter> adapters) {
    List<String> resident = new ArrayList<>();
    if (viewer.operator()) {
      Residency residency = api.get(viewer.at(null), "/api/v1/residency", Residency.class);
      adapters.stream()
          .flatMap(adapter -> adapter.targets().stream())
          .filter(target -> residency.holds(viewer.tenant(), target.version()))
          .forEach(target -> resident.add(target.version()));
    }
    return resident;
  }
}
