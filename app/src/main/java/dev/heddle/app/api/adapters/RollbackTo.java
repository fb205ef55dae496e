package dev.heddle.app.api.adapters;

import dev.heddle.app.request.Fields;
import io.swagger.v3.oas.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Where a rollback goes.
 *
 * @param toRevision a revision of the name's history; the latest before the present one if absent
 */
record RollbackTo(@Schema(minimum = "1") @Nullable Long toRevision) {
  static RollbackTo read(Fields fields) {
    fields.allowOnly("to_revision");
    return new RollbackTo(fields.integer64("to_revision", 1, Long.MAX_VALUE));
  }

  /** Of a request that may have no body. */
  static @Nullable Long revision(@Nullable RollbackTo body) {
    return body == null ? null : body.toRevision();
  }
}
