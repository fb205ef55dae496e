/** What a tenant may use at once and in a minute: checked in memory when a request comes in. */
@NullMarked
package dev.heddle.app.quota;

import org.jspecify.annotations.NullMarked;
