/** Who changed what, and when: rows that the database itself protects from being changed. */
@NullMarked
package dev.heddle.registry.audit;

import org.jspecify.annotations.NullMarked;
