package dev.heddle.ops;

/** A handle to one immutable matrix W[rows][cols] per attention head. */
public interface HeadMatrix {
  int heads();

  int rows();

  int cols();
}
