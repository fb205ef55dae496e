/** Where experts' bytes are kept: each once, by digest, whoever uploaded it. */
@NullMarked
package dev.heddle.registry.store;

import org.jspecify.annotations.NullMarked;
