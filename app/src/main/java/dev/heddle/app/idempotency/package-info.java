/** POSTs that may be sent again: the answer to the first is the answer to all. */
@NullMarked
package dev.heddle.app.idempotency;

import org.jspecify.annotations.NullMarked;
