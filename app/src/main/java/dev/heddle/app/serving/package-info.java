/** The OpenAI surface: requests read, generated, and answered whole or as a stream. */
@NullMarked
package dev.heddle.app.serving;

import org.jspecify.annotations.NullMarked;
