/** Golden prompts that are run again. */
@NullMarked
package dev.heddle.app.api.proof;

import org.jspecify.annotations.NullMarked;
