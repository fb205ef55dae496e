/** Golden prompts: does an adapter answer as its owner says? */
@NullMarked
package dev.heddle.app.proof;

import org.jspecify.annotations.NullMarked;
