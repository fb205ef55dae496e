/** Who may call: tenants, their API keys, and what others granted them. */
@NullMarked
package dev.heddle.registry.access;

import org.jspecify.annotations.NullMarked;
