package dev.heddle.console;

import dev.heddle.console.answers.PageOf;
import dev.heddle.console.answers.Scoring;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.server.ServerWebExchange;

/** Which experts to train for a task; the browser sends the samples and follows the job itself. */
@Controller
final class ScoringPage {
  private final Viewers viewers;
  private final Api api;
  private final Pages pages;

  ScoringPage(Viewers viewers, Api api, Pages pages) {
    this.viewers = viewers;
    this.api = api;
    this.pages = pages;
  }

  @GetMapping("/console/scoring")
  String scoring(
      @RequestParam(required = false) @Nullable String job,
      Model model,
      ServerWebExchange exchange) {
    Viewer viewer = viewers.of(exchange);
    Asked<PageOf<Scoring>> jobs = api.askList(viewer, "/api/v1/scorings", Scoring.class);
    if (job != null) {
      String path = Uris.of("/api/v1/scorings/%s", job).toString();
      model.addAttribute("job", api.get(viewer, path, Scoring.class));
    }
    model.addAttribute("jobs", jobs.answer().items());
    return pages.show(model, "scoring", viewer);
  }
}
