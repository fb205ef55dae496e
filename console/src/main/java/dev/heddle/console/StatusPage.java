package dev.heddle.console;

import dev.heddle.console.answers.BaseModel;
import dev.heddle.console.answers.Status;
import java.io.IOException;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.support.PropertiesLoaderUtils;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.server.ServerWebExchange;

/** The memory plan, the backend, versions: what somebody is asked for who reports a fault. */
@Controller
final class StatusPage {
  private final Viewers viewers;
  private final Api api;
  private final Pages pages;
  private final String version;

  StatusPage(Viewers viewers, Api api, Pages pages) throws IOException {
    this.viewers = viewers;
    this.api = api;
    this.pages = pages;
    this.version =
        PropertiesLoaderUtils.loadProperties(
                new ClassPathResource("build.properties", StatusPage.class))
            .getProperty("version");
  }

  @GetMapping("/console/status")
  String status(Model model, ServerWebExchange exchange) {
    Viewer viewer = viewers.of(exchange);
    Asked<Status> status = api.ask(viewer, "/api/v1/status", Status.class);
    Asked<BaseModel> base = api.ask(viewer, "/api/v1/base-model", BaseModel.class);
    model.addAttribute("status", status.answer());
    model.addAttribute("base", base.answer());
    model.addAttribute("java", Runtime.version().toString());
    model.addAttribute("version", version);
    return pages.show(model, "status", viewer);
  }

  /** Whatever has no page. */
  @GetMapping("/console/{*path}")
  String nothing(Model model, ServerWebExchange exchange) {
    viewers.of(exchange);
    throw new ResponseStatusException(
        HttpStatus.NOT_FOUND, "There is no page at this address. The menu leads to all there are.");
  }
}
