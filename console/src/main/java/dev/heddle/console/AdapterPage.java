package dev.heddle.console;

import dev.heddle.console.answers.Adapter;
import dev.heddle.console.answers.AliasRevision;
import dev.heddle.console.answers.BaseModel;
import dev.heddle.console.answers.Grant;
import dev.heddle.console.answers.PageOf;
import dev.heddle.console.answers.UsageLine;
import dev.heddle.console.answers.Version;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
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
  /** Versions that are listed unless all are asked for: a page of more is slow to make and read. */
  private static final int LATEST = 20;

  private static final int MOST = 1000;
  private static final int MOST_USED = 20;

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
      @RequestParam(defaultValue = "false") boolean all,
      Model model,
      ServerWebExchange exchange) {
    Viewer viewer = viewers.of(exchange);
    String path = Uris.of("/api/v1/adapters/%s", name).toString();
    Asked<Adapter> adapter = api.ask(viewer, path, Adapter.class);
    Asked<PageOf<Version>> versions =
        api.askList(viewer, path + "/versions?limit=" + (all ? MOST : LATEST), Version.class);
    Asked<BaseModel> base = api.ask(viewer, "/api/v1/base-model", BaseModel.class);
    Asked<PageOf<AliasRevision>> history = history(viewer, name);
    Asked<PageOf<Grant>> grants = api.askList(viewer, path + "/grants", Grant.class);
    Asked<PageOf<UsageLine>> usage = usage(viewer, name);
    @Nullable Asked<Version> shown = version(viewer, path, version);
    Adapter known = adapter.answer();
    List<Version> listed = versions.answer().items();
    if (shown == null) {
      shown = version(viewer, path, meant(known, listed));
    }
    model.addAttribute("adapter", known);
    model.addAttribute("versions", listed);
    model.addAttribute("older", versions.answer().next() != null);
    model.addAttribute("choices", choices(known, listed));
    model.addAttribute("base", base.answer());
    model.addAttribute("history", history.answer().items());
    model.addAttribute("grants", grants.answer().items());
    model.addAttribute("usage", usage.answer().items());
    model.addAttribute("mostUsed", MOST_USED);
    model.addAttribute("version", shown == null ? null : shown.answer());
    model.addAttribute("snippets", new Snippets(origin(exchange)));
    return pages.show(model, "adapter", viewer);
  }

  private @Nullable Asked<Version> version(Viewer viewer, String path, @Nullable Integer number) {
    return number == null ? null : api.ask(viewer, path + "/versions/" + number, Version.class);
  }

  /** The version that the name means, else the latest; null if there is none. */
  private static @Nullable Integer meant(Adapter adapter, List<Version> versions) {
    Integer published = adapter.published();
    if (published != null) {
      return published;
    }
    return versions.isEmpty() ? null : versions.getFirst().number();
  }

  /** Versions that a weight can be given to: those that have one, and those listed as ready. */
  private static Set<String> choices(Adapter adapter, List<Version> listed) {
    Set<String> names = new LinkedHashSet<>();
    listed.stream().filter(Version::isReady).map(Version::name).forEach(names::add);
    adapter.targets().forEach(target -> names.add(target.version()));
    return names;
  }

  private static String origin(ServerWebExchange exchange) {
    String host = exchange.getRequest().getHeaders().getFirst(HttpHeaders.HOST);
    return (Viewers.isSecure(exchange.getRequest()) ? "https" : "http") + "://" + host;
  }

  private Asked<PageOf<AliasRevision>> history(Viewer viewer, String name) {
    String path = Uris.of("/api/v1/aliases/%s/history", name).with("limit", 10).toString();
    return api.askList(viewer, path, AliasRevision.class);
  }

  /** By month, those that generated most. */
  private Asked<PageOf<UsageLine>> usage(Viewer viewer, String name) {
    Uris path =
        Uris.of("/api/v1/usage")
            .with("group", "month")
            .with("order", "generated")
            .with("limit", MOST_USED);
    return api.askList(viewer, path.with("adapter", name).toString(), UsageLine.class);
  }
}
