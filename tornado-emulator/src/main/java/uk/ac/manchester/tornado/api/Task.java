package uk.ac.manchester.tornado.api;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.util.Arrays;
import java.util.List;
import uk.ac.manchester.tornado.api.exceptions.TornadoRuntimeException;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/**
 * A kernel and its arguments.
 *
 * @param id the name in its graph
 * @param code takes all arguments as one array
 * @param arguments as given: host arrays, one kernel context, scalars
 * @param context the index of the kernel context
 */
record Task(String id, MethodHandle code, List<Object> arguments, int context) {
  static Task of(String id, Class<?> shape, Object code, Object... arguments) {
    int context = -1;
    for (int i = 0; i < arguments.length; i++) {
      Object argument = arguments[i];
      if (argument instanceof KernelContext && context < 0) {
        context = i;
      } else if (!(argument instanceof TornadoNativeArray || argument instanceof Number)) {
        throw new TornadoRuntimeException("task " + id + ": argument " + i + " is " + argument);
      }
    }
    if (context < 0) {
      throw new TornadoRuntimeException("task " + id + " has no kernel context");
    }
    return new Task(id, spread(shape, code), List.of(arguments), context);
  }

  List<TornadoNativeArray> arrays() {
    return arguments.stream()
        .filter(TornadoNativeArray.class::isInstance)
        .map(TornadoNativeArray.class::cast)
        .toList();
  }

  private static MethodHandle spread(Class<?> shape, Object code) {
    try {
      var apply = Arrays.stream(shape.getMethods()).filter(m -> m.getName().equals("apply"));
      MethodHandle handle =
          MethodHandles.publicLookup().unreflect(apply.findAny().orElseThrow()).bindTo(code);
      return handle.asSpreader(Object[].class, handle.type().parameterCount());
    } catch (IllegalAccessException e) {
      throw new LinkageError(shape + " is public", e);
    }
  }
}
