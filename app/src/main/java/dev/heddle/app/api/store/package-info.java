/** What is stored: downloads of versions, and the removal of what nobody needs. */
@NullMarked
package dev.heddle.app.api.store;

import org.jspecify.annotations.NullMarked;
