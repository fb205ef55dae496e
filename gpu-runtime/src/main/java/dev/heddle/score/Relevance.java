package dev.heddle.score;

/** How an expert's relevance to sample data is measured (ESFT, section 3.2). */
public enum Relevance {
  /**
   * Average gate score: the mean over all tokens of the router's weight for the expert, 0 where the
   * token was not sent to it.
   */
  GATE(0.1),
  /** Token selection ratio: the share of all picks of the layer that fell on the expert. */
  TOKEN(0.2);

  private final double usualShare;

  Relevance(double usualShare) {
    this.usualShare = usualShare;
  }

  /** The threshold that ESFT's authors use with it. */
  public double usualShare() {
    return usualShare;
  }
}
