package dev.heddle.tornado.kernel;

/**
 * What the kernel of rerouting works on: ints in the int arena from {@code task} on. A task takes
 * at most twenty parameters; places stand here.
 */
public final class RouteTask {
  /** Where the live count stands in the int arena. */
  public static final int COUNT = 0;

  /** First float of the router's logits, [tokens][routed]. */
  public static final int LOGITS = 1;

  /** First float of what is added to scores for the choice, [routed], or -1. */
  public static final int CORRECTION = 2;

  /** First float of the shared columns' logits, one a token, or -1 for weight 1. */
  public static final int SHARED_GATE = 3;

  /** First int of the layer's row 0 in the expert map. */
  public static final int MAP = 4;

  /** First int of each token's adapter row. */
  public static final int ADAPTERS = 5;

  /** First counter of the layer's row 0, [rows][routed], or -1 to count nothing. */
  public static final int COUNTS = 6;

  /** Where the kernel's ints begin, and for how many tokens there is room. */
  public static final int AT = 7;

  public static final int TOKENS = 8;

  /** Where the kernel's floats begin. */
  public static final int WEIGHTS = 9;

  /** Ints of a task. */
  public static final int SIZE = 10;

  private RouteTask() {}
}
