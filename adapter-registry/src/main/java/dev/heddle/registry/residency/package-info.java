/** Which versions are to stay resident, and which versions a resident adapter is. */
@NullMarked
package dev.heddle.registry.residency;

import org.jspecify.annotations.NullMarked;
