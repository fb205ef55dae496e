package uk.ac.manchester.tornado.api;

import uk.ac.manchester.tornado.api.common.TornadoFunctions.Task10;
import uk.ac.manchester.tornado.api.common.TornadoFunctions.Task11;
import uk.ac.manchester.tornado.api.common.TornadoFunctions.Task12;
import uk.ac.manchester.tornado.api.common.TornadoFunctions.Task13;
import uk.ac.manchester.tornado.api.common.TornadoFunctions.Task14;
import uk.ac.manchester.tornado.api.common.TornadoFunctions.Task15;
import uk.ac.manchester.tornado.api.common.TornadoFunctions.Task18;
import uk.ac.manchester.tornado.api.common.TornadoFunctions.Task2;
import uk.ac.manchester.tornado.api.common.TornadoFunctions.Task3;
import uk.ac.manchester.tornado.api.common.TornadoFunctions.Task4;
import uk.ac.manchester.tornado.api.common.TornadoFunctions.Task5;
import uk.ac.manchester.tornado.api.common.TornadoFunctions.Task6;
import uk.ac.manchester.tornado.api.common.TornadoFunctions.Task7;
import uk.ac.manchester.tornado.api.common.TornadoFunctions.Task8;
import uk.ac.manchester.tornado.api.common.TornadoFunctions.Task9;

/** A task graph's ways to take a task, by the number of its code's parameters. */
abstract sealed class TaskTaker permits TaskGraph {
  /**
   * Appends a task.
   *
   * @param shape the functional interface that the code is called through
   * @param arguments what each call is given: a kernel context, arrays, scalars
   */
  abstract TaskGraph append(String id, Class<?> shape, Object code, Object... arguments);

  public <A, B> TaskGraph task(String id, Task2<A, B> code, A a, B b) {
    return append(id, Task2.class, code, a, b);
  }

  public <A, B, C> TaskGraph task(String id, Task3<A, B, C> code, A a, B b, C c) {
    return append(id, Task3.class, code, a, b, c);
  }

  public <A, B, C, D> TaskGraph task(String id, Task4<A, B, C, D> code, A a, B b, C c, D d) {
    return append(id, Task4.class, code, a, b, c, d);
  }

  public <A, B, C, D, E> TaskGraph task(
      String id, Task5<A, B, C, D, E> code, A a, B b, C c, D d, E e) {
    return append(id, Task5.class, code, a, b, c, d, e);
  }

  public <A, B, C, D, E, F> TaskGraph task(
      String id, Task6<A, B, C, D, E, F> code, A a, B b, C c, D d, E e, F f) {
    return append(id, Task6.class, code, a, b, c, d, e, f);
  }

  public <A, B, C, D, E, F, G> TaskGraph task(
      String id, Task7<A, B, C, D, E, F, G> code, A a, B b, C c, D d, E e, F f, G g) {
    return append(id, Task7.class, code, a, b, c, d, e, f, g);
  }

  public <A, B, C, D, E, F, G, H> TaskGraph task(
      String id, Task8<A, B, C, D, E, F, G, H> code, A a, B b, C c, D d, E e, F f, G g, H h) {
    return append(id, Task8.class, code, a, b, c, d, e, f, g, h);
  }

  public <A, B, C, D, E, F, G, H, I> TaskGraph task(
      String id,
      Task9<A, B, C, D, E, F, G, H, I> code,
      A a,
      B b,
      C c,
      D d,
      E e,
      F f,
      G g,
      H h,
      I i) {
    return append(id, Task9.class, code, a, b, c, d, e, f, g, h, i);
  }

  public <A, B, C, D, E, F, G, H, I, J> TaskGraph task(
      String id,
      Task10<A, B, C, D, E, F, G, H, I, J> code,
      A a,
      B b,
      C c,
      D d,
      E e,
      F f,
      G g,
      H h,
      I i,
      J j) {
    return append(id, Task10.class, code, a, b, c, d, e, f, g, h, i, j);
  }

  public <A, B, C, D, E, F, G, H, I, J, K> TaskGraph task(
      String id,
      Task11<A, B, C, D, E, F, G, H, I, J, K> code,
      A a,
      B b,
      C c,
      D d,
      E e,
      F f,
      G g,
      H h,
      I i,
      J j,
      K k) {
    return append(id, Task11.class, code, a, b, c, d, e, f, g, h, i, j, k);
  }

  public <A, B, C, D, E, F, G, H, I, J, K, L> TaskGraph task(
      String id,
      Task12<A, B, C, D, E, F, G, H, I, J, K, L> code,
      A a,
      B b,
      C c,
      D d,
      E e,
      F f,
      G g,
      H h,
      I i,
      J j,
      K k,
      L l) {
    return append(id, Task12.class, code, a, b, c, d, e, f, g, h, i, j, k, l);
  }

  public <A, B, C, D, E, F, G, H, I, J, K, L, M> TaskGraph task(
      String id,
      Task13<A, B, C, D, E, F, G, H, I, J, K, L, M> code,
      A a,
      B b,
      C c,
      D d,
      E e,
      F f,
      G g,
      H h,
      I i,
      J j,
      K k,
      L l,
      M m) {
    return append(id, Task13.class, code, a, b, c, d, e, f, g, h, i, j, k, l, m);
  }

  public <A, B, C, D, E, F, G, H, I, J, K, L, M, N> TaskGraph task(
      String id,
      Task14<A, B, C, D, E, F, G, H, I, J, K, L, M, N> code,
      A a,
      B b,
      C c,
      D d,
      E e,
      F f,
      G g,
      H h,
      I i,
      J j,
      K k,
      L l,
      M m,
      N n) {
    return append(id, Task14.class, code, a, b, c, d, e, f, g, h, i, j, k, l, m, n);
  }

  public <A, B, C, D, E, F, G, H, I, J, K, L, M, N, O> TaskGraph task(
      String id,
      Task15<A, B, C, D, E, F, G, H, I, J, K, L, M, N, O> code,
      A a,
      B b,
      C c,
      D d,
      E e,
      F f,
      G g,
      H h,
      I i,
      J j,
      K k,
      L l,
      M m,
      N n,
      O o) {
    return append(id, Task15.class, code, a, b, c, d, e, f, g, h, i, j, k, l, m, n, o);
  }

  public <A, B, C, D, E, F, G, H, I, J, K, L, M, N, O, P, Q, R> TaskGraph task(
      String id,
      Task18<A, B, C, D, E, F, G, H, I, J, K, L, M, N, O, P, Q, R> code,
      A a,
      B b,
      C c,
      D d,
      E e,
      F f,
      G g,
      H h,
      I i,
      J j,
      K k,
      L l,
      M m,
      N n,
      O o,
      P p,
      Q q,
      R r) {
    return append(id, Task18.class, code, a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r);
  }
}
