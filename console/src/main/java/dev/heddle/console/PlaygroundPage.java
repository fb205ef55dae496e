package dev.heddle.console;

import dev.heddle.console.answers.BaseModel;
import dev.heddle.console.answers.Models;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.server.ServerWebExchange;

/** One prompt, several models side by side; the browser asks them itself. */
@Controller
final class PlaygroundPage {
  private final Viewers viewers;
  private final Api api;
  private final Pages pages;

  PlaygroundPage(Viewers viewers, Api api, Pages pages) {
    this.viewers = viewers;
    this.api = api;
    this.pages = pages;
  }

  @GetMapping("/console/playground")
  String playground(Model model, ServerWebExchange exchange) {
    Viewer viewer = viewers.of(exchange).at(null); // nobody asks in another tenant's name
    Asked<Models> models = api.ask(viewer, "/v1/models", Models.class);
    Asked<BaseModel> base = api.ask(viewer, "/api/v1/base-model", BaseModel.class);
    model.addAttribute("models", models.answer().data());
    model.addAttribute("base", base.answer());
    return pages.show(model, "playground", viewer);
  }
}
