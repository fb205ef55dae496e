package dev.heddle.model;

import dev.heddle.ops.Ops;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * A backend as a graph compiler would be one: it keeps the calls of its first pass, executes
 * nothing until the pass ends, and for every later pass replays what it kept, whatever is called.
 */
final class RecordingOps {
  private static final Set<String> FORWARD =
      Set.of(
          "embed",
          "rmsNorm",
          "add",
          "matmul",
          "siluMul",
          "rope",
          "storeLatent",
          "storeKeyValue",
          "headMatmul",
          "attention",
          "route",
          "experts",
          "gather");

  private record Call(Method method, List<Object> arguments) {}

  private final Ops target;
  private final List<Call> graph = new ArrayList<>();
  private boolean inPass;
  private boolean recorded;
  int replays;

  RecordingOps(Ops target) {
    this.target = target;
  }

  Ops ops() {
    return (Ops)
        Proxy.newProxyInstance(
            Ops.class.getClassLoader(), new Class<?>[] {Ops.class}, (proxy, m, a) -> call(m, a));
  }

  private Object call(Method method, Object[] arguments) throws Throwable {
    if (method.getName().equals("beginPass")) {
      inPass = true;
      return null;
    }
    if (method.getName().equals("endPass")) {
      execute();
      return null;
    }
    if (FORWARD.contains(method.getName()) != inPass) {
      throw new IllegalStateException(method.getName() + " at the wrong time");
    }
    if (!inPass) {
      return invoke(method, arguments);
    }
    if (!recorded) {
      graph.add(new Call(method, new ArrayList<>(Arrays.asList(arguments))));
    }
    return null;
  }

  private void execute() throws Throwable {
    inPass = false;
    replays += recorded ? 1 : 0;
    recorded = true;
    for (Call call : graph) {
      invoke(call.method, call.arguments.toArray());
    }
  }

  private Object invoke(Method method, Object[] arguments) throws Throwable {
    try {
      return method.invoke(target, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }
}
