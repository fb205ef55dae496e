package dev.heddle.ops;

/** A handle to immutable weights W[rows][cols] in the layout its backend multiplies fastest. */
public interface Matrix {
  int rows();

  int cols();
}
