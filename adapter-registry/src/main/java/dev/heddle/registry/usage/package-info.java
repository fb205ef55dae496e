/** What each answered request used. */
@NullMarked
package dev.heddle.registry.usage;

import org.jspecify.annotations.NullMarked;
