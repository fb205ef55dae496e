/** Adapters, their immutable versions, and which version a name means. */
@NullMarked
package dev.heddle.registry.adapter;

import org.jspecify.annotations.NullMarked;
