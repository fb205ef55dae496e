package dev.heddle.schedule;

/**
 * How many rows of prompts a step scores: as many as cost no more, with the prompts' tokens, than a
 * little above what a step full of prompts costs. So others hardly wait longer for a prompt that is
 * scored. Step thread only.
 */
final class ScoringBudget {
  /** What a step may cost where prompts are scored, over one that is full without. */
  private static final double SHARE = 1.15;

  /** Rows that a step scores however much they cost, so that every prompt comes to its end. */
  private static final int LEAST = 8;

  private final double rowCost;
  private double budget;
  private double spent;
  private int rows;

  /**
   * @param rowCost what a row of logits and its score cost, in tokens
   */
  ScoringBudget(double rowCost) {
    this.rowCost = rowCost;
  }

  /**
   * Begins a step.
   *
   * @param tokens that it has room for beside those that decode
   */
  void begin(int tokens) {
    budget = SHARE * tokens;
    spent = 0;
    rows = 0;
  }

  /** A token of a prompt is planned. */
  void addToken() {
    spent++;
  }

  /** Takes one more scored row, beside its token; false if the step has not the means for both. */
  boolean takeRow() {
    if (spent + 1 + rowCost > budget && rows >= LEAST) {
      return false;
    }
    spent += rowCost;
    rows++;
    return true;
  }
}
