package dev.heddle.app.api;

import dev.heddle.format.Violation;
import dev.heddle.format.adapter.TunedExpert;
import dev.heddle.registry.Page;
import dev.heddle.registry.access.ApiKey;
import dev.heddle.registry.access.Scope;
import dev.heddle.registry.adapter.Adapter;
import dev.heddle.registry.adapter.Version;
import java.time.Instant;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** What management shows of the registry's things. */
final class Views {
  private Views() {}

  static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }

  /** A part of a list; {@code next} is to be given as {@code after} for the next part. */
  static <T> ObjectNode page(Page<T> page, Function<T, ObjectNode> view) {
    ObjectNode body = object();
    ArrayNode items = body.putArray("items");
    page.items().forEach(item -> items.add(view.apply(item)));
    return body.put("next", page.next());
  }

  static ObjectNode adapter(Adapter adapter) {
    return object()
        .put("name", adapter.name())
        .put("base_model", adapter.baseModel())
        .put("published", adapter.published())
        .put("created_at", time(adapter.createdAt()))
        .put("archived_at", time(adapter.archivedAt()));
  }

  static ObjectNode version(Version version) {
    ObjectNode view =
        object()
            .put("adapter", version.adapter())
            .put("number", version.number())
            .put("name", version.label())
            .put("state", version.state().name())
            .put("digest", version.digest() == null ? null : version.digest().qualified())
            .put("bytes", version.bytes())
            .put("created_at", time(version.createdAt()))
            .put("changed_at", time(version.changedAt()));
    violations(view.putArray("violations"), version.report());
    return view;
  }

  /** A version with its tuned experts, by layer. */
  static ObjectNode version(Version version, List<TunedExpert> experts) {
    ObjectNode view = version(version);
    ArrayNode layers = view.putArray("tuned_experts");
    ArrayNode columns = null;
    int layer = -1;
    for (TunedExpert expert : experts) {
      if (columns == null || expert.layer() != layer) {
        layer = expert.layer();
        columns = layers.addObject().put("layer", layer).putArray("columns");
      }
      columns.add(expert.column());
    }
    return view;
  }

  static ObjectNode key(ApiKey key) {
    ObjectNode view = object().put("id", key.publicId()).put("label", key.label());
    ArrayNode scopes = view.putArray("scopes");
    key.scopes().stream().map(Scope::text).sorted().forEach(scopes::add);
    return view.put("created_at", time(key.createdAt()))
        .put("expires_at", time(key.expiresAt()))
        .put("revoked_at", time(key.revokedAt()));
  }

  static void violations(ArrayNode target, List<Violation> violations) {
    for (Violation violation : violations) {
      target
          .addObject()
          .put("code", violation.code())
          .put("where", violation.where())
          .put("message", violation.message());
    }
  }

  private static @Nullable String time(@Nullable Instant instant) {
    return instant == null ? null : instant.toString();
  }
}
