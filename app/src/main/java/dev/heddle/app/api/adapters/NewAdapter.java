package dev.heddle.app.api.adapters;

import dev.heddle.app.request.Fields;
import dev.heddle.registry.adapter.AdapterChanges;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An adapter to be made; private, without description and labels where nothing else is said.
 *
 * @param name unique among the tenant's adapters, aliases and base models, for ever
 */
record NewAdapter(
    @Schema(pattern = "[a-z0-9][a-z0-9._-]{0,62}") String name,
    @Schema(allowableValues = {"private", "granted", "public"}) @Nullable String visibility,
    @Schema(maxLength = AdapterChanges.DESCRIPTION_MAX) @Nullable String description,
    @Nullable Map<String, @Nullable String> labels) {
  static NewAdapter read(Fields fields) {
    fields.allowOnly("name", "visibility", "description", "labels");
    AdapterPatch patch = AdapterPatch.of(fields);
    return new NewAdapter(
        fields.requiredString("name"), patch.visibility(), patch.description(), patch.labels());
  }

  AdapterChanges changes() {
    return new AdapterPatch(visibility, description, labels).changes();
  }
}
