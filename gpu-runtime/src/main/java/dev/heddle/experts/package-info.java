/** Expert slots, expert maps, leases: which weights a token of which adapter meets. */
@NullMarked
package dev.heddle.experts;

import org.jspecify.annotations.NullMarked;
