package dev.heddle.app.tenant;

import dev.heddle.registry.access.Principal;
import dev.heddle.registry.access.Scope;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Method;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a handler asks of a caller.
 *
 * @param scope the scope that a key needs; null if any key will do, or none is needed
 * @param open whether no key is needed
 */
public record Access(@Nullable Scope scope, boolean open) {
  static final Access ANY_KEY = new Access(null, false);
  static final Access NO_KEY = new Access(null, true);
  static final Access OPERATOR = new Access(Scope.ADMIN, false);

  /**
   * Patterns of the endpoints that Spring Boot brings and that probes and scrapers ask without a
   * key. They have no annotation; any other endpoint of its is the operator's.
   */
  private static final Set<String> OPEN_ENDPOINTS =
      Set.of("/actuator/health", "/actuator/health/{*path}", "/actuator/prometheus", "/version");

  /** What the handler's or its controller's annotation says; null if there is none. */
  public static @Nullable Access stated(Method handler) {
    Access own = stated((AnnotatedElement) handler);
    return own != null ? own : stated((AnnotatedElement) handler.getDeclaringClass());
  }

  /** What a handler without an annotation asks, by the pattern that it is mapped to. */
  public static Access unstated(String pattern) {
    return OPEN_ENDPOINTS.contains(pattern) || isConsole(pattern) ? NO_KEY : OPERATOR;
  }

  /** The console shows nothing but what the API answers to the viewer's own session. */
  private static boolean isConsole(String pattern) {
    return pattern.equals("/") || pattern.equals("/console") || pattern.startsWith("/console/");
  }

  /** Whether the key's scopes suffice. The operator's opens all of management. */
  public boolean allows(Principal caller) {
    return scope == null
        || caller.may(scope)
        || (scope == Scope.ADAPTERS && caller.may(Scope.ADMIN));
  }

  private static @Nullable Access stated(AnnotatedElement element) {
    if (element.isAnnotationPresent(Open.class)) {
      return NO_KEY;
    }
    if (element.isAnnotationPresent(AnyKey.class)) {
      return ANY_KEY;
    }
    Requires requires = element.getAnnotation(Requires.class);
    return requires == null ? null : new Access(requires.value(), false);
  }
}
