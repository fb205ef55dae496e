/** Tenants, their keys and what they may and did use. */
@NullMarked
package dev.heddle.app.api.tenants;

import org.jspecify.annotations.NullMarked;
