package dev.heddle.cli.bench;

import dev.heddle.ops.Ops;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.LinkedHashMap;
import java.util.Map;

/** Times each operation of a backend, by name, while it is on. */
final class OpTimes {
  private final Ops target;
  private final Map<String, Long> nanos = new LinkedHashMap<>();
  private boolean on;

  OpTimes(Ops target) {
    this.target = target;
  }

  /** The backend, watched. */
  Ops ops() {
    return (Ops)
        Proxy.newProxyInstance(
            Ops.class.getClassLoader(), new Class<?>[] {Ops.class}, (proxy, m, a) -> call(m, a));
  }

  private Object call(Method method, Object[] arguments) throws Throwable {
    long start = System.nanoTime();
    try {
      return method.invoke(target, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    } finally {
      if (on) {
        nanos.merge(method.getName(), System.nanoTime() - start, Long::sum);
      }
    }
  }

  /** Microseconds that each operation takes in one of {@code repeats} runs, on average. */
  Map<String, Double> measure(Runnable pass, int repeats) {
    nanos.clear();
    on = true;
    for (int i = 0; i < repeats; i++) {
      pass.run();
    }
    on = false;
    Map<String, Double> micros = new LinkedHashMap<>();
    nanos.forEach((name, sum) -> micros.put(name, sum / 1e3 / repeats));
    return micros;
  }
}
