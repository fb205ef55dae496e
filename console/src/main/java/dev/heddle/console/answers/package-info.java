/** What the API answers, as far as pages show it. Shapes and units are in docs/openapi.json. */
@NullMarked
package dev.heddle.console.answers;

import org.jspecify.annotations.NullMarked;
