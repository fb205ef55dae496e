package dev.heddle.app.api.imports;

import dev.heddle.app.request.Fields;
import io.swagger.v3.oas.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * A version to import.
 *
 * @param source {@code file:///PATH} or {@code s3://BUCKET/PREFIX}
 * @param revision a branch or commit of a folder {@code models--ORG--NAME} of Hugging Face's cache;
 *     {@code main} unless given
 */
record NewImport(
    @Schema(maxLength = 2000) String source,
    @Schema(maxLength = NewImport.REVISION_MAX) @Nullable String revision) {
  static final int REVISION_MAX = 200;

  static NewImport read(Fields fields) {
    String revision = fields.string("revision");
    if (revision != null && (revision.isEmpty() || revision.length() > REVISION_MAX)) {
      fields.fault("revision", "must have 1 to " + REVISION_MAX + " characters");
    }
    return new NewImport(fields.requiredString("source"), revision);
  }
}
