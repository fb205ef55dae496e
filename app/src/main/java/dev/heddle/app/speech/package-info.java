/**
 * What the text of a model's answer means: its reasoning, what it says, and the tools that it
 * calls.
 */
@NullMarked
package dev.heddle.app.speech;

import org.jspecify.annotations.NullMarked;
