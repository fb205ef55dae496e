package dev.heddle.app.serving;

/**
 * What a request may ask for.
 *
 * @param vocabulary ids below this are tokens of the model
 * @param maxChoices most answers a request may ask for, over all of its prompts
 * @param structures which texts it may ask for
 */
record RequestLimits(int vocabulary, int maxChoices, Structures structures) {}
