/** Folders that one process owns, and files that are whole or absent after a crash. */
@NullMarked
package dev.heddle.registry.disk;

import org.jspecify.annotations.NullMarked;
