/** Versions whose files are fetched from elsewhere: folders of this machine, buckets. */
@NullMarked
package dev.heddle.registry.imports;

import org.jspecify.annotations.NullMarked;
