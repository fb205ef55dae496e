/**
 * Which experts to train for a task, told from sample data (ESFT, arXiv 2407.01906): how relevant
 * each expert is, and which of them make up a share of the whole.
 */
@NullMarked
package dev.heddle.score;

import org.jspecify.annotations.NullMarked;
