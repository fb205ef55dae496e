package dev.heddle.app.api.scoring;

import dev.heddle.format.Violation;
import dev.heddle.registry.InvalidException;
import dev.heddle.score.Relevance;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * By which score experts are chosen, up to which sum.
 *
 * @param p above 0 and at most 1
 */
record ChoiceParams(Relevance relevance, double p) {
  /**
   * Reads query parameters.
   *
   * @throws InvalidException with everything wrong
   */
  static ChoiceParams read(@Nullable String score, @Nullable String p) {
    List<Violation> faults = new ArrayList<>();
    Relevance relevance = Relevance.TOKEN;
    if (score != null && score.equals("gate")) {
      relevance = Relevance.GATE;
    } else if (score != null && !score.equals("token")) {
      faults.add(new Violation("invalid-score", "score", "must be gate or token"));
    }
    double share = p == null ? relevance.usualShare() : number(p);
    if (!(share > 0 && share <= 1)) {
      faults.add(new Violation("invalid-p", "p", "must be a number above 0 and at most 1"));
    }
    InvalidException.throwIfAny(faults);
    return new ChoiceParams(relevance, share);
  }

  private static double number(String text) {
    try {
      return Double.parseDouble(text);
    } catch (NumberFormatException e) {
      return Double.NaN;
    }
  }
}
