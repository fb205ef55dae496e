/** Which sequences a step runs, and the KV blocks they hold. */
@NullMarked
package dev.heddle.schedule;

import org.jspecify.annotations.NullMarked;
