/** What tests of this module and of those above share: a database, a registry in it. */
@NullMarked
package dev.heddle.registry.testing;

import org.jspecify.annotations.NullMarked;
