/** Answers requests that fail, and logs those that are refused. */
@NullMarked
package dev.heddle.app.refusal;

import org.jspecify.annotations.NullMarked;
