/** The PostgreSQL server that Heddle brings with it and runs where no other is configured. */
@NullMarked
package dev.heddle.registry.postgres;

import org.jspecify.annotations.NullMarked;
