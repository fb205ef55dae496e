package dev.heddle.app.client.load;

import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How long prompts or answers are, written as {@code 64}, as {@code 16-128} (any between, all
 * alike), or as {@code 128~0.8} (log-normal: its median, and the deviation of its logarithm).
 */
public sealed interface Lengths {
  /** From {@code least} to {@code most}, both &ge; 1. */
  record Uniform(int least, int most) implements Lengths {
    @Override
    public int draw(RandomGenerator random) {
      return random.nextInt(least, most + 1);
    }
  }

  /** Cut at 16 times the median, as contexts are. */
  record LogNormal(int median, double sigma) implements Lengths {
    private static final int LONGEST = 16;

    @Override
    public int draw(RandomGenerator random) {
      double drawn = median * Math.exp(sigma * random.nextGaussian());
      return (int) Math.clamp(Math.round(drawn), 1, (long) LONGEST * median);
    }
  }

  /** One length, at least 1. */
  int draw(RandomGenerator random);

  /**
   * @throws IllegalArgumentException if the text is none of the three forms
   */
  static Lengths of(String text) {
    Matcher form =
        Pattern.compile("(\\d{1,6})(?:(-)(\\d{1,6})|~(\\d{1,2}(?:\\.\\d{1,4})?))?").matcher(text);
    if (form.matches() && Integer.parseInt(form.group(1)) > 0) {
      int first = Integer.parseInt(form.group(1));
      if (form.group(4) != null) {
        return new LogNormal(first, Double.parseDouble(form.group(4)));
      }
      int most = form.group(2) == null ? first : Integer.parseInt(form.group(3));
      if (most >= first) {
        return new Uniform(first, most);
      }
    }
    throw new IllegalArgumentException("'" + text + "' is no length such as 64, 16-128 or 128~0.8");
  }
}
