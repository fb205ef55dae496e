/** Products of BF16 by oneDNN's C interface, where a machine has its library. */
@NullMarked
package dev.heddle.ops.onednn;

import org.jspecify.annotations.NullMarked;
