package dev.heddle.app.serving;

/**
 * Tokens of an answer.
 *
 * @param prompt over all prompts, each counted once however many choices it has
 * @param cached those of them that the prefix cache held
 * @param completion over all choices, up to a stop string; end-of-sequence tokens included
 */
record Usage(int prompt, int cached, int completion) {}
