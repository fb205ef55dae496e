package dev.heddle.app.api.proof;

import dev.heddle.app.api.ViolationView;
import java.util.List;

/**
 * How a version answers its golden prompts now.
 *
 * @param cases how many there are
 * @param violations those that it answers otherwise, or that cannot be asked
 */
record ProofView(String name, int cases, boolean passed, List<ViolationView> violations) {}
