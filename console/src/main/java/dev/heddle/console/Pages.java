package dev.heddle.console;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.ui.Model;

/** What every page has: its viewer, its places, its files. */
@Component
final class Pages {
  private final Assets assets;
  private final Format format = new Format();

  Pages(Assets assets) {
    this.assets = assets;
  }

  /** A place that the menu leads to. */
  public record Place(String id, String title, String path) {}

  /**
   * @param id of the place in the menu
   * @param viewer null where nobody has signed in yet
   * @return the template's name
   */
  String show(Model model, String id, @Nullable Viewer viewer) {
    model.addAttribute("assets", assets);
    model.addAttribute("format", format);
    model.addAttribute("place", id);
    if (viewer != null) {
      model.addAttribute("viewer", viewer);
      model.addAttribute("places", places(viewer));
    }
    return "console/" + id;
  }

  private static List<Place> places(Viewer viewer) {
    List<Place> places = new ArrayList<>();
    places.add(new Place("overview", "Overview", "/console"));
    if (viewer.manages()) {
      places.add(new Place("adapters", "Adapters", "/console/adapters"));
      places.add(new Place("scoring", "Choose experts", "/console/scoring"));
      places.add(new Place("memory", "Memory", "/console/memory"));
    }
    if (viewer.infers()) {
      places.add(new Place("playground", "Playground", "/console/playground"));
    }
    if (viewer.operator()) {
      places.add(new Place("tenants", "Tenants", "/console/tenants"));
    } else if (viewer.manages()) {
      places.add(new Place("tenants", "Keys and usage", "/console/tenant"));
    }
    if (viewer.manages()) {
      places.add(new Place("audit", "Audit", "/console/audit"));
    }
    if (viewer.operator()) {
      places.add(new Place("status", "Status", "/console/status"));
    }
    return places;
  }
}
