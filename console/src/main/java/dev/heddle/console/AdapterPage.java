package dev.heddle.console;

import dev.heddle.console.answers.Adapter;
import dev.heddle.console.answers.AliasRevision;
import dev.heddle.console.answers.BaseModel;
import dev.heddle.console.answers.Grant;
import dev.heddle.console.answers.PageOf;
import dev.heddle.console.answers.Residency;
import dev.heddle.console.answers.UsageLine;
import dev.heddle.console.answers.Version;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.server.ServerWebExchange;

/** One adapter: its experts, its versions, who calls it and how. */
@Controller
final class AdapterPage {
  private final Viewers viewers;
  private final Api api;
  private final Pages pages;

  AdapterPage(Viewers viewers, Api api, Pages pages) {
    this.viewers = viewers;
    this.api = api;
    this.pages = pages;
  }

  @GetMapping("/console/adapters/{name}")
  String adapter(
      @PathVariable String name,
      @RequestParam(required = false) @Nullable Integer version,
      Model model,
      ServerWebExchange exchange) {
    Viewer viewer = viewers.of(exchange);
    String path = Uris.of("/api/v1/adapters/%s", name).toString();
    Adapter adapter = api.get(viewer, path, Adapter.class);
    List<Version> versions = api.list(viewer, path + "/versions?limit=100", Version.class).items();
    Integer shown = shown(version, adapter, versions);
    model.addAttribute("adapter", adapter);
    model.addAttribute("versions", versions);
    model.addAttribute("base", api.get(viewer, "/api/v1/base-model", BaseModel.class));
    model.addAttribute(
        "version",
        shown == null ? null : api.get(viewer, path + "/versions/" + shown, Version.class));
    model.addAttribute("snippets", new Snippets(origin(exchange)));
    model.addAttribute("history", history(viewer, name));
    model.addAttribute("grants", api.list(viewer, path + "/grants", Grant.class).items());
    model.addAttribute("usage", usage(viewer, name));
    model.addAttribute(
        "residency",
        viewer.operator() ? api.get(viewer.at(null), "/api/v1/residency", Residency.class) : null);
    return pages.show(model, "adapter", viewer);
  }

  /** The one asked for, else the one that the name means, else the latest. */
  private static @Nullable Integer shown(
      @Nullable Integer asked, Adapter adapter, List<Version> versions) {
    Integer latest = versions.isEmpty() ? null : versions.getFirst().number();
    Integer meant = Objects.requireNonNullElse(adapter.published(), -1);
    return asked != null ? asked : meant > 0 ? meant : latest;
  }

  private static String origin(ServerWebExchange exchange) {
    String host = exchange.getRequest().getHeaders().getFirst(HttpHeaders.HOST);
    return (Viewers.isSecure(exchange.getRequest()) ? "https" : "http") + "://" + host;
  }

  private List<AliasRevision> history(Viewer viewer, String name) {
    String path = Uris.of("/api/v1/aliases/%s/history", name).with("limit", 10).toString();
    return api.list(viewer, path, AliasRevision.class).items();
  }

  /** By month, as the API orders it. */
  private List<UsageLine> usage(Viewer viewer, String name) {
    String path = Uris.of("/api/v1/usage").with("group", "month").with("limit", 1000).toString();
    PageOf<UsageLine> lines = api.list(viewer, path, UsageLine.class);
    return lines.items().stream().filter(line -> isOf(name, line.model())).toList();
  }

  private static boolean isOf(String name, @Nullable String model) {
    return model != null && (model.startsWith(name + "@") || model.contains("/" + name + "@"));
  }
}
