/** Text and tokens: tokenizer, streaming decode, chat templates. */
@NullMarked
package dev.heddle.format.text;

import org.jspecify.annotations.NullMarked;
