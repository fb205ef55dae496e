/** Measures a model's prefill and decode against the machine's memory bandwidth. */
@NullMarked
package dev.heddle.cli.bench;

import org.jspecify.annotations.NullMarked;
