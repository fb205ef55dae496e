/** The safetensors format: single files and checkpoints of several, validated before use. */
@NullMarked
package dev.heddle.format.safetensors;

import org.jspecify.annotations.NullMarked;
