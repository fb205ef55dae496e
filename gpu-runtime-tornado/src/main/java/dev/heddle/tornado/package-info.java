/**
 * The backend of accelerators: a pass is recorded once, compiled by TornadoVM and replayed; weights
 * and KV stay in the device's memory.
 */
@NullMarked
package dev.heddle.tornado;

import org.jspecify.annotations.NullMarked;
