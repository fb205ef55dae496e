package dev.heddle.app.tenant;

import dev.heddle.registry.access.Scope;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The scope that a key needs for a handler, or for all handlers of a controller; a handler's own
 * counts before its controller's. What {@link Scope#ADAPTERS} opens, {@link Scope#ADMIN} opens too.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.METHOD, ElementType.TYPE})
public @interface Requires {
  Scope value();
}
