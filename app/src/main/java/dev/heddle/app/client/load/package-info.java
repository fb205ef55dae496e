/** A load generator for any server that speaks OpenAI's API: when, to whom, how long, how fast. */
@NullMarked
package dev.heddle.app.client.load;

import org.jspecify.annotations.NullMarked;
