package dev.heddle.structured;

/**
 * What a structure of a stranger may cost.
 *
 * @param nodes most nodes of the automaton
 * @param dfaStates most states of one regular expression, or of what is made of several
 * @param alternatives most alternatives that combined keywords of a schema make of one value
 * @param depth deepest nesting of a schema, a regular expression or a grammar
 * @param configurations most positions in the grammar that one text may be at
 * @param stateBytes heap of the states of one structure that are kept, in bytes, less masks
 */
public record StructureLimits(
    int nodes, int dfaStates, int alternatives, int depth, int configurations, long stateBytes) {

  /** For a server that strangers may ask. */
  public static final StructureLimits DEFAULT =
      new StructureLimits(400_000, 5_000, 500, 64, 4_000, 4L << 20);
}
