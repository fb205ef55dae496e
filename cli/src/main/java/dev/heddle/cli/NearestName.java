package dev.heddle.cli;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

/** Finds what somebody meant who mistyped a name. */
public final class NearestName {
  private NearestName() {}

  /**
   * The known name that takes the fewest changes of a letter; none if even that has little in
   * common. Case, dashes, dots and underscores do not count.
   */
  public static Optional<String> to(String given, Collection<String> known) {
    String plain = plain(given);
    String nearest = null;
    int least = Math.max(1, plain.length() / 3) + 1;
    for (String name : known) {
      int changes = changes(plain, plain(name));
      if (changes < least) {
        least = changes;
        nearest = name;
      }
    }
    return Optional.ofNullable(nearest);
  }

  private static String plain(String name) {
    return name.toLowerCase(Locale.ROOT).replaceAll("[-._]", "");
  }

  /** Letters to insert, remove, replace or swap with their neighbour (optimal string alignment). */
  private static int changes(String from, String to) {
    int[][] least = new int[from.length() + 1][to.length() + 1];
    for (int i = 0; i <= from.length(); i++) {
      for (int j = 0; j <= to.length(); j++) {
        least[i][j] = i == 0 || j == 0 ? i + j : step(from, to, i, j, least);
      }
    }
    return least[from.length()][to.length()];
  }

  private static int step(String from, String to, int i, int j, int[][] least) {
    boolean same = from.charAt(i - 1) == to.charAt(j - 1);
    int best =
        Math.min(
            least[i - 1][j - 1] + (same ? 0 : 1), 1 + Math.min(least[i - 1][j], least[i][j - 1]));
    boolean swapped =
        i > 1
            && j > 1
            && from.charAt(i - 1) == to.charAt(j - 2)
            && from.charAt(i - 2) == to.charAt(j - 1);
    return swapped ? Math.min(best, least[i - 2][j - 2] + 1) : best;
  }
}
