/** What the inference path needs of the registry, in memory: keys, names, grants. */
@NullMarked
package dev.heddle.registry.snapshot;

import org.jspecify.annotations.NullMarked;
