package uk.ac.manchester.tornado.api.common;

/** The shapes of a task's code, by its number of parameters: those that kernels here have. */
public final class TornadoFunctions {
  private TornadoFunctions() {}

  /** A task of 2 parameters. */
  @FunctionalInterface
  public interface Task2<A, B> {
    void apply(A a, B b);
  }

  /** A task of 3 parameters. */
  @FunctionalInterface
  public interface Task3<A, B, C> {
    void apply(A a, B b, C c);
  }

  /** A task of 4 parameters. */
  @FunctionalInterface
  public interface Task4<A, B, C, D> {
    void apply(A a, B b, C c, D d);
  }

  /** A task of 5 parameters. */
  @FunctionalInterface
  public interface Task5<A, B, C, D, E> {
    void apply(A a, B b, C c, D d, E e);
  }

  /** A task of 6 parameters. */
  @FunctionalInterface
  public interface Task6<A, B, C, D, E, F> {
    void apply(A a, B b, C c, D d, E e, F f);
  }

  /** A task of 7 parameters. */
  @FunctionalInterface
  public interface Task7<A, B, C, D, E, F, G> {
    void apply(A a, B b, C c, D d, E e, F f, G g);
  }

  /** A task of 8 parameters. */
  @FunctionalInterface
  public interface Task8<A, B, C, D, E, F, G, H> {
    void apply(A a, B b, C c, D d, E e, F f, G g, H h);
  }

  /** A task of 9 parameters. */
  @FunctionalInterface
  public interface Task9<A, B, C, D, E, F, G, H, I> {
    void apply(A a, B b, C c, D d, E e, F f, G g, H h, I i);
  }

  /** A task of 10 parameters. */
  @FunctionalInterface
  public interface Task10<A, B, C, D, E, F, G, H, I, J> {
    void apply(A a, B b, C c, D d, E e, F f, G g, H h, I i, J j);
  }

  /** A task of 11 parameters. */
  @FunctionalInterface
  public interface Task11<A, B, C, D, E, F, G, H, I, J, K> {
    void apply(A a, B b, C c, D d, E e, F f, G g, H h, I i, J j, K k);
  }

  /** A task of 12 parameters. */
  @FunctionalInterface
  public interface Task12<A, B, C, D, E, F, G, H, I, J, K, L> {
    void apply(A a, B b, C c, D d, E e, F f, G g, H h, I i, J j, K k, L l);
  }

  /** A task of 13 parameters. */
  @FunctionalInterface
  public interface Task13<A, B, C, D, E, F, G, H, I, J, K, L, M> {
    void apply(A a, B b, C c, D d, E e, F f, G g, H h, I i, J j, K k, L l, M m);
  }

  /** A task of 14 parameters. */
  @FunctionalInterface
  public interface Task14<A, B, C, D, E, F, G, H, I, J, K, L, M, N> {
    void apply(A a, B b, C c, D d, E e, F f, G g, H h, I i, J j, K k, L l, M m, N n);
  }

  /** A task of 15 parameters. */
  @FunctionalInterface
  public interface Task15<A, B, C, D, E, F, G, H, I, J, K, L, M, N, O> {
    void apply(A a, B b, C c, D d, E e, F f, G g, H h, I i, J j, K k, L l, M m, N n, O o);
  }

  /** A task of 18 parameters. */
  @FunctionalInterface
  public interface Task18<A, B, C, D, E, F, G, H, I, J, K, L, M, N, O, P, Q, R> {
    void apply(
        A a, B b, C c, D d, E e, F f, G g, H h, I i, J j, K k, L l, M m, N n, O o, P p, Q q, R r);
  }
}
