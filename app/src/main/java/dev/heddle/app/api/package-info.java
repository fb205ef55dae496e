/** Management: adapters, versions, uploads, keys, status. */
@NullMarked
package dev.heddle.app.api;

import org.jspecify.annotations.NullMarked;
