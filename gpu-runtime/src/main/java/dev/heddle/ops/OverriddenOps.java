package dev.heddle.ops;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.HashMap;
import java.util.Map;

/**
 * A backend with some of its operations overridden, to watch or to replace them. Each call costs
 * one reflective call more, some ten nanoseconds.
 */
public final class OverriddenOps {
  private OverriddenOps() {}

  /**
   * A backend that calls {@code overrides} where that has the operation, and {@code target} for all
   * others.
   *
   * @param overrides each public method that its class declares is one of {@link Ops}, with the
   *     same parameters; it calls {@code target} itself if it wants to
   * @throws IllegalArgumentException naming a public method that is none of {@link Ops}
   */
  public static Ops of(Ops target, Object overrides) {
    Map<Method, Method> own = new HashMap<>();
    for (Method method : overrides.getClass().getDeclaredMethods()) {
      if (Modifier.isPublic(method.getModifiers())) {
        method.setAccessible(true); // its class need not be public
        own.put(operation(method), method);
      }
    }
    return (Ops)
        Proxy.newProxyInstance(
            Ops.class.getClassLoader(),
            new Class<?>[] {Ops.class},
            (proxy, operation, arguments) -> {
              Method override = own.get(operation);
              return override == null
                  ? call(operation, target, arguments)
                  : call(override, overrides, arguments);
            });
  }

  private static Method operation(Method method) {
    try {
      return Ops.class.getMethod(method.getName(), method.getParameterTypes());
    } catch (NoSuchMethodException e) {
      throw new IllegalArgumentException(method + " is no operation", e);
    }
  }

  private static Object call(Method method, Object target, Object[] arguments) throws Throwable {
    try {
      return method.invoke(target, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }
}
