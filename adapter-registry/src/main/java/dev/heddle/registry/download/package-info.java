/** Stored versions as the folders that were uploaded. */
@NullMarked
package dev.heddle.registry.download;

import org.jspecify.annotations.NullMarked;
