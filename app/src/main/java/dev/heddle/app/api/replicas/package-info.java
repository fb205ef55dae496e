/** The replicas of the fleet, for operators and gateways. */
@NullMarked
package dev.heddle.app.api.replicas;

import org.jspecify.annotations.NullMarked;
