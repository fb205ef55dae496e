package dev.heddle.template;

/**
 * What one rendering may use up.
 *
 * @param steps expressions and statements evaluated, rounds of loops included
 * @param output characters of the result
 * @param work characters and elements of all values made on the way, together; the size of the
 *     input is added sixteenfold, so that a long conversation has room
 * @param depth nesting of statements, expressions and macro calls, and of values
 */
public record RenderLimits(long steps, int output, long work, int depth) {
  /** A template of more characters is refused, whatever it says. */
  public static final int TEMPLATE = 1 << 20;

  /** Nesting of brackets and blocks in a template's source. */
  public static final int SOURCE_DEPTH = 200;

  /** Digits of an integer, as Python limits them for printing. */
  public static final int DIGITS = 4300;

  /** Elements of a {@code range}, as Jinja's sandbox limits them. */
  public static final int RANGE = 100_000;

  public static final RenderLimits STANDARD = new RenderLimits(5_000_000, 16 << 20, 64 << 20, 400);
}
