/**
 * From files a client sends to a stored version: streamed in, checked as a whole, kept or refused.
 */
@NullMarked
package dev.heddle.registry.upload;

import org.jspecify.annotations.NullMarked;
