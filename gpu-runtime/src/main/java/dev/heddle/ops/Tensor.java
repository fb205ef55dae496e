package dev.heddle.ops;

/**
 * A handle to a buffer of floats or ints on a backend, [rows][cols], sized once at boot. Only its
 * backend reads the contents; others move them with {@link Ops#write} and {@link Ops#read}.
 */
public interface Tensor {
  String name();

  int rows();

  int cols();
}
