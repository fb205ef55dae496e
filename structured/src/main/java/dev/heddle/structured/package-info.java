/**
 * What an answer must look like, compiled for a tokenizer. A {@link
 * dev.heddle.structured.Structure} becomes an automaton over bytes with a stack; its states, and
 * the tokens that each allows, are made when they are first met and kept.
 */
@NullMarked
package dev.heddle.structured;

import org.jspecify.annotations.NullMarked;
