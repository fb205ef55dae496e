/** The processes that share a database and a bucket: who lives, who owns what, who leads. */
@NullMarked
package dev.heddle.registry.replica;

import org.jspecify.annotations.NullMarked;
